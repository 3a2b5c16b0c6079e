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


def back_at(work: Work, person: Person) -> datetime:
    """The first good hour after the last day away, or now for somebody who is not away."""
    asking, zone = work.asking(person), work.zone(person)
    if person.away_until is None:
        return work.now
    day = person.away_until + DAY
    while not cadence.may_ask(day, asking):
        day += DAY
    hour = asking.hour if person.hour is None else person.hour
    return cadence.good_moment(wall(day, time(hour), zone), zone=zone, asking=asking)


def there(work: Work, person: Person) -> datetime:
    """Now, or when somebody is back and may be disturbed: of what nobody asked for, absent people get nothing."""
    return back_at(work, person) if work.is_away(person) else good(work, person, work.now)


def good_there(work: Work, address: Address) -> datetime:
    """Now, or the next good hour at which whoever reads that conversation is there: a channel keeps the house's."""
    person = work.unit.person_at(address)
    return there(work, person) if person is not None else good(work, None, work.now)
