"""Homes that wait to be drawn, and how a worker takes and settles them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.records import Address, OrganisationId, PersonId


@dataclass(frozen=True, slots=True)
class Stale:
    """A home that shows what is no longer so, in a worker's hands until `until`: nobody else draws it meanwhile.

    `failures` counts the tries since it was last drawn.
    """

    id: int
    organisation: OrganisationId
    person: PersonId
    address: Address
    until: datetime
    failures: int = 0


class Homes(Protocol):
    """Homes to draw anew: leased, then settled by exactly one of `drawn`, `later` or `gone`.

    What a home shows is looked up after it was leased, so that an older page never follows a newer one. A change
    after that, even while the home is in hand, has it drawn once more.
    """

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Stale]:
        """Take up to `limit` homes that are to be drawn, for `hold` seconds."""
        ...

    def drawn(self, home: Stale, *, lead: bool) -> bool:
        """It is as it should be, or cannot be before the next change; `lead`: it shows the portfolio.

        False: the lease was lost meanwhile.
        """
        ...

    def later(self, home: Stale, at: datetime) -> bool:
        """Try again at `at`."""
        ...

    def gone(self, home: Stale) -> bool:
        """Nobody looks at it any more: forgotten until it is opened again."""
        ...
