"""What a person does to a check-in: its buttons, its form and words typed to it; it must not know of commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core import cadence, events, permissions
from bot.core import checkin as engine
from bot.core.answers import tidy
from bot.core.card import Card
from bot.core.compose import checkin as words
from bot.core.compose import notes
from bot.core.compose import succession as succession_words
from bot.core.compose.form import form_card, snooze_again
from bot.core.context import Context
from bot.core.days import parse_day
from bot.core.decisions import DECISION
from bot.core.permissions import Action
from bot.core.ports import Nothing, Problems, Reply, Show, Update
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.records import PersonId, Pilot
from bot.core.state import ASKING, Checkin, Phase, State
from bot.core.tokens import About, Token
from bot.service import checkins, deciding, escalating, framing, pausing, registry, requests, succession
from bot.service.desk import Desk, colleague, people_named

PARTS_CHANGED = tuple(f"pilot.{part}" for part in ("owner", "deputy", "sponsor", "decider"))
CHANGES_READ = 50  # of one pilot's parts: far more than there are in the life of a check-in
# What the buttons of a check-in do, but for those that answer.
VERBS: Mapping[str, Action] = {
    "back": Action.REVISE,
    "correct": Action.REVISE,
    "nothing": Action.PUT_OFF,
    "snooze": Action.PUT_OFF,
    "decline": Action.PUT_OFF,
    "pause": Action.PUT_OFF,
    "not_mine": Action.HAND_ON,
    "hand": Action.HAND_ON,
    "pass_back": Action.GIVE_BACK,
}
Values = Mapping[str, Any]


def clicked(desk: Desk, token: Token, values: Values | None) -> Reply:
    """A button of a check-in was pressed, or its form sent with `values`."""
    checkin = desk.unit.checkin(token.id)
    if checkin is not None and (now := _no_longer_theirs(desk, checkin)) is not None:
        checkins.happen(desk.work, checkin.id, events.Ticked(desk.now), actor=None)  # its card says so too
        return Show(now)
    if checkin is None or not permissions.may(desk.person, Action.ANSWER, checkin.state):
        return Show(notes.not_there())
    if token.verb == "show" or (token.verb == "submit" and values is None):
        return _show_form(desk, checkin, token.arg)
    if not permissions.may(desk.person, VERBS.get(token.verb, Action.ANSWER), checkin.state):
        return _as_it_stands(desk, checkin)
    if token.verb == "pause":
        return _pause_from_checkin(desk, checkin, values or {})
    if token.verb == "snooze" and (other := _another_moment(desk, checkin, values or {})) is not None:
        return Show(other)
    made = _event(desk, checkin, token, values or {})
    if isinstance(made, Problems):
        return made
    people = _people_named_in(desk, checkin, made)
    happened = checkins.happen(desk.work, token.id, made, actor=desk.person.id, people=people)
    return _answer(desk, happened) if happened else Show(notes.not_there())


def request_clicked(desk: Desk, token: Token, values: Values) -> Reply:
    """A button of a request: an answer, or the name of somebody."""
    request = desk.unit.request(token.id)
    if request is None or request.kind not in (requests.SUCCESSOR, requests.SILENT):
        return requests.replied(desk.work, desk.person, token)
    found = colleague(desk, values.get("to")) if token.verb == succession_words.NAME else None
    named = found if found is None or isinstance(found, Problems) else desk.unit.person(found)
    if request.kind == requests.SILENT:
        return escalating.replied(desk.work, desk.person, request, token, values, to=named)
    return succession.replied(desk.work, desk.person, request, token, to=named)


def closed(desk: Desk, token: Token | None, values: Values) -> Reply:
    """A check-in's form was closed unsent: what stands in it is kept for its person. Other forms are just closed."""
    if token is None or (token.about, token.verb, token.arg) != (About.CHECKIN, "submit", ""):
        return Nothing()
    checkin = desk.unit.checkin(token.id)
    if checkin is None or not permissions.may(desk.person, Action.REVISE, checkin.state):
        return Nothing()
    entered = _people_resolved(desk, checkin, values)
    left = events.Abandoned(desk.now, desk.person.id, token.step, entered)
    people = _people_named_in(desk, checkin, left)
    checkins.happen(desk.work, checkin.id, left, actor=desk.person.id, people=people)
    return Nothing()


