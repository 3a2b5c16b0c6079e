"""Who answers a questionnaire about a pilot, and can be reached; it must not know how they are asked."""

from __future__ import annotations

from bot.core.compose.away import is_away
from bot.core.questionnaire import Questionnaire
from bot.core.records import Person, Pilot
from bot.service import ServiceError, registry
from bot.service.work import Work

ASKED = {"sponsor": ("sponsor",), "decider": ("decider",)}  # who a form asks: their parts in the pilot
OWN = ("owner", "deputy")  # what else a form asks for is theirs to answer


def roles(asks: str) -> tuple[str, ...]:
    """The parts in a pilot that whoever `asks` names in a form has, the first before the others."""
    return ASKED.get(asks, OWN)


def whom(work: Work, pilot: Pilot, form: Questionnaire, *, asker: Person | None = None) -> Person:
    """Whoever a form asks and a message can reach, the asker before others. ServiceError where that is nobody."""
    parts = roles(form.asks)
    holders = [holder for role in parts if (holder := getattr(pilot, role)) is not None]
    if asker is not None and asker.id in holders:
        return asker
    named = [person for holder in holders if (person := work.unit.person(holder)) and person.active]
    people = list(dict.fromkeys((*filter(None, map(work.stand_in, named)), *named)))
    if not people:
        raise ServiceError(f"{pilot.name} has no {parts[0]} to ask. Name one first; nothing was sent.")
    reached = [person for person in people if registry.address_of(work.unit, person.id) is not None]
    if not reached:
        raise ServiceError(
            f"{people[0].name} cannot be reached: they have to open the chat with Rampcheck once. Nothing was sent."
        )
    return next((person for person in reached if not work.is_away(person)), reached[0])


def refuse_away(work: Work, person: Person) -> None:
    """ServiceError where the only one to ask is away."""
    if person.away_until is not None and work.is_away(person):
        raise ServiceError(is_away(person.name, person.away_until, work.today(person)))
