"""People as their accounts change: renamed, moved, closed, opened again; it must not know any platform."""

from __future__ import annotations

from dataclasses import replace

from bot.core import events
from bot.core.compose import notes
from bot.core.localtime import is_zone
from bot.core.ports import Sender, Unit
from bot.core.records import Identity, Person
from bot.core.state import Checkin
from bot.service import ServiceError, answerers, checkins, people
from bot.service.work import Work


def follow(work: Work, sender: Sender, connection: int, *, is_open: bool) -> None:
    """Let what we know of somebody follow their account. Somebody we do not know is not made known by it."""
    person = work.unit.person_of(connection, sender.user)
    if person is None:
        return
    if is_open:
        person = _come_back(work, person, sender.user, connection)
        person = people.set_name(work, person, sender.name)
        if is_zone(sender.zone):  # an account without a zone does not unlearn the one that is known
            people.set_zone(work, person, sender.zone)
    elif _switch_off(work.unit, person, sender.user, connection):
        _go(work, person)


def _switch_off(unit: Unit, person: Person, external: str, connection: int) -> bool:
    """Send nothing to a closed account any more; whether it was the last one that the person could be reached at."""
    for own in _own(unit, person, external, connection):
        unit.switch_off(own.address)
    return person.active and not any(one.active for one in unit.identities(person.id))


def _own(unit: Unit, person: Person, external: str, connection: int) -> list[Identity]:
    wanted = (external, connection)
    return [one for one in unit.identities(person.id) if (one.external, one.address.connection) == wanted]


def _come_back(work: Work, person: Person, external: str, connection: int) -> Person:
    """Somebody who had left can be written to again; whoever had not is as they were."""
    if person.active:
        return person
    for own in _own(work.unit, person, external, connection):
        work.unit.save_identity(replace(own, active=True))
    return people.set_active(work, person, active=True)


# --- leaving --------------------------------------------------------------------------------------------------------


def _go(work: Work, person: Person) -> None:
    """Somebody has left: what they were asked goes to whoever answers beside them, or is asked no more."""
    person = people.set_active(work, person, active=False)
    for checkin in work.unit.live_checkins(person=person.id):
        if checkin.state.person == person.id:
            _pass_on(work, checkin, person)
        for question, to in checkin.state.handed.items():
            if to == person.id:
                back = events.PassedBack(work.now, person.id, question)
                checkins.happen(work, checkin.id, back, actor=None)


def _pass_on(work: Work, checkin: Checkin, person: Person) -> None:
    pilot, form = work.unit.pilot(checkin.pilot), checkins.form_of(work, checkin)
    if pilot is None or form is None:
        return
    try:
        other = answerers.whom(work, pilot, form)
    except ServiceError:
        gone = events.Withdrawn(work.now, notes.has_left(person.name))
        checkins.happen(work, checkin.id, gone, actor=None)
    else:
        happened = events.HandedOver(work.now, person.id, other.id)
        named = {person.id: person.name, other.id: other.name}
        checkins.happen(work, checkin.id, happened, actor=None, people=named)
