"""The door to Microsoft Teams: what a card looks like there and what somebody did there; each module says what it knows."""
