"""Answers outside their time: a check-in that somebody asks for, a new pilot and its kickoff; it must not word them."""

from __future__ import annotations

from bot.core.answers import one_line
from bot.core.compose import notes
from bot.core.compose.form import form_card
from bot.core.decisions import ENDED
from bot.core.permissions import Action
from bot.core.ports import Nothing, Reply, Show
from bot.core.records import Person, Pilot
from bot.core.state import Checkin
from bot.service import ServiceError, answerers, checkins, framing, registry, release, releasing, tick
from bot.service.asker import Asker

KICKOFF = "kickoff"


def checkin(asker: Asker, pilot: Pilot, form: str, *, full: bool) -> Reply:
    """Answer now, before being asked. One that is open already is shown; a `full` one replaces one not begun."""
    if not asker.may(Action.ASK, pilot):
        return Show(
            notes.note("Only this pilot's own people and the portfolio lead can start a check-in for it.")
        )
    if form not in asker.work.content.questionnaires:
        return Show(notes.no_such_form(form, sorted(asker.work.content.questionnaires)))
    if form == release.FORM:
        return releasing.request(asker.work, asker.person, pilot)
    if pilot.stage in ENDED:
        return Show(notes.note("It has ended, so there is nothing to ask.", pilot.name))
    live = [one for one in asker.unit.live_checkins(pilot=pilot.id) if one.questionnaire == form]
    if live and not (full and _may_replace(live[0], asker.person)):
        return _already_open(asker, pilot, live[0])
    try:
        person = answerers.whom(
            asker.work, pilot, asker.work.content.questionnaires[form], asker=asker.person
        )
        if person.id != asker.person.id:
            answerers.refuse_away(asker.work, person)
    except ServiceError as refused:
        return Show(notes.note(str(refused), pilot.name))
    opened = tick.send_now(asker.work, pilot, form, person=person.id, full=full)
    if opened is None:
        return Show(notes.note("That was asked this very moment already. Look in your direct messages."))
    if person.id != asker.person.id:
        return Show(notes.note(f"I have asked {person.name}.", pilot.name))
    if asker.where.place.home and (fresh := asker.unit.checkin(opened)) is not None:
        return _already_open(asker, pilot, fresh)  # shown where it was asked for, not in the other tab
    return (
        Nothing()
        if asker.where.place.direct
        else Show(notes.note("I have sent it to you as a direct message."))
    )


def _may_replace(open_one: Checkin, person: Person) -> bool:
    """Whether somebody's own check-in is as it was opened: nothing in it would be lost."""
    state = open_one.state
    return state.person == person.id and not (state.answers or state.drafts or state.handed)


def _already_open(asker: Asker, pilot: Pilot, checkin: Checkin) -> Reply:
    state = checkin.state
    if state.person != asker.person.id:
        holder = asker.unit.person(state.person)
        return Show(
            notes.note(f"It is open already, with {holder.name if holder else 'somebody else'}.", pilot.name)
        )
    form = checkins.form_of(asker.work, checkin)
    if form is None or not state.asking:
        return Show(notes.note("Your part is done; a colleague still has a question.", pilot.name))
    context = framing.context_for(asker.work, checkin, form, pilot)
    return Show(form_card(form, context, state, asker.work.now))


def add(asker: Asker, name: str) -> Reply:
    """Register a pilot and ask its kickoff of whoever registers it."""
    if not asker.may(Action.REGISTER):
        return Show(notes.for_members())
    name = one_line(name)
    if not name:
        return Show(notes.incomplete("What is the pilot called?", "add Invoice matcher"))
    if len(name) > registry.NAME_LIMIT:
        return Show(notes.problem(notes.name_too_long(len(name), registry.NAME_LIMIT)))
    seen = (pilot for pilot in asker.unit.pilots() if asker.sees(pilot))
    taken = next((pilot for pilot in seen if pilot.name.casefold() == name.casefold()), None)
    if taken is not None:
        return Show(notes.taken(name, taken.key))
    fresh = Pilot(
        0,
        "",
        name,
        stage_since=asker.today,
        created=asker.today,
        owner=asker.person.id,
    )
    pilot = registry.add_pilot(asker.work, fresh, actor=asker.person.id)
    answers = {"kickoff.name": pilot.name}
    checkins.open_one(
        asker.work,
        pilot,
        KICKOFF,
        person=asker.person.id,
        slot=asker.work.now,
        on_demand=True,
        answers=answers,
    )
    return Show(notes.added(pilot.name, direct=asker.where.place.direct))
