"""A pilot's past for its readers: check-ins and changes of the record; it must not know how a card is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.core import permissions
from bot.core.compose import decision, words
from bot.core.compose.answered import answer_words, fill
from bot.core.compose.portfolio import Entry, HistoryView, Said
from bot.core.context import Context
from bot.core.days import day_words
from bot.core.decisions import DECISION
from bot.core.permissions import Sensitivity, of_answer
from bot.core.questionnaire import Content, Questionnaire
from bot.core.records import Asked, Decision, Event, Person, PersonId, Pilot
from bot.core.state import Phase
from bot.core.values import Json
from bot.service import house, likeness, release
from bot.service.evaluate import name_of
from bot.service.work import Work

CHECKINS, CHANGES = 10, 30
CHANGED = {
    "pilot.created": "registered",
    "pilot.stage": "stage",
    "pilot.target": "planned date of real use",
    "pilot.owner": "owner",
    "pilot.sponsor": "sponsor",
    "pilot.decide_by": "decide-by date",
    "pilot.metric": "success measure",
    "item.proof": "proof",
    "item.level": "level",
    likeness.SAID: "what differs from those before it",
    likeness.SAME: "the same problem as another pilot",
}
ENDS = {
    "answered": "answered",
    "nothing": "nothing to report",
    "declined": "not answered, with a reason",
    "missed": "no answer",
    "closed": "closed",
}


def view(work: Work, reader: Person, pilot: Pilot) -> HistoryView:
    """The newest check-ins and changes of a pilot."""
    names = {person.id: person.name for person in work.unit.people()}
    asked = work.unit.history(pilot.id, limit=CHECKINS, answers=True)
    entries = [_checkin(work, reader, pilot, past, names) for past in asked if not _kept_below(past)]
    entries += [_decision(work, reader, pilot, made, names) for made in work.unit.decisions(pilot=pilot.id)]
    events = work.unit.events(pilot=pilot.id, kinds=tuple(CHANGED), limit=CHANGES)
    texts = permissions.reads(reader, Sensitivity.TEXTS, pilot)
    entries += [
        _change(work, reader, event, names) for event in events if texts or event.kind != likeness.SAID
    ]
    return HistoryView(
        pilot=pilot.id,
        name=pilot.name,
        today=work.today(reader),
        entries=tuple(entries),
    )


def _kept_below(past: Asked) -> bool:
    """A decision that was made is told as one, not as a form that was answered."""
    return past.questionnaire == DECISION and past.phase == Phase.DONE


def _decision(
    work: Work, reader: Person, pilot: Pilot, made: Decision, names: Mapping[PersonId, str]
) -> Entry:
    """What was decided, with what is to be fixed or was learned."""
    today = work.today(reader)
    texts = [("Learned", made.lesson)]
    if permissions.reads(reader, Sensitivity.TEXTS, pilot):
        texts.append(("In their words", made.text))
    return Entry(
        on=work.day(made.at, reader),
        what="Decided",
        who=names.get(made.by, "somebody who left"),
        result=decision.decided(made, today),
        said=tuple(Said(name, text) for name, text in texts if text),
    )


def _checkin(work: Work, reader: Person, pilot: Pilot, past: Asked, names: Mapping[PersonId, str]) -> Entry:
    form = work.unit.form(past.questionnaire, past.version)
    result = ENDS.get(past.outcome, "waiting for an answer")
    late = ", late" if past.late and past.phase == Phase.DONE else ""
    return Entry(
        on=work.day(past.done_at or past.slot, reader),
        what=form.title if form else past.questionnaire,
        who=names.get(past.person, ""),
        result=f"{result}{late}",
        said=_said(work.content, form, pilot, _readable(work, form, past, reader, pilot), names)
        if form
        else (),
    )


def _readable(work: Work, form: Questionnaire, past: Asked, reader: Person, pilot: Pilot) -> Asked:
    """A check-in with those of its answers that the reader may read."""
    if release.is_withheld(work, reader, pilot, past):
        return replace(past, answers={})
    seen = house.whole(work, pilot) if form.id == release.FORM else pilot
    open_to = {
        question.id
        for question in form.questions()
        if permissions.reads(reader, of_answer(form, question), seen)
    }
    return replace(past, answers={name: value for name, value in past.answers.items() if name in open_to})


def _said(
    content: Content,
    form: Questionnaire,
    pilot: Pilot,
    past: Asked,
    names: Mapping[PersonId, str],
) -> tuple[Said, ...]:
    context = Context(
        past.id, pilot.name, content.policy.asking, names=names, placeholders={"last_date": "last time"}
    )
    given = (
        (question, past.answers[question.id]) for question in form.questions() if question.id in past.answers
    )
    return tuple(
        Said(
            fill(question.text, context),
            answer_words(question, value, context),
        )
        for question, value in given
    )


def _change(work: Work, reader: Person, event: Event, names: Mapping[PersonId, str]) -> Entry:
    """A change of the record with what it became."""
    who = names.get(event.actor, "") if event.actor else ""
    on = work.day(event.at, reader)
    if event.kind == "pilot.created":
        return Entry(on, "Registered", who)
    before, after = _shown(event, event.before, names, on), _shown(event, event.after, names, on)
    if event.kind == likeness.SAID:
        return Entry(on, words.capital(CHANGED[event.kind]), who, after)
    if event.kind == likeness.SAME:
        return Entry(on, words.capital(CHANGED[event.kind]), who, _other(work, reader, event))
    if event.kind == "item.proof":
        item = name_of(work.content, event.subject)
        return Entry(on, f"Proof of {words.small(item)}", who, "renewed" if event.before else "added")
    if event.kind == "item.level":
        what = f"Level of {words.small(name_of(work.content, event.subject))}"
        return Entry(on, what, who, f"{before} → {after}")
    return Entry(on, words.capital(CHANGED[event.kind]), who, f"{before} → {after}")


def _other(work: Work, reader: Person, event: Event) -> str:
    """The name of the pilot that an event points at, for whoever may see that one."""
    found = work.unit.pilot(event.after) if isinstance(event.after, int) else None
    return found.name if found and permissions.may(reader, permissions.Action.SEE, found) else ""


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
