"""People who are away and back: what becomes of what they are asked meanwhile; it must not know the words.

Nothing new reaches somebody who is away. What was open goes to whoever answers beside them, or waits; what waits is
asked at the first good hour after their last day away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.core import events
from bot.core.compose.away import Fate, bounds, is_not_there, not_oneself, told_stand_in
from bot.core.ports import Message
from bot.core.records import Event, Person, PersonId, Pilot
from bot.core.state import ASKING, Checkin, Phase
from bot.service import (
    ServiceError,
    answerers,
    bundling,
    checkins,
    hours,
    people,
    registry,
    requests,
    schedules,
    telling,
)
from bot.service.shared_requests import by_message
from bot.service.work import Work

LONGEST = timedelta(days=366)  # whoever is away for longer has left their part in a pilot to somebody else
STATUS = "person.away_status"  # an event: the platform says so; `after` is the last day away
_DAY = timedelta(days=1)
_MORNING = timedelta(hours=12)  # a status that ends in the morning, or at midnight, ends with the day before


def leave(work: Work, person: Person, until: date, *, actor: PersonId | None) -> list[Fate]:
    """Somebody is away up to and with a day; what becomes of each open check-in. ServiceError for an odd day."""
    today = work.today(person)
    if not today <= until <= today + LONGEST:
        raise ServiceError(bounds(today + LONGEST, today))
    was = hours.back_at(work, person) if person.away_until is not None else None
    away = people.set_away(work, person, until, actor=actor)
    if was is not None:
        _wait_anew(work, away, was, hours.back_at(work, away))
    live = work.unit.live_checkins(person=person.id)
    _give_back(work, away, live)
    own = [one for one in live if one.state.person == person.id and one.state.phase is not Phase.WAITING]
    return _set_all_aside(work, own, away)


def delegate(work: Work, person: Person, to: Person, until: date, *, actor: PersonId | None) -> list[Fate]:
    """Somebody answers in a person's place up to and with a day; what is open goes to them now. ServiceError if not."""
    today = work.today(person)
    if not today <= until <= today + LONGEST:
        raise ServiceError(bounds(today + LONGEST, today))
    if to.id == person.id:
        raise ServiceError(not_oneself())
    address = registry.address_of(work.unit, to.id)
    if address is None or not to.active or work.is_away(to):
        raise ServiceError(is_not_there(to.name))
    given = people.set_stand_in(work, person, to.id, until, actor=actor)
    card = told_stand_in(person.name, until, work.today(to))
    key, morning = f"stand_in:{person.id}:{to.id}:{work.now.isoformat()}", hours.good(work, to, work.now)
    work.unit.enqueue(Message(key, address, card, not_before=morning), work.now)
    live = work.unit.live_checkins(person=person.id)
    own = [one for one in live if one.state.person == person.id and one.state.phase is not Phase.WAITING]
    return _set_all_aside(work, own, given)


def follow_status(work: Work, person: Person, until: datetime | None) -> None:
    """What a platform says of somebody's absence; it never shortens what they said themselves.

    An absence that came from there ends with it.
    """
    if until is not None and until > work.now:
        last = work.day(until - _MORNING, person)
        today = work.today(person)
        if today <= last <= today + LONGEST and (person.away_until is None or person.away_until < last):
            work.unit.record(Event(STATUS, work.now, None, subject=str(person.id), after=last.isoformat()))
            leave(work, person, last, actor=None)
        return
    if person.away_until is not None and work.is_away(person) and _said_by_status(work, person):
        come_back(work, person, actor=None)


def _said_by_status(work: Work, person: Person) -> bool:
    seen = (one for one in work.unit.events(kinds=(STATUS,)) if one.subject == str(person.id))
    last = next(seen, None)
    return last is not None and person.away_until is not None and last.after == person.away_until.isoformat()


def is_represented(work: Work, person: Person) -> bool:
    """Whether somebody answers in their place on this day."""
    return person.stand_in is not None and (person.stand_in_until or date.min) >= work.today(person)


