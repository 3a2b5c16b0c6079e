"""A pilot's past for its readers: check-ins and changes of the record; it must not know how a card is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from bot.core.cadence import day_words
from bot.core.compose import checkin as checkin_words
from bot.core.compose import words
from bot.core.compose.portfolio import Entry, HistoryView, Said
from bot.core.context import Context
from bot.core.ports import Unit
from bot.core.questionnaire import FREE_TEXT, Content, Questionnaire
from bot.core.records import Asked, Event, Person, PersonId, Pilot
from bot.core.state import Phase
from bot.core.values import Json
from bot.service import registry

CHECKINS, CHANGES = 10, 30
CHANGED = {
    "pilot.created": "registered",
    "pilot.stage": "stage",
    "pilot.target": "planned date of real use",
    "pilot.owner": "owner",
    "pilot.sponsor": "sponsor",
    "pilot.decide_by": "decide-by date",
    "pilot.metric": "success measure",
}
ENDS = {
    "answered": "answered",
    "nothing": "nothing to report",
    "declined": "not answered, with a reason",
    "missed": "no answer",
    "closed": "closed",
}


def view(unit: Unit, content: Content, reader: Person, pilot: Pilot, now: datetime) -> HistoryView:
    """The newest check-ins and changes of a pilot."""
    names = {person.id: person.name for person in unit.people()}
    asked = unit.history(pilot.id, limit=CHECKINS, answers=True)
    entries = [_checkin(unit, content, reader, pilot, past, names) for past in asked]
    events = unit.events(pilot=pilot.id, kinds=tuple(CHANGED), limit=CHANGES)
    entries += [_change(unit, reader, event, names) for event in events]
    return HistoryView(
        pilot=pilot.id,
        name=pilot.name,
        today=registry.today(unit, reader, now),
        entries=tuple(entries),
        reads_texts=registry.reads_texts(pilot, reader),
    )


def _checkin(
    unit: Unit, content: Content, reader: Person, pilot: Pilot, past: Asked, names: Mapping[PersonId, str]
) -> Entry:
    form = unit.form(past.questionnaire, past.version)
    result = ENDS.get(past.outcome, "waiting for an answer")
    late = ", late" if past.late and past.phase == Phase.DONE else ""
    return Entry(
        on=registry.today(unit, reader, past.done_at or past.slot),
        what=form.title if form else past.questionnaire,
        who=names.get(past.person, ""),
        result=f"{result}{late}",
        said=_said(content, form, pilot, past, names) if form else (),
    )


def _said(
    content: Content, form: Questionnaire, pilot: Pilot, past: Asked, names: Mapping[PersonId, str]
) -> tuple[Said, ...]:
    context = Context(past.id, pilot.name, content.policy.asking, names=names, placeholders={"last_date": "last time"})
    given = ((question, past.answers[question.id]) for question in form.questions() if question.id in past.answers)
    return tuple(
        Said(
            checkin_words.fill(question.text, context),
            checkin_words.answer_words(question, value, context),
            private=question.kind in FREE_TEXT,
        )
        for question, value in given
    )


def _change(unit: Unit, reader: Person, event: Event, names: Mapping[PersonId, str]) -> Entry:
    """A change of the record with what it became."""
    who = names.get(event.actor, "") if event.actor else ""
    on = registry.today(unit, reader, event.at)
    if event.kind == "pilot.created":
        return Entry(on, "Registered", who)
    before, after = _shown(event, event.before, names, on), _shown(event, event.after, names, on)
    return Entry(on, words.capital(CHANGED[event.kind]), who, f"{before} → {after}")


def _shown(event: Event, value: Json, names: Mapping[PersonId, str], today: date) -> str:
    if value is None or value == "":
        return "none"
    if event.kind == "pilot.stage":
        return words.stage_name(str(value))
    if event.kind in ("pilot.owner", "pilot.sponsor") and isinstance(value, int):
        return names.get(value, "somebody who left")
    if event.kind in ("pilot.target", "pilot.decide_by"):
        return day_words(date.fromisoformat(str(value)), today)
    return str(value)
