"""The command `ask me`: a day and an hour of one's own; it must not know how slots are computed."""

from __future__ import annotations

from dataclasses import replace

from bot.core import cadence
from bot.core import commands as c
from bot.core.compose import away as words
from bot.core.compose import notes
from bot.core.ports import Reply, Show
from bot.core.records import Person
from bot.service import people, schedules
from bot.service.work import Work


def answer(work: Work, person: Person, command: c.AskMe) -> Reply:
    """Take note of it, and move what is planned; or say why nobody is asked then."""
    asking = work.asking(person)
    usual = command == c.AskMe()
    weekday = command.weekday if usual or command.weekday is not None else person.weekday
    hour = command.hour if usual or command.hour is not None else person.hour
    day, at = asking.weekday if weekday is None else weekday, asking.hour if hour is None else hour
    open_days = [n for n in asking.working_days if n not in asking.never_on]
    if day not in open_days:
        return Show(notes.problem(words.no_such_day(day, open_days)))
    if cadence.is_quiet(at, asking):
        return Show(notes.problem(words.quiet_hour(at, asking.quiet_until, asking.quiet_from)))
    people.set_hours(work, person, weekday=weekday, hour=hour)
    schedules.follow_hours(work, replace(person, weekday=weekday, hour=hour))
    return Show(words.asked_at(day, at, usual=usual))
