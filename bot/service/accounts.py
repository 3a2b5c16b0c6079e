"""People as their accounts change: renamed, moved, closed, opened again; it must not know any platform."""

from __future__ import annotations

from dataclasses import replace

from bot.core.localtime import is_zone
from bot.core.ports import Changed, Sender, Unit
from bot.core.records import Identity, Person
from bot.service import absence, leaving, people
from bot.service.work import Work


def follow(work: Work, sender: Sender, connection: int, now: Changed) -> None:
    """Let what we know of somebody follow their account. Somebody we do not know is not made known by it."""
    person = work.unit.person_of(connection, sender.user)
    if person is None:
        return
    if now.open:
        person = _come_back(work, person, sender.user, connection)
        person = people.set_name(work, person, sender.name)
        if is_zone(sender.zone):  # an account without a zone does not unlearn the one that is known
            person = people.set_zone(work, person, sender.zone)
        if sender.guest:
            person = people.as_guest(work, person)
        absence.follow_status(work, person, now.away_until)
    elif _switch_off(work.unit, person, sender.user, connection):
        leaving.gone(work, people.set_active(work, person, active=False))


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
    here = people.set_active(work, person, active=True)
    leaving.come_back(work, here)
    return here
