"""One step up where nobody answers, and what people reply to it; it must not plan the ladder.

Nobody above an owner hears of silence that the owner was not told of, that is not silence, or that an absence explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.core import events, permissions
from bot.core.answers import tidy
from bot.core.compose import notes
from bot.core.compose import silence as words
from bot.core.compose.form import form_card
from bot.core.days import parse_day
from bot.core.decisions import ENDED
from bot.core.escalation import DEPUTY, LEAD, OUTCOME, later
from bot.core.events import Amend, Step
from bot.core.permissions import Action
from bot.core.ports import Nothing, Problems, Reply, Show, Update
from bot.core.records import Event, Person, PersonId, Pilot, Request, Schedule
from bot.core.state import Checkin, Phase
from bot.core.tokens import Token
from bot.service import (
    bundling,
    checkins,
    concluding,
    framing,
    hours,
    nagging,
    registry,
    requests,
    silence,
    succession,
    telling,
)
from bot.service.work import Work

Values = Mapping[str, Any]

LOOKED_AT = 200  # schedules that are due, among which the steps of others are looked for
TOGETHER = 20  # steps in one unit: a tenth of a second, so that nobody who answers meanwhile waits long


def beside(work: Work, pilot: Pilot, seen: Schedule) -> Iterator[Schedule]:
    """Steps of other pilots that are due as well, so that each person hears of all of theirs in one message.

    Those of the same people come first, where there are more than one unit of work takes.
    """
    due = (one for one in work.unit.due_schedules(work.now, limit=LOOKED_AT) if one.id != seen.id)
    found = [(one, work.unit.pilot(one.pilot)) for one in due if one.questionnaire == silence.SILENCE]
    people = _people(pilot)
    first = sorted(found, key=lambda one: one[1] is None or people.isdisjoint(_people(one[1])))
    yield from islice((one for one, _ in first), TOGETHER - 1)


def _people(pilot: Pilot) -> set[PersonId]:
    return {one for one in (pilot.owner, pilot.deputy, pilot.sponsor) if one is not None}


def step(work: Work, pilot: Pilot) -> None:
    """The next step is due: take it, put it off, or let it be."""
    due = silence.planned(work, pilot)
    if due is None or due > work.now:
        return
    steps = silence.left(work, pilot, work.now)  # not from when it was due: an outage shortens nobody's grace
    if not steps:
        concluding.go_on(work, pilot)
        return
    if pilot.stage in ENDED or pilot.stage == "paused" or silence.has_another_owner(work, pilot):
        silence.end(work, pilot, None)
        return
    now, *rest = steps
    wait = _not_yet(work, pilot) or _good(work, pilot, now.step)
    if wait is not None:
        silence.put(work, pilot, wait)
        return
    work.unit.record(Event(silence.STEP, work.now, None, pilot.id, now.step))
    if now.step == OUTCOME:
        concluding.conclude(work, pilot)
        return
    silence.put(work, pilot, rest[0].at)
    _ask(work, pilot, now.step)
    _show_what_follows(work, pilot)


def _not_yet(work: Work, pilot: Pilot) -> datetime | None:
    """When a step that is due may be taken, where it may not now; None where it may."""
    owner = silence.owner_of(work, pilot)
    if owner is not None and work.is_away(owner):
        return hours.back_at(work, owner) + timedelta(days=1)
    asking, zone = work.asking(owner), work.zone(owner)
    if _begun_to_answer(work, pilot) or not _told(work, pilot):
        return later(work.now, 1, asking=asking, zone=zone)
    return None


def _good(work: Work, pilot: Pilot, step: str) -> datetime | None:
    """The next hour at which any of those whom a step writes to may be disturbed; None where one may now.

    The others hear at an hour of their own: people on two sides of the earth have none in common.
    """
    people = [work.unit.person(one) for one in _hear_of(work, pilot, step)]
    good = min((hours.good(work, person, work.now) for person in people), default=work.now)
    return good if good > work.now else None


def _begun_to_answer(work: Work, pilot: Pilot) -> bool:
    """Whether an answer is on its way: half a form, or a colleague who was asked."""
    return any(
        one.state.answers or one.state.drafts or one.state.handed
        for one in work.unit.live_checkins(pilot=pilot.id)
        if one.state.person in (pilot.owner, pilot.deputy)
    )


def _told(work: Work, pilot: Pilot) -> bool:
    """Whether the message that announced it has reached the owner."""
    checkin = _first(work, pilot)
    return checkin is None or bundling.was_told(work.unit, checkins.message_key(checkin, checkin.state.said))


def _first(work: Work, pilot: Pilot) -> Checkin | None:
    """The check-in with which the silence began."""
    return work.unit.checkin(silence.begun(work, pilot)[1])


def _hear_of(work: Work, pilot: Pilot, step: str) -> list[PersonId]:
    """Whoever a step writes to; of the outcome the owner, as nobody hears before them."""
    if step == OUTCOME:
        return [one for one in (pilot.owner or pilot.sponsor,) if one is not None]
    if step == LEAD:
        leads = registry.leads(work.unit, pilot)
        return [lead.id for lead in leads if lead.id not in (pilot.owner, pilot.sponsor)]
    holder: PersonId | None = getattr(pilot, step)
    return [holder] if holder is not None else []


def _ask(work: Work, pilot: Pilot, named: str) -> None:
    since, checkin = silence.begun(work, pilot)
    for holder in _hear_of(work, pilot, named):
        wanted = Request(
            0, requests.SILENT, pilot.id, holder, None, work.now, text=since.isoformat(), topic=named
        )
        if requests.ask(work, pilot, wanted):
            nagging.note(work, holder, pilot.id, checkin, named)


def _show_what_follows(work: Work, pilot: Pilot) -> None:
    """The owner's message says what is still to come."""
    checkin = _first(work, pilot)
    form = checkins.form_of(work, checkin) if checkin else None
    if checkin is None or form is None or checkin.state.phase is not Phase.EXPIRED:
        return
    context, state = framing.context_for(work, checkin, form, pilot), checkin.state
    shown = Amend(state.said, state.person, form_card(form, context, state, work.now))
    happened = checkins.Happened(checkin, form, context, Step(state), before=state)
    checkins.show(work, happened, shown, to=f"follows:{work.now.isoformat()}")


