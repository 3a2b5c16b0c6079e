"""Asks about one pilot out of turn, or says why not; it must not know who types the command."""

from __future__ import annotations

from bot.core.ports import Unit
from bot.core.questionnaire import Questionnaire
from bot.core.records import Person, Pilot
from bot.service import ServiceError, registry, tick
from bot.service.work import Work


def send(work: Work, pilot: Pilot, form: Questionnaire) -> Person:
    """Ask the owner now; whoever was asked. ServiceError when nobody can be, or somebody is being asked already."""
    person = _whom(work.unit, pilot)
    live = [one for one in work.unit.live_checkins(pilot=pilot.id) if one.questionnaire == form.id]
    if live:
        holder = work.unit.person(live[0].state.person)
        who = holder.name if holder else "somebody"
        raise ServiceError(f"{form.title} is open already with {who}, so nothing was sent.")
    if tick.send_now(work, pilot, form.id, person=person.id) is None:
        raise ServiceError(f"{form.title} was asked this very moment already, so nothing was sent.")
    return person


def _whom(unit: Unit, pilot: Pilot) -> Person:
    """The owner, where a message can reach them."""
    person = unit.person(pilot.owner) if pilot.owner else None
    if person is None:
        raise ServiceError(
            f"{pilot.name} has no owner to ask. Name one: import a file with the columns Key and Owner."
        )
    if registry.address_of(unit, person.id) is None:
        raise ServiceError(
            f"{person.name} cannot be reached: they have to open the chat with Rampcheck once. Nothing was sent."
        )
    return person
