"""The rules of Rampcheck as pure functions and values; it must not know of any clock, file, database or platform."""
