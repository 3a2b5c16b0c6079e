"""People who are away and back: what becomes of what they are asked meanwhile; it must not know the words.

Nothing new reaches somebody who is away. What was open goes to whoever answers beside them, or waits; what waits is
asked at the first good hour after their last day away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.core import cadence, events
from bot.core.compose.away import Fate, bounds
from bot.core.localtime import wall
from bot.core.records import Person, PersonId, Pilot
from bot.core.state import ASKING, Checkin, Phase
from bot.service import ServiceError, answerers, checkins, people, requests
from bot.service.shared_requests import by_message
from bot.service.work import Work

LONGEST = timedelta(days=366)  # whoever is away for longer has left their part in a pilot to somebody else
_DAY = timedelta(days=1)


def leave(work: Work, person: Person, until: date, *, actor: PersonId | None) -> list[Fate]:
    """Somebody is away up to and with a day; what becomes of each open check-in. ServiceError for an odd day."""
    today = work.today(person)
    if not today <= until <= today + LONGEST:
        raise ServiceError(bounds(today + LONGEST, today))
    away = people.set_away(work, person, until, actor=actor)
    live = work.unit.live_checkins(person=person.id)
    _give_back(work, away, live)
    own = [one for one in live if one.state.person == person.id and one.state.phase is not Phase.WAITING]
    return [fate for one in own if (fate := _set_aside(work, one, away)) is not None]


def come_back(work: Work, person: Person, *, actor: PersonId | None) -> tuple[int, datetime]:
    """Somebody is back before their day: how much is still open, and when it is asked, which is the next good hour."""
    here = people.set_away(work, person, work.today(person) - _DAY, actor=actor)
    again = _good(work, here, work.now)
    waiting = [one for one in work.unit.live_checkins(person=person.id) if one.state.person == person.id]
    for checkin in waiting:
        checkins.happen(work, checkin.id, events.WentAway(work.now, again), actor=None)
    return len(waiting) + len(by_message(work.unit.requests(person=person.id))), again


def returning(work: Work) -> list[Person]:
    """Everybody whose last day away is over, at a good hour of theirs."""
    return [person for person in work.unit.absent() if _is_back(work, person)]


def _is_back(work: Work, person: Person) -> bool:
    if person.away_until is None or work.is_away(person):
        return False
    return back_at(work, person) <= work.now and _good(work, person, work.now) <= work.now


def _good(work: Work, person: Person, moment: datetime) -> datetime:
    return cadence.good_moment(moment, zone=work.zone(person), asking=work.content.policy.asking)


def returned(work: Work, seen: Person) -> None:
    """The first good hour after an absence: requests that were held are sent. Check-ins wake by themselves."""
    person = work.unit.person(seen.id)
    if person is None or not _is_back(work, person):
        return
    here = people.set_away(work, person, None, actor=None)
    requests.send_held(work, here)


def back_at(work: Work, person: Person) -> datetime:
    """The first good hour after the last day away, or now for somebody who is not away."""
    asking, zone = work.content.policy.asking, work.zone(person)
    if person.away_until is None:
        return work.now
    day = person.away_until + _DAY
    while not cadence.may_ask(day, asking):
        day += _DAY
    hour = asking.hour if person.hour is None else person.hour
    return cadence.good_moment(wall(day, time(hour), zone), zone=zone, asking=asking)


def wake(work: Work, checkin: int) -> None:
    """Time has passed for a check-in: remind, ask again or close; where its person is away it waits instead."""
    found = work.unit.checkin(checkin)
    person = work.unit.person(found.state.person) if found and found.state.phase in ASKING else None
    aside = person is not None and work.is_away(person)
    event = events.WentAway(work.now, back_at(work, person)) if person and aside else events.Ticked(work.now)
    happened = checkins.happen(work, checkin, event, actor=None)
    if aside and happened is not None and not happened.step.effects:  # it only waits for a colleague
        checkins.happen(work, checkin, events.Ticked(work.now), actor=None)


def alone(work: Work, person: Person) -> list[str]:
    """Names of the pilots of which nobody is asked while their owner is away."""
    own = (pilot for pilot in work.unit.pilots_of(person.id) if pilot.owner == person.id)
    return [pilot.name for pilot in own if pilot.stage not in checkins.ENDED and not _has_deputy(work, pilot)]


def _has_deputy(work: Work, pilot: Pilot) -> bool:
    deputy = work.unit.person(pilot.deputy) if pilot.deputy else None
    return deputy is not None and deputy.active and not work.is_away(deputy)


def _give_back(work: Work, person: Person, live: Sequence[Checkin]) -> None:
    """Questions of colleagues that would close before somebody is back go back to whoever asked."""
    again = back_at(work, person)
    for checkin in live:
        for question, to in checkin.state.handed.items():
            if to == person.id and checkin.state.closes_at < again:
                event = events.PassedBack(work.now, person.id, question)
                checkins.happen(work, checkin.id, event, actor=None)


def _set_aside(work: Work, checkin: Checkin, person: Person) -> Fate | None:
    pilot, form = work.unit.pilot(checkin.pilot), checkins.form_of(work, checkin)
    if pilot is None or form is None:
        return None
    other = _in_place(work, pilot, checkin, person)
    if other is None:
        again = back_at(work, person)
        checkins.happen(work, checkin.id, events.WentAway(work.now, again), actor=None)
        return Fate(pilot.name, form.title, again=again)
    named = {person.id: person.name, other.id: other.name}
    event = events.HandedOver(work.now, person.id, other.id)
    checkins.happen(work, checkin.id, event, actor=None, people=named)
    return Fate(pilot.name, form.title, by=other.name)


def _in_place(work: Work, pilot: Pilot, checkin: Checkin, person: Person) -> Person | None:
    """Whoever answers a check-in beside its person, and is there."""
    form = checkins.form_of(work, checkin)
    try:
        other = answerers.whom(work, pilot, form) if form else None
    except ServiceError:
        return None
    return other if other and other.id != person.id and not work.is_away(other) else None
