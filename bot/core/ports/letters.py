"""What an admin sees of the outbox: what waits, and the letters that were given up; it must not deliver any."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.records import OrganisationId


@dataclass(frozen=True, slots=True)
class Backlog:
    """Every organisation's messages that are not settled, and those given up, by number.

    `since` is when the one that waits longest of those that are due fell due; None where none is.
    """

    due: int
    later: int
    dead: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was given up: to whom, what it is called, why and when."""

    id: int
    organisation: OrganisationId
    key: str
    platform: str
    conversation: str
    title: str
    reason: str
    attempts: int
    at: datetime


class Letters(Protocol):
    """The outbox across organisations, for whoever runs the program."""

    def backlog(self, now: datetime) -> Backlog: ...
    def dead(self, *, limit: int, only: Collection[int] = ()) -> Sequence[Letter]:
        """Letters given up, the latest first; `only` those numbers where any are named."""
        ...

    def retry(self, letter: Letter, now: datetime) -> bool:
        """Let it be delivered after all, looked up first where the platform allows that; False: it is dead no more."""
        ...

    def drop(self, letter: Letter, now: datetime) -> bool:
        """Take it off the list for good; False: it is dead no more."""
        ...
