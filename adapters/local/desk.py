"""What the local chat asks of the program around it: people and the clock; it must not know who answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Leap = Literal["day", "week", "next"]
LEAPS: tuple[Leap, ...] = ("day", "week", "next")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody to be, or to name. `user` is the key that comes back; `note` says who that is, in a line."""

    user: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel: `name` is what stands behind `channel:` in its address."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dial:
    """The bot's clock: aware moments, the IANA zone to show them in, and what falls due next, if anything."""

    now: datetime
    zone: str = "UTC"
    next_due: datetime | None = None
    next_note: str = ""
    movable: bool = False


class ClockError(Exception):
    """The clock cannot be moved as asked; the message says why, in plain words."""


class Desk(Protocol):
    """The program behind the page. All is quick but `advance`, which returns when everything is delivered."""

    async def cast(self) -> Sequence[Actor]:
        """Everybody one can be, in the order to show."""
        ...

    async def rooms(self) -> Sequence[Room]:
        """The channels, in the order to show."""
        ...

    async def knows(self, conversation: str) -> bool:
        """Whether `dm:<user>` or `channel:<name>` is there to be written to."""
        ...

    async def people(self, query: str) -> Sequence[Actor]:
        """At most ten people whose name holds `query`; `user` is what the bot wants as the answer."""
        ...

    async def clock(self) -> Dial:
        """The clock as it stands."""
        ...

    async def advance(self, by: Leap) -> Dial:
        """Move the clock, let what falls due happen and be delivered. Raises ClockError."""
        ...
