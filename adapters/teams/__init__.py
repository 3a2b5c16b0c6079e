"""The door to Microsoft Teams: what a card looks like there and what somebody did; each module says what it knows."""
