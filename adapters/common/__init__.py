"""What every door needs and no platform owns: harmless text, one HTTP session; it knows no platform and no cards."""