def _no_longer_theirs(desk: Desk, checkin: Checkin) -> Card | None:
    """What whoever had the part that a check-in was asked of, and has no part in the pilot now, is told."""
    pilot, person = desk.unit.pilot(checkin.pilot), desk.person
    if pilot is None or checkin.state.phase not in ASKING or checkin.questionnaire == DECISION:
        return None  # a decision is closed by whoever may no longer make it sending it
    if permissions.may(person, Action.GIVE_BACK, checkin.state) or permissions.relations(person, pilot):
        return None
    if not _lost_a_part(desk, pilot, since=checkin.state.opened_at):
        return None
    owner = desk.unit.person(pilot.owner) if pilot.owner is not None else None
    sees = permissions.may(person, Action.SEE, pilot)
    return notes.no_longer_yours(pilot.name, owner.name if owner and sees else "")


def _lost_a_part(desk: Desk, pilot: Pilot, *, since: datetime) -> bool:
    """Whether whoever acts was taken out of a part in the pilot since then."""
    changes = desk.unit.events(pilot=pilot.id, kinds=PARTS_CHANGED, since=since, limit=CHANGES_READ)
    return any(change.before == desk.person.id for change in changes)


def _event(desk: Desk, checkin: Checkin, token: Token, values: Values) -> events.Event | Problems:
    """What a button of a check-in means; Problems where what it asked for is missing."""
    now, by = desk.now, desk.person.id
    match token.verb:
        case "submit":
            resolved = deciding.pilots_resolved(desk.work, checkin, _people_resolved(desk, checkin, values))
            if isinstance(resolved, Problems):
                return resolved
            return events.Submitted(now, by, token.step, resolved, handed=token.arg)
        case "back":
            return events.WentBack(now, by, token.step)
        case "nothing":
            return events.SaidNothing(now, by)
        case "correct":
            return events.Corrected(now, by, str(values.get("question", "")))
        case "snooze":
            return _snooze(desk, str(values.get("until", "")))
        case "decline":
            return events.Declined(now, by, str(values.get("reason", "")))
        case "pass_back":
            return events.PassedBack(now, by, token.arg)
        case "not_mine":
            to = colleague(desk, values.get("to"))
            return to if isinstance(to, Problems) else events.HandedOver(now, by, to)
        case "hand":
            to = colleague(desk, values.get("to"))
            return (
                to
                if isinstance(to, Problems)
                else events.Handed(now, by, str(values.get("question", "")), to)
            )
    return Problems({"": notes.OLD_BUTTON})


def _snooze(desk: Desk, choice: str) -> events.Event | Problems:
    until = cadence.snooze_of(choice)
    if until is None:
        return Problems({"until": words.snooze_bounds(desk.work.asking(desk.person).snooze_days)})
    return events.Snoozed(desk.now, desk.person.id, until)


def _another_moment(desk: Desk, checkin: Checkin, values: Values) -> Card | None:
    """The moments there are now, where the one chosen on an older message is over; None where it is still to come."""
    until, state = cadence.snooze_of(str(values.get("until", ""))), checkin.state
    mine = state.person == desk.person.id and state.phase in (Phase.OPEN, Phase.SNOOZED)
    form, pilot = checkins.form_of(desk.work, checkin), desk.unit.pilot(checkin.pilot)
    if not mine or form is None or pilot is None or (until is not None and until > desk.now):
        return None
    context = framing.context_for(desk.work, checkin, form, pilot)
    return snooze_again(form, context, state, desk.now, until)


def _people_resolved(desk: Desk, checkin: Checkin, values: Values) -> Values:
    """Platform ids of people become our keys; names stay, to be matched or complained about."""
    resolved = dict(values)
    for name in _asking_for_people(desk, checkin) & values.keys():
        found = people_named(desk, tidy(str(values[name] or ""))) if values[name] else []
        if len(found) == 1:
            resolved[name] = str(found[0].id)
    return resolved


def _people_named_in(desk: Desk, checkin: Checkin, event: events.Event) -> dict[PersonId, str]:
    """Everybody whom an event brings in, so that cards can call them by name."""
    match event:
        case events.Submitted(values=values) | events.Abandoned(values=values):
            return _people_meant(desk, checkin, values)
        case events.HandedOver(to=to) | events.Handed(to=to):
            person = desk.unit.person(to)
            return {desk.person.id: desk.person.name} | ({to: person.name} if person else {})
    return {}


