"""What a transaction knows of the event log's seals, and of people who are taken out of all that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.chain import Link, Logged
from bot.core.erasure import Marks, Remnant
from bot.core.records import PersonId, PilotId
from bot.core.retention import Forgotten, Kept


class SealsKept(Protocol):
    """The log of events as it was sealed; nothing changes a link afterwards."""

    def unsealed(self, *, limit: int) -> Sequence[Logged]:
        """Events that have no link yet, in the order in which they were stored."""
        ...

    def last_link(self) -> Link | None: ...
    def add_links(self, links: Iterable[Link]) -> None: ...
    def sealed(self, *, after: int, limit: int) -> Sequence[tuple[Link, Logged | None]]:
        """Links behind a number in their order, each with its event, None where that is gone."""
        ...

    def trail(self, pilot: PilotId) -> Sequence[tuple[Link | None, Logged]]:
        """Everything that was logged of a pilot, the oldest first, each with its link, None while it has none."""
        ...

    def trail_of_kind(self, kind: str) -> Sequence[tuple[Link | None, Logged]]:
        """As `trail`, every event of one rare kind."""
        ...


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What one page of a table came to: rows that lost something, what is left of those that prove themselves, and
    behind which number the next page begins; None after the last.
    """

    rows: int
    remnant: Remnant
    next: int | None


class ErasuresKept(Protocol):
    """Erasing people, a page at a time: what was begun is kept until it is done."""

    def begin_erasure(self, marks: Marks, now: datetime) -> None: ...
    def erasures(self) -> Sequence[Marks]:
        """Those that were begun and not finished."""
        ...

    def end_erasure(self, person: PersonId) -> None:
        """By what somebody was found is forgotten too."""
        ...

    def forget_accounts(self, marks: Marks) -> None:
        """Their accounts, homes, and that they stand in for somebody."""
        ...

    def tables_to_scrub(self) -> Sequence[str]:
        """Every table in which people may be named."""
        ...

    def scrub(self, marks: Marks, where: str, now: datetime, *, after: int) -> Scrubbed:
        """Take somebody's marks out of the next rows of a table."""
        ...


class TimesKept(Protocol):
    """What is kept for a time only."""

    def forget(self, kind: Kept, before: datetime, *, limit: int) -> Forgotten:
        """Remove at most so many of a kind from before a moment. One that is not over yet stops no other."""
        ...
