"""What somebody is waited for: check-ins, questions of colleagues, requests, decisions; it must not word a card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.compose.portfolio import Task, Todo
from bot.core.decisions import DECISION, deciders
from bot.core.records import Person, PilotId, Request
from bot.core.state import Checkin
from bot.core.wording import count
from bot.service import cases, checkins
from bot.service.shared_requests import by_message
from bot.service.work import Work


def of(work: Work, person: Person) -> list[Todo]:
    """Everything that waits for one person, in no order."""
    live = work.unit.live_checkins(person=person.id)
    asked = (_waiting(work, person, one) for one in live)
    requested = (_requested(work, same) for same in by_message(work.unit.requests(person=person.id)))
    due = _to_decide(work, person, {one.pilot for one in live if one.questionnaire == DECISION})
    return [todo for todo in (*asked, *requested, *due) if todo is not None]


def _waiting(work: Work, person: Person, checkin: Checkin) -> Todo | None:
    pilot = work.unit.pilot(checkin.pilot)
    form = checkins.form_of(work, checkin)
    if pilot is None or form is None:
        return None
    state = checkin.state
    if state.person == person.id and state.asking:
        what = f"{form.title[:1].lower()}{form.title[1:]}"
        return Todo(Task.CHECKIN, pilot.id, pilot.name, what, by=state.closes_at, checkin=checkin.id)
    handed = [question for question, to in state.handed.items() if to == person.id]
    if not handed:
        return None
    question = form.question(handed[0])
    text = question.text if question else "one question"
    return Todo(Task.QUESTION, pilot.id, pilot.name, text, by=state.closes_at, checkin=checkin.id)


def _requested(work: Work, same: Sequence[Request]) -> Todo | None:
    request = same[0]
    pilot = work.unit.pilot(request.pilot)
    if pilot is None:
        return None
    others = f"; {count(len(same) - 1, 'more pilot')} wait for it too" if len(same) > 1 else ""
    what = {
        "help": f"your help: {request.topic}{others}",
        "close": f"switch it off by {request.topic}",
        "silent": "nobody answers about it",
        "successor": f"who is its new {request.topic}?",
        "confirm": "confirm what its next gate needs",
        "approve": "approve as the second person that it passes its gate",
        "threshold": "agree to another launch or stop rule",
    }.get(request.kind, f"are you its {request.kind}?")
    return Todo(Task.REQUEST, pilot.id, pilot.name, what, request=request)


def _to_decide(work: Work, person: Person, asked: set[PilotId]) -> Iterator[Todo]:
    """Decisions that wait for somebody, without those whose form they have open."""
    for pilot in work.unit.pilots_of(person.id):
        named = person.id in (one for one, _ in deciders(pilot))
        if named and pilot.id not in asked and cases.waits(work, pilot):
            due = f" (due {pilot.decide_by.isoformat()})" if pilot.decide_by else ""
            yield Todo(Task.DECISION, pilot.id, pilot.name, f"decide: scale, fix or stop{due}")