def _people_meant(desk: Desk, checkin: Checkin, values: Values) -> dict[PersonId, str]:
    """Everybody whom a short answer to a question about a person could name: the engine matches names against them."""
    found: dict[PersonId, str] = {}
    for name in sorted(_asking_for_people(desk, checkin) & values.keys()):
        value = values[name]
        if isinstance(value, str) and 0 < len(value) <= 80:
            found |= {person.id: person.name for person in people_named(desk, tidy(value))}
    return found


def _asking_for_people(desk: Desk, checkin: Checkin) -> frozenset[QuestionId]:
    """The questions of a check-in's form that are answered with a person."""
    form = checkins.form_of(desk.work, checkin)
    return framing.person_fields(form) if form else frozenset()


def _answer(desk: Desk, happened: checkins.Happened) -> Reply:
    """What the surface that asked is to show now."""
    state, form = happened.checkin.state, happened.form
    if happened.step.problems:
        return Problems(happened.step.problems)
    if not happened.step.effects:
        return _as_it_stands(desk, happened.checkin)
    if state.person == desk.person.id and state.asking:
        return Update(_form(desk, form, happened.context, state))
    if state.phase is Phase.DONE and state.person == desk.person.id:
        return Update(words.closing_card(form, happened.context, state, happened.lines), over=True)
    return Nothing()


def _as_it_stands(desk: Desk, checkin: Checkin) -> Reply:
    """What whoever pressed something that changes nothing now sees."""
    return Show(notes.stale()) if checkin.state.phase not in ASKING else _show_form(desk, checkin)


def _show_form(desk: Desk, checkin: Checkin, handed: str = "") -> Reply:
    """The form as it stands; to a colleague the question that was `handed` to them, or else the first one."""
    form, pilot = checkins.form_of(desk.work, checkin), desk.unit.pilot(checkin.pilot)
    if form is None or pilot is None:
        return Show(notes.not_there())
    state = checkin.state
    context = framing.context_for(desk.work, checkin, form, pilot)
    if state.person == desk.person.id and state.asking:
        return Show(_form(desk, form, context, state))
    theirs = [name for name, to in state.handed.items() if to == desk.person.id]
    handed = handed or next(iter(theirs), "")
    asked = state.phase in ASKING and handed in theirs
    question = form.question(handed) if asked else None
    if question is not None:
        return Show(words.asked_card(form, context, question, state.person, state))
    if state.person == desk.person.id and state.phase in (Phase.DONE, Phase.WAITING):
        return Show(_sent(form, context, state, desk.now))
    return Show(notes.stale())


def _sent(form: Questionnaire, context: Context, state: State, now: datetime) -> Card:
    """What its person has answered, with a way to correct it."""
    if state.phase is Phase.WAITING:
        return words.waiting_card(form, context, state, now)
    return words.closing_card(form, context, state, ())


def _form(desk: Desk, form: Questionnaire, context: Context, state: State) -> Card:
    """The form as it is shown where the person acts."""
    return registry.as_accounts(desk.unit, form_card(form, context, state, desk.now), desk.connection.id)


def _pause_from_checkin(desk: Desk, checkin: Checkin, values: Values) -> Reply:
    pilot = desk.unit.pilot(checkin.pilot)
    if pilot is None or checkin.state.phase not in ASKING:
        return Show(notes.stale())
    day = parse_day(tidy(str(values.get("until", ""))), desk.work.today(desk.person))
    return pausing.pause(desk.work, desk.person, pilot, day, field="until")


def typed(desk: Desk, checkin: Checkin, text: str) -> Reply:
    """A text was typed that answers a check-in's one question before this person."""
    raw: Values = dict.fromkeys(engine.questions_for(checkin.state, desk.person.id), text)
    resolved = _people_resolved(desk, checkin, raw)
    said = events.Typed(desk.now, desk.person.id, str(next(iter(resolved.values()), text)))
    people = _people_meant(desk, checkin, raw)
    happened = checkins.happen(desk.work, checkin.id, said, actor=desk.person.id, people=people)
    if happened is None:
        return Show(notes.not_there())
    if happened.step.problems:
        return Show(notes.problem(next(iter(happened.step.problems.values()))))
    return _answer(desk, happened)
