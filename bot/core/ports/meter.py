"""What is measured while the program runs, for whoever has to know whether it runs well; never who or what about."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Fate(StrEnum):
    """What became of one attempt to deliver a message."""

    SENT = "sent"
    RETRIED = "retried"
    PAUSED = "paused"
    DEAD = "dead"
    LEASE_LOST = "lease_lost"


class Taken(StrEnum):
    """What became of one thing that a person did."""

    STORED = "stored"
    FAILED = "failed"
    SHED = "shed"


class Meter(Protocol):
    """Counts and times; every label is one of a few words that the program knows beforehand."""

    def delivered(self, platform: str, fate: Fate, *, waited_s: float | None = None) -> None:
        """One attempt to deliver; `waited_s` since it was to be sent, for one that was."""
        ...

    def took(self, platform: str, taken: Taken, *, seconds: float) -> None:
        """One thing that a person did, from its arrival to the answer."""
        ...


class Unmeasured:
    """A meter for whoever does not look."""

    def delivered(self, platform: str, fate: Fate, *, waited_s: float | None = None) -> None:
        """Nothing."""

    def took(self, platform: str, taken: Taken, *, seconds: float) -> None:
        """Nothing."""
