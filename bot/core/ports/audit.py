"""What a transaction knows of the event log's seals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.core.chain import Link, Logged
from bot.core.records import PilotId


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
