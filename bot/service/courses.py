"""Since when a pilot is on its present course: noted in its log whenever it is looked at; it must not judge it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.core.records import Event, Pilot, PilotId
from bot.core.signals import Course
from bot.service import schedules
from bot.service.schedules import COURSE
from bot.service.work import Work

EVENTS_READ = 1_000_000  # all of them: a pilot changes its course a few times a year


def note(work: Work, pilot: Pilot, course: Course) -> None:
    """Write down a course that is new; one that becomes Stuck is looked at again when that has lasted too long."""
    last = _last(work, pilot)
    if last is not None and last.after == course:
        return
    work.unit.record(
        Event(COURSE, work.now, None, pilot.id, before=last.after if last else None, after=course.value)
    )
    if course is Course.STUCK:
        schedules.plan_decision(work, pilot)


def since(work: Work, pilot: Pilot, course: Course) -> date | None:
    """The day on which the present course was first noted; None where another one was noted last."""
    last = _last(work, pilot)
    return work.day(last.at) if last is not None and last.after == course else None


def stuck_days(work: Work, pilot: Pilot, course: Course) -> int | None:
    """Days that a pilot has been Stuck; 0 where that is not noted yet, None where it is not Stuck."""
    if course is not Course.STUCK:
        return None
    began = since(work, pilot, course)
    return (work.today() - began).days if began else 0


def of_all(work: Work) -> Mapping[PilotId, tuple[str, date]]:
    """The course noted last for every pilot, and the day."""
    found: dict[PilotId, tuple[str, date]] = {}
    for event in work.unit.events(kinds=(COURSE,), limit=EVENTS_READ):
        if event.pilot is not None:
            found.setdefault(event.pilot, (str(event.after), work.day(event.at)))
    return found


def _last(work: Work, pilot: Pilot) -> Event | None:
    return next(iter(work.unit.events(pilot=pilot.id, kinds=(COURSE,), limit=1)), None)
