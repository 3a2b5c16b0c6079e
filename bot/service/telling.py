"""Tells people what others did or what broke, which they did not ask for; it must not know what it is.

It comes at once, to whoever is there: whoever is away reads it when they are back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.card import Card
from bot.core.ports import Message
from bot.core.records import Person, PersonId
from bot.service import hours, registry
from bot.service.work import Work


def tell(work: Work, to: PersonId, key: str, card: Card, *, at: datetime | None = None) -> bool:
    """A message to somebody, now or `at` a moment; to whoever is away once they are back. False if unreachable."""
    person, address = work.unit.person(to), registry.address_of(work.unit, to)
    if person is None or address is None:
        return False
    later = hours.back_at(work, person) if work.is_away(person) else at
    work.unit.enqueue(Message(key, address, card, not_before=later), work.now)
    return True


def wait_anew(work: Work, person: Person, was: datetime, at: datetime) -> None:
    """What waited for somebody's way back on one day waits for another, since they are back sooner or later."""
    address = registry.address_of(work.unit, person.id)
    if address is not None and was != at:
        work.unit.hold_anew(address, was, at)


def tell_menders(work: Work, people: Sequence[Person], key: str, card: Card) -> None:
    """What is broken, to each of those who mend it; where all of them are away, also to the leads who are there."""
    known = {one.id for one in people}
    there = any(_is_there(work, one) for one in people)
    others = () if there else registry.leads(work.unit)
    beside = [one for one in others if one.id not in known and _is_there(work, one)]
    for person in (*people, *beside):
        tell(work, person.id, f"{key}:{person.id}", card)


def _is_there(work: Work, person: Person) -> bool:
    return not work.is_away(person) and registry.address_of(work.unit, person.id) is not None
