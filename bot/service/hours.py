"""Good hours of a person or a channel: when something may come that nobody waits for; it must not know what it is."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.core import cadence
from bot.core.localtime import wall
from bot.core.records import Address, Person
from bot.service.work import Work

DAY = timedelta(days=1)


def good(work: Work, person: Person | None, moment: datetime) -> datetime:
    """That moment, or the next at which this person may be disturbed; without a person, anybody here."""
    return cadence.good_moment(moment, zone=work.zone(person), asking=work.asking(person))


def usual(work: Work, person: Person, moment: datetime) -> datetime:
    """That moment within the hour at which somebody is asked, else the next such hour of a day on which they may be."""
    asking = work.asking(person)
    hour = asking.hour if person.hour is None else person.hour
    return cadence.usual_hour(moment, hour=hour, zone=work.zone(person), asking=asking)


def own_day(work: Work, person: Person, after: datetime) -> datetime:
    """The day of the week and hour at which somebody is asked, the next after a moment."""
    asking = work.asking(person)
    weekday = asking.weekday if person.weekday is None else person.weekday
    hour = asking.hour if person.hour is None else person.hour
    return cadence.next_slot(
        after, weekday=weekday, hour=hour, zone=work.zone(person), asking=asking, weeks=1
    )


def back_at(work: Work, person: Person) -> datetime:
    """The first usual hour after the last day away, or now for somebody who is not away."""
    if person.away_until is None:
        return work.now
    return usual(work, person, wall(person.away_until + DAY, time(0), work.zone(person)))


def there(work: Work, person: Person) -> datetime:
    """Now, or when somebody is back and may be disturbed: of what nobody asked for, absent people get nothing."""
    return back_at(work, person) if work.is_away(person) else good(work, person, work.now)


def good_there(work: Work, address: Address) -> datetime:
    """Now, or the next good hour at which whoever reads that conversation is there: a channel keeps the house's."""
    person = work.unit.person_at(address)
    return there(work, person) if person is not None else good(work, None, work.now)
