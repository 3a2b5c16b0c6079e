"""What an admin does about letters that were given up: send them after all, or drop them; it must not deliver."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import Letter, Store
from bot.core.records import Event
from bot.service import ServiceError

MOST = 10_000  # letters in one go: whoever has more was cut off for days, and goes on by calling again
BEYOND = 2**63  # no database gives a letter such a number
RETRIED, DROPPED = "delivery.retried", "delivery.dropped"


@dataclass(frozen=True, slots=True)
class Which:
    """Letters by number, or by a piece of the reason for which they were given up; all where both are empty."""

    ids: Collection[int] = ()
    reason: str = ""


def found(store: Store, which: Which, *, limit: int = MOST) -> Sequence[Letter]:
    """The letters, the latest first. Raises ServiceError for a number that no dead letter has."""
    asked = {*which.ids}
    possible = {number for number in asked if number < BEYOND}
    letters = store.letters.dead(limit=limit, only=possible) if possible or not asked else ()
    missing = sorted(asked - {letter.id for letter in letters})
    if missing:
        named = ", ".join(map(str, missing))
        raise ServiceError(f"No letter {named} was given up. `rampcheck outbox list` shows those that were.")
    return [letter for letter in letters if which.reason.casefold() in letter.reason.casefold()]


def retry(store: Store, letters: Sequence[Letter], now: datetime) -> int:
    """Let them be delivered, in the order in which they were written; how many were still dead."""
    ordered = sorted(letters, key=lambda letter: letter.id)
    return sum(_noted(store, one, RETRIED, now) for one in ordered if store.letters.retry(one, now))


def drop(store: Store, letters: Sequence[Letter], now: datetime) -> int:
    """Take them off the list; how many were still dead."""
    return sum(_noted(store, one, DROPPED, now) for one in letters if store.letters.drop(one, now))


def _noted(store: Store, letter: Letter, kind: str, now: datetime) -> bool:
    """It is in the log of events who got what after all, and who never will."""
    event = Event(kind, now, None, subject=letter.key, after={"reason": letter.reason})
    store.write(letter.organisation, lambda unit: unit.record(event))
    return True