# --- replies --------------------------------------------------------------------------------------------------------


def replied(
    work: Work,
    person: Person,
    request: Request,
    token: Token,
    values: Values,
    *,
    to: Person | Problems | None,
) -> Reply:
    """A button of the question why nobody answers; `to` is whoever was named, or why nobody could be.

    What was opened from a line of a message about several pilots says itself what came of it.
    """
    reply = _replied(work, person, request, token, values, to=to)
    if isinstance(reply, Nothing) and requests.stands_with_others(work, request):
        return Update(requests.what_became_of(work, request), over=True)
    return reply


def _replied(
    work: Work,
    person: Person,
    request: Request,
    token: Token,
    values: Values,
    *,
    to: Person | Problems | None,
) -> Reply:
    pilot = work.unit.pilot(request.pilot)
    if pilot is None or not permissions.may(person, Action.REPLY, request):
        return Show(notes.not_there())
    if request.reply:
        return Show(requests.what_became_of(work, request))
    match token.verb:
        case words.ANSWER if request.topic == DEPUTY:
            return _take_over(work, person, pilot, request)
        case "not_me" if request.topic == DEPUTY:
            return _settled(work, pilot, request, "not_me", "Noted. I ask whoever comes next.")
        case words.RUNNING:
            return _runs(work, person, pilot, request)
        case words.NAME:
            if isinstance(to, Problems) or to is None:
                return to or Problems({words.TO: "Please name somebody."})
            succession.put(work, person, pilot, "owner", to)
            silence.end(work, pilot, person)
            return Nothing()
        case words.PAUSE:
            return _pause(work, person, pilot, values)
    return Show(notes.not_there())


def _settled(work: Work, pilot: Pilot, request: Request, reply: str, line: str) -> Reply:
    requests.settle(work, pilot, request, reply, words.settled(pilot.name, line))
    return Nothing()


def _take_over(work: Work, person: Person, pilot: Pilot, request: Request) -> Reply:
    """The deputy answers: the newest unanswered check-in is theirs now, and the next step waits a day."""
    waiting = [
        one.id
        for one in work.unit.history(pilot.id, limit=framing.LOOK_BACK)
        if one.phase in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED) and one.person == pilot.owner
    ]
    checkin = work.unit.checkin(waiting[0]) if waiting else None
    if checkin is None:
        return Show(notes.stale())
    named = {one: known.name for one in (checkin.state.person, person.id) if (known := work.unit.person(one))}
    handed = events.HandedOver(work.now, checkin.state.person, person.id)
    checkins.happen(work, checkin.id, handed, actor=person.id, people=named)
    asking, zone = work.asking(person), work.zone(person)
    silence.put(work, pilot, later(work.now, asking.open_days + 1, asking=asking, zone=zone))
    return _settled(work, pilot, request, words.ANSWER, "It is yours now: the questions are below.")


def _runs(work: Work, person: Person, pilot: Pilot, request: Request) -> Reply:
    requests.settle(
        work, pilot, request, words.RUNNING, words.settled(pilot.name, "Noted: it is running. Thank you.")
    )
    silence.end(work, pilot, person)
    if pilot.owner is not None:
        telling.tell(
            work, pilot.owner, f"request:{request.id}:running", words.said_running(pilot.name, person.name)
        )
    return Nothing()


def _pause(work: Work, person: Person, pilot: Pilot, values: Values) -> Reply:
    today = work.today(person)
    until = parse_day(tidy(str(values.get(words.UNTIL, ""))), today)
    latest = registry.longest_pause(today, work.content)
    if until is None or not today < until <= latest:
        return Problems({words.UNTIL: notes.pause_bounds(today, latest)})
    registry.pause(work, pilot, until, actor=person.id)
    checkins.withdraw(work, pilot, f"{pilot.name} is paused.")
    silence.end(work, pilot, person)
    return Nothing()
