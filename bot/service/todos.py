"""What somebody is waited for: check-ins, questions of colleagues, requests, decisions; it must not word a card."""

from __future__ import annotations

from bot.core.compose.portfolio import Task, Todo
from bot.core.records import Person, Pilot, Request
from bot.core.state import Checkin
from bot.service import checkins
from bot.service.work import Work


def of(work: Work, person: Person) -> list[Todo]:
    """Everything that waits for one person, in no order."""
    asked = (_waiting(work, person, one) for one in work.unit.live_checkins(person=person.id))
    requested = (_requested(work, one) for one in work.unit.requests(person=person.id))
    due = (_decision(pilot) for pilot in work.unit.pilots_of(person.id) if _decides(work, person, pilot))
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


def _requested(work: Work, request: Request) -> Todo | None:
    pilot = work.unit.pilot(request.pilot)
    if pilot is None:
        return None
    what = f"your help: {request.topic}" if request.kind == "help" else f"are you its {request.kind}?"
    return Todo(Task.REQUEST, pilot.id, pilot.name, what, request=request)


def _decides(work: Work, person: Person, pilot: Pilot) -> bool:
    day = pilot.decide_by
    return pilot.decider == person.id and day is not None and day <= work.today(person)


def _decision(pilot: Pilot) -> Todo:
    due = pilot.decide_by.isoformat() if pilot.decide_by else ""
    return Todo(Task.DECISION, pilot.id, pilot.name, f"decide: scale, fix or stop (due {due})")
