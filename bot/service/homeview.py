"""Gathers what one person's home shows; it must not word it, and must not know when it is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.core import permissions
from bot.core.compose import words
from bot.core.compose.home import Due, HomeView, Mine, Named, Portfolio
from bot.core.decisions import deciders
from bot.core.permissions import Action, Role
from bot.core.records import Person, PersonId, Pilot, PilotId
from bot.core.signals import Course
from bot.service import evaluate, todos
from bot.service.checkins import ENDED
from bot.service.standings import standings
from bot.service.work import Work

SOON = timedelta(days=7)  # a decision due within it needs somebody's attention now, as in the digest


def view(work: Work, person: Person) -> HomeView:
    """Everything that somebody sees on their home at this moment."""
    return HomeView(
        name=person.name,
        now=work.now,
        today=work.today(person),
        zone=work.zone(person),
        todos=tuple(todos.of(work, person)),
        mine=_mine(work, person),
        portfolio=_portfolio(work, person) if permissions.may(person, Action.OVERSEE) else None,
    )


def _mine(work: Work, person: Person) -> tuple[Mine, ...]:
    pilots = [pilot for pilot in work.unit.pilots_of(person.id) if pilot.stage not in ENDED]
    found = standings(work, pilots)
    return tuple(_one(work, person, pilot, found[pilot.id]) for pilot in pilots)


def _one(work: Work, person: Person, pilot: Pilot, standing: evaluate.Standing) -> Mine:
    gate = standing.gate
    first = next(iter(gate.lacking), None) if gate else None
    named = f"{words.small(evaluate.name_of(work.content, first.id))}, {words.lacks(first)}" if first else ""
    roles = permissions.relations(person, pilot)
    return Mine(
        pilot=pilot,
        roles=roles,
        stage_days=standing.stage_days,
        course=standing.course,
        why=standing.signals[0].text if standing.signals else "",
        readiness=standing.readiness,
        gate=gate,
        first=named,
        asks=_asks(work, pilot, roles),
    )


def _asks(work: Work, pilot: Pilot, roles: frozenset[Role]) -> bool:
    answers = bool(roles & {Role.OWNER, Role.DEPUTY}) and pilot.stage != "paused"
    return answers and not work.unit.live_checkins(pilot=pilot.id)


# --- the portfolio --------------------------------------------------------------------------------------------------


def _portfolio(work: Work, reader: Person) -> Portfolio:
    overseen = (one for one in work.unit.pilots() if permissions.may(reader, Action.OVERSEE, one))
    pilots = [pilot for pilot in overseen if pilot.stage not in ENDED]
    found = standings(work, pilots)
    people = {person.id: person for person in work.unit.people()}
    stuck = (pilot for pilot in pilots if found[pilot.id].course is Course.STUCK)
    return Portfolio(
        courses=Counter(found[pilot.id].course for pilot in pilots),
        due=_due(work, reader, pilots, people),
        stuck=tuple(Named(pilot.id, pilot.name, _why(found, pilot)) for pilot in stuck),
        alone=tuple(Named(p.id, p.name, _owner(people, p)) for p in pilots if _alone(people, p)),
    )


def _why(found: Mapping[PilotId, evaluate.Standing], pilot: Pilot) -> str:
    return next((signal.text for signal in found[pilot.id].signals), "")


def _due(
    work: Work, reader: Person, pilots: Sequence[Pilot], people: Mapping[PersonId, Person]
) -> tuple[Due, ...]:
    until = work.today(reader) + SOON
    due = [(pilot, pilot.decide_by) for pilot in pilots]
    names = {person.id: person.name for person in people.values()}
    return tuple(
        Due(pilot.id, pilot.name, on, next((names.get(one, "") for one, _ in deciders(pilot)), ""))
        for pilot, on in due
        if on is not None and on <= until
    )


def _alone(people: Mapping[PersonId, Person], pilot: Pilot) -> bool:
    """Whether nobody is there who could be asked."""
    holders = (people.get(one) for one in (pilot.owner, pilot.deputy) if one is not None)
    return not any(person is not None and person.active for person in holders)


def _owner(people: Mapping[PersonId, Person], pilot: Pilot) -> str:
    owner = people.get(pilot.owner) if pilot.owner is not None else None
    return f"{owner.name} has left" if owner is not None else "no owner yet"