def come_back(work: Work, person: Person, *, actor: PersonId | None) -> tuple[int, datetime]:
    """Somebody is back before their day: how much is still open, and when it is asked, which is the next good hour."""
    was = hours.back_at(work, person)
    person = people.set_stand_in(work, person, None, None, actor=actor)
    if not work.is_away(person):
        return 0, work.now
    here = people.set_away(work, person, work.today(person) - _DAY, actor=actor)
    again = hours.good(work, here, work.now)
    _wait_anew(work, here, was, again)
    waiting = [one for one in work.unit.live_checkins(person=person.id) if one.state.person == person.id]
    for checkin in waiting:
        checkins.happen(work, checkin.id, events.WentAway(work.now, again), actor=None)
    return len(waiting) + len(by_message(work.unit.requests(person=person.id))), again


def _wait_anew(work: Work, person: Person, was: datetime, at: datetime) -> None:
    """What waited for somebody's way back on one day, questions and messages, waits for another."""
    schedules.bring_forward(work, person, was, at)
    telling.wait_anew(work, person, was, at)


def returning(work: Work) -> list[Person]:
    """Everybody whose last day away is over, at a good hour of theirs."""
    return [person for person in work.unit.absent() if _is_back(work, person)]


def _is_back(work: Work, person: Person) -> bool:
    if person.away_until is None or work.is_away(person):
        return False
    return hours.back_at(work, person) <= work.now and hours.good(work, person, work.now) <= work.now


def returned(work: Work, seen: Person) -> None:
    """The first good hour after an absence: requests that were held are sent. Check-ins wake by themselves."""
    person = work.unit.person(seen.id)
    if person is None or not _is_back(work, person):
        return
    here = people.set_away(work, person, None, actor=None)
    requests.send_held(work, here)


def wake(work: Work, checkin: int) -> None:
    """Time has passed for a check-in, and for all others of its person that wake now: they come in one message."""
    together, found = bundling.gathering(work), work.unit.checkin(checkin)
    live = work.unit.live_checkins(person=found.state.person) if found else ()
    awake = {
        one.id
        for one in live
        if found is not None
        and one.state.person == found.state.person
        and one.state.wake_at is not None
        and one.state.wake_at <= work.now
    }
    for one in sorted({checkin, *awake}):
        wake_one(together, one)
    bundling.send(together)


def wake_one(work: Work, checkin: int) -> None:
    """Remind, ask again or close; where its person is away it waits instead."""
    found = work.unit.checkin(checkin)
    person = work.unit.person(found.state.person) if found and found.state.phase in ASKING else None
    aside = person is not None and work.is_away(person)
    event = (
        events.WentAway(work.now, hours.back_at(work, person))
        if person and aside
        else events.Ticked(work.now)
    )
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
    again = hours.back_at(work, person)
    for checkin in live:
        for question, to in checkin.state.handed.items():
            if to == person.id and checkin.state.closes_at < again:
                event = events.PassedBack(work.now, person.id, question)
                checkins.happen(work, checkin.id, event, actor=None)


def _set_all_aside(work: Work, own: Sequence[Checkin], person: Person) -> list[Fate]:
    """What becomes of each; whoever gets several of them gets one message, at a good hour."""
    together = bundling.gathering(work)
    fates = [fate for one in own if (fate := _set_aside(together, one, person)) is not None]
    bundling.send(together, in_good_hours=True)
    return fates


def _set_aside(work: Work, checkin: Checkin, person: Person) -> Fate | None:
    pilot, form = work.unit.pilot(checkin.pilot), checkins.form_of(work, checkin)
    if pilot is None or form is None:
        return None
    other = _in_place(work, pilot, checkin, person)
    if other is not None and _hand_over(work, checkin, person, other):
        return Fate(pilot.name, form.title, by=other.name)
    if not work.is_away(person):
        return None
    again = hours.back_at(work, person)
    checkins.happen(work, checkin.id, events.WentAway(work.now, again), actor=None)
    return Fate(pilot.name, form.title, again=again)


def _hand_over(work: Work, checkin: Checkin, person: Person, to: Person) -> bool:
    """Whether somebody else answers it now: a decision, and what else is for one person alone, is nobody else's."""
    named = {person.id: person.name, to.id: to.name}
    event = events.HandedOver(work.now, person.id, to.id)
    happened = checkins.happen(work, checkin.id, event, actor=None, people=named)
    return happened is not None and not happened.step.problems


def _in_place(work: Work, pilot: Pilot, checkin: Checkin, person: Person) -> Person | None:
    """Whoever answers a check-in beside its person, and is there."""
    form = checkins.form_of(work, checkin)
    try:
        other = answerers.whom(work, pilot, form) if form else None
    except ServiceError:
        return None
    return other if other and other.id != person.id and not work.is_away(other) else None
