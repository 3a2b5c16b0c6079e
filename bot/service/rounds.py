"""Asks about one pilot out of turn, or says why not; it must not know who types the command."""

from __future__ import annotations

from bot.core.decisions import DECISION, ENDED
from bot.core.questionnaire import Questionnaire
from bot.core.records import Person, Pilot
from bot.service import ServiceError, deciding, registry, tick
from bot.service.work import Work

ASKED = {"sponsor": ("sponsor",), "decider": ("decider",)}  # who a form asks: their parts in the pilot
OWN = ("owner", "deputy")  # what else a form asks for is theirs to answer
# What these questionnaires are answered for - a gate opened, a second opinion beside the owner's - is not built yet,
# and their answers would change nothing.
NOT_YET = frozenset({"gate", "second"})


def send(work: Work, pilot: Pilot, form: Questionnaire) -> Person:
    """Ask now; whoever was asked. ServiceError when nobody can be, or somebody is being asked already."""
    if form.id == DECISION:
        return _to_decide(work, pilot)
    person = whom(work, pilot, form)
    live = [one for one in work.unit.live_checkins(pilot=pilot.id) if one.questionnaire == form.id]
    if live:
        holder = work.unit.person(live[0].state.person)
        who = holder.name if holder else "somebody"
        raise ServiceError(f"{form.title} is open already with {who}, so nothing was sent.")
    if tick.send_now(work, pilot, form.id, person=person.id) is None:
        raise ServiceError(f"{form.title} was asked this very moment already, so nothing was sent.")
    return person


def _to_decide(work: Work, pilot: Pilot) -> Person:
    if pilot.stage in ENDED:
        raise ServiceError(f"{pilot.name} has ended, so there is nothing left to decide.")
    asked = deciding.ask(work, pilot)
    if isinstance(asked, str):
        raise ServiceError(f"Nothing was sent: {asked}.")
    return asked


def whom(work: Work, pilot: Pilot, form: Questionnaire, *, asker: Person | None = None) -> Person:
    """Whoever a form asks and a message can reach, the asker before others. ServiceError where that is nobody."""
    if form.id in NOT_YET:
        raise ServiceError(f"{form.title} is not available yet, so nothing was sent.")
    roles = ASKED.get(form.asks, OWN)
    holders = [holder for role in roles if (holder := getattr(pilot, role)) is not None]
    if asker is not None and asker.id in holders:
        return asker
    people = [person for holder in holders if (person := work.unit.person(holder)) and person.active]
    if not people:
        raise ServiceError(f"{pilot.name} has no {roles[0]} to ask. Name one first; nothing was sent.")
    reached = [person for person in people if registry.address_of(work.unit, person.id) is not None]
    if not reached:
        raise ServiceError(
            f"{people[0].name} cannot be reached: they have to open the chat with Rampcheck once. Nothing was sent."
        )
    return next((person for person in reached if not _away(work, person)), reached[0])


def _away(work: Work, person: Person) -> bool:
    return person.away_until is not None and person.away_until >= work.today(person)
