"""Asks about one pilot out of turn, or says why not; it must not know who types the command."""

from __future__ import annotations

from bot.core.decisions import DECISION, ENDED
from bot.core.questionnaire import Questionnaire
from bot.core.records import Person, Pilot
from bot.service import ServiceError, answerers, deciding, release, releasing, tick
from bot.service.work import Work


def send(work: Work, pilot: Pilot, form: Questionnaire) -> Person:
    """Ask now; whoever was asked. ServiceError when nobody can be, or somebody is being asked already."""
    if form.id == DECISION:
        return _to_decide(work, pilot)
    if form.id == release.FORM:
        return releasing.send(work, pilot)[0]
    if pilot.stage in ENDED:
        raise ServiceError(f"{pilot.name} has ended, so nothing was sent.")
    person = answerers.whom(work, pilot, form)
    answerers.refuse_away(work, person)
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
