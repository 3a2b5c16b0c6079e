"""People as they are kept: added, renamed, made a lead, moved, gone; every change leaves an event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.core import permissions
from bot.core.answers import one_line
from bot.core.records import Address, Connection, Event, Identity, Person, PersonId, Standing
from bot.service import ServiceError, homes, schedules
from bot.service.work import Work

STANDINGS_READ = 1000  # changes of what people are: an organisation of thousands has some hundred
NAME_LIMIT = 120  # characters; longer names are slips of the clipboard
EMAIL = re.compile(
    r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+"
)  # enough to catch slips; delivery is not by e-mail


ACCOUNT = re.compile(r"(slack|teams|local):[A-Za-z0-9._-]{1,100}")


def add(work: Work, name: str, *, email: str = "", zone: str = "") -> Person:
    """A new person. ServiceError where the name or address cannot be one, or the address is somebody's."""
    name, email = one_line(name), email.strip()
    if not name or len(name) > NAME_LIMIT:
        raise ServiceError(f"A name has 1 to {NAME_LIMIT} characters; this one has {len(name)}.")
    if email and not EMAIL.fullmatch(email):
        raise ServiceError(f"'{email}' is not an e-mail address. Write it like name@example.com.")
    _refuse_twice(work, name, email)
    stored = work.unit.save_person(Person(0, name, email=email, zone=zone))
    work.unit.record(Event("person.added", work.now, None, subject=str(stored.id), after=name))
    return stored


def _refuse_twice(work: Work, name: str, email: str) -> None:
    """Two people may share a name, if their addresses tell them apart."""
    for known in work.unit.people():
        if email and known.email.casefold() == email.casefold():
            raise ServiceError(f"{known.name} has that e-mail address already.")
        if known.name.casefold() == name.casefold() and not (email and known.email):
            raise ServiceError(
                f"{known.name} is there already. If this is somebody else, add --email for both."
            )


def set_standing(work: Work, person: Person, standing: Standing) -> Person:
    """Make somebody a lead, or a member again."""
    return _changed(work, person, replace(person, standing=standing), "person.standing")


def as_guest(work: Work, person: Person) -> Person:
    """Whom their platform calls a guest, each time it does; who was made more of by an admin stays it."""
    wanted = permissions.as_guest(person.standing)
    if wanted == person.standing or _was(work, person, wanted):
        return person
    return set_standing(work, person, wanted)


def _was(work: Work, person: Person, before: Standing) -> bool:
    """Whether an admin made more of somebody who was that until then: no platform does that."""
    changes = work.unit.events(kinds=("person.standing",), limit=STANDINGS_READ)
    newest = next((one for one in changes if one.subject == str(person.id)), None)
    return newest is not None and newest.before == before.value


def name_admins(work: Work, named: Iterable[str]) -> None:
    """Whoever has one of these addresses or accounts (`slack:U024BE7LH`) is an admin.

    Who is not there yet will be: by an address once their account tells it, by an account once they act.
    """
    for one in named:
        known = _by_account(work, one) if ACCOUNT.fullmatch(one) else _by_email(work, one)
        for person in known:
            set_standing(work, person, Standing.ADMIN)


def _by_email(work: Work, email: str) -> Sequence[Person]:
    return work.unit.people_of_email(email) or (add(work, email, email=email),)


def _by_account(work: Work, account: str) -> Iterator[Person]:
    """Whose account that is, at each workspace or tenant of the platform that is known; somebody new where nobody's."""
    platform, _, external = account.partition(":")
    for connection in work.unit.connections():
        if connection.platform == platform:
            yield work.unit.person_of(connection.id, external) or _to_come(work, connection, external)


def _to_come(work: Work, connection: Connection, external: str) -> Person:
    """Somebody of whom nothing but the account is known; their name comes with the first thing that they do."""
    person = add(work, external)
    there = Address(connection.id, connection.platform, external)
    work.unit.save_identity(Identity(person.id, external, there, active=False))
    return person


def set_leads(work: Work, person: Person, group: str, *, remove: bool = False) -> Person:
    """Make somebody the lead of a group of pilots, or no longer. ServiceError where no pilot is of that group."""
    group = " ".join(group.split())
    known = {pilot.group.casefold(): pilot.group for pilot in work.unit.pilots() if pilot.group}
    if not remove and group.casefold() not in known:
        there = ", ".join(sorted(known.values())) or "none yet"
        raise ServiceError(f"No pilot is of the group '{group[:NAME_LIMIT]}'. Groups: {there}.")
    others = {one for one in person.leads if one.casefold() != group.casefold()}
    leads = others if remove else others | {known[group.casefold()]}
    return _changed(work, person, replace(person, leads=tuple(sorted(leads))), "person.leads")


def set_zone(work: Work, person: Person, zone: str) -> Person:
    """Set somebody's time zone; empty is the organisation's."""
    changed = _changed(work, person, replace(person, zone=zone), "person.zone")
    if changed.zone != person.zone:
        schedules.move(work, changed, out_of=work.zone(person))
    return changed


def set_name(work: Work, person: Person, name: str) -> Person:
    """Call somebody by another name; one that is empty changes nothing."""
    name = one_line(name)[:NAME_LIMIT].rstrip()
    return _changed(work, person, replace(person, name=name or person.name), "person.name")


def set_active(work: Work, person: Person, *, active: bool) -> Person:
    """Somebody has left the organisation, or is back."""
    return _changed(work, person, replace(person, active=active), "person.active")


def set_away(work: Work, person: Person, until: date | None, *, actor: PersonId | None) -> Person:
    """Somebody is away up to and with a day; None for here again."""
    return _changed(work, person, replace(person, away_until=until), "person.away_until", actor=actor)


def set_stand_in(
    work: Work, person: Person, to: PersonId | None, until: date | None, *, actor: PersonId | None
) -> Person:
    """Somebody answers in a person's place up to and with a day; None for nobody."""
    changed = replace(person, stand_in=to, stand_in_until=until)
    return _changed(work, person, changed, "person.stand_in", actor=actor)


def set_hours(work: Work, person: Person, *, weekday: int | None, hour: int | None) -> Person:
    """The weekday and hour at which somebody wants to be asked; None for those of everybody."""
    changed = replace(person, weekday=weekday, hour=hour)
    kind = "person.weekday" if weekday != person.weekday else "person.hour"
    return _changed(work, person, changed, kind, actor=person.id)


def _changed(
    work: Work, person: Person, changed: Person, kind: str, *, actor: PersonId | None = None
) -> Person:
    if changed == person:
        return person
    field = kind.partition(".")[2]
    before, after = str(getattr(person, field)), str(getattr(changed, field))
    work.unit.record(Event(kind, work.now, actor, subject=str(person.id), before=before, after=after))
    homes.outdated(work, (person.id,))
    return work.unit.save_person(changed)
