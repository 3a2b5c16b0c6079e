"""Whose homes are to be drawn: opened ones, and those that show what has changed; it must not know what they show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.records import Address, Person, PersonId, Pilot
from bot.core.state import State
from bot.service.work import Work

SETTLE = timedelta(
    seconds=3
)  # one change seldom comes alone: an answer changes check-in, readiness and record
# A portfolio changes with everybody's answers. A Monday morning draws it once a minute, not for each of them.
PORTFOLIO_SETTLE = timedelta(minutes=1)


def opened(work: Work, person: Person, address: Address) -> None:
    """Somebody looks at their home: it is drawn at once."""
    work.unit.open_home(person.id, address, work.now)


def outdated(work: Work, people: Iterable[PersonId | None]) -> None:
    """What these people and the leads see has changed; who never opened their home has none to be drawn."""
    concerned = {person for person in people if person is not None}
    work.unit.outdate_homes(concerned, at=work.now + SETTLE, leads_at=work.now + PORTFOLIO_SETTLE)


def people_of(*pilots: Pilot) -> set[PersonId | None]:
    """Everybody who sees a pilot on their home."""
    return {one for p in pilots for one in (p.owner, p.deputy, p.sponsor, p.decider)}


def asked_in(*states: State) -> set[PersonId | None]:
    """Everybody who is asked something in a check-in."""
    return {person for state in states for person in (state.person, *state.handed.values())}
