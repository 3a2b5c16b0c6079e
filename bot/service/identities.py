"""Which account is whose: matched by a confirmed e-mail address, or by an admin; it must not know any platform.

Nobody is ever matched by a name. An address that two people share matches neither.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.localtime import is_zone
from bot.core.ports import Sender
from bot.core.records import Address, Connection, Event, Finding, Identity, Person, PersonId, Sought, Standing
from bot.log import get
from bot.service import ServiceError, homes, people
from bot.service.work import Work

REST = timedelta(days=1)  # before somebody who was not found is looked for again
IN_HAND = timedelta(hours=1)  # a search that got no answer, or was lost in a crash, is begun again after that
AT_ONCE = 20  # people looked through for one whose address nobody shares

log = get("identities")


def recognised(work: Work, sender: Sender, connection: int) -> Person | None:
    """Whom a new account belongs to, by its confirmed address; of several people with that address, none."""
    found = work.unit.people_of_email(sender.email)
    if len(found) > 1:
        log.warning(
            "account.shared_email",
            people=", ".join(str(person.id) for person in found),
            connection=connection,
        )
        return None
    return next((person for person in found if _may_have(work, person.id, connection)), None)


def is_shell(work: Work, person: Person) -> bool:
    """Whether somebody is no more than one account that was once seen, so that it may turn out to be another's."""
    unit = work.unit
    plain = not person.email and person.standing is Standing.MEMBER and len(unit.identities(person.id)) == 1
    return plain and not (unit.pilots_of(person.id) or unit.live_checkins(person=person.id))


def attach(work: Work, person: Person, sender: Sender, address: Address, *, active: bool = True) -> Person:
    """The account is the person's from now on; their name and zone follow it. Whose it was before is nobody."""
    before = work.unit.person_of(address.connection, sender.user)
    if before is not None and before.id != person.id:
        people.set_active(work, before, active=False)
    work.unit.save_identity(Identity(person.id, sender.user, address, active=active))
    _record(work, "account.linked", person, sender.user, address)
    person = people.set_name(work, person, sender.name)
    person = people.as_guest(work, person) if sender.guest else person
    return people.set_zone(work, person, sender.zone) if is_zone(sender.zone) else person


def _record(work: Work, kind: str, person: Person, external: str, address: Address) -> None:
    account = f"{address.platform}:{external}"
    work.unit.record(Event(kind, work.now, None, subject=str(person.id), after=account))
    homes.outdated(work, (person.id,))


# --- looking for accounts -------------------------------------------------------------------------------------------


def next_to_seek(work: Work, connection: int) -> Person | None:
    """Somebody whose account is to be looked for there; nobody else is given them meanwhile."""
    for person in work.unit.people_to_seek(connection, work.now, limit=AT_ONCE):
        if len(work.unit.people_of_email(person.email)) == 1:
            _note(work, person.id, connection, Finding.PENDING, rest=IN_HAND)
            return person
        _note(work, person.id, connection, Finding.SHARED)
    return None


def settle(work: Work, sought: PersonId, connection: Connection, who: Sender | None) -> Finding | None:
    """Attach the account that was found, or note why not; None where it is attached, or nothing is to be done.

    `who` is None where no account has the address, and has no e-mail where nobody confirmed it.
    """
    person = work.unit.person(sought)
    if person is None or not person.active or not _may_have(work, person.id, connection.id):
        return None
    finding = _finding(work, person, connection.id, who)
    if finding is None and who is not None:
        attach(work, person, who, Address(connection.id, connection.platform, who.user))
    elif finding is not None:
        _note(work, person.id, connection.id, finding)
    return finding


def _finding(work: Work, person: Person, connection: int, who: Sender | None) -> Finding | None:
    if who is None:
        return Finding.ABSENT
    if not who.email or who.email.casefold() != person.email.casefold():
        return Finding.UNCONFIRMED
    if len(work.unit.people_of_email(person.email)) > 1:
        return Finding.SHARED
    holder = work.unit.person_of(connection, who.user)
    return None if holder is None or is_shell(work, holder) else Finding.TAKEN


def _may_have(work: Work, person: PersonId, connection: int) -> bool:
    """Whether an account there may be matched to the person: they have none, and no admin took one away."""
    if account_of(work, person, connection) is not None:
        return False
    said = (one for one in work.unit.sought() if (one.person, one.connection) == (person, connection))
    return all(one.finding is not Finding.APART for one in said)


def _note(work: Work, person: PersonId, connection: int, finding: Finding, *, rest: timedelta = REST) -> None:
    work.unit.save_sought(Sought(person, connection, work.now + rest, finding))


# --- by an admin ----------------------------------------------------------------------------------------------------


def account_of(work: Work, person: PersonId, connection: int) -> Identity | None:
    """A person's account on a connection."""
    found = work.unit.identities(person)
    return next((one for one in found if one.address.connection == connection), None)


def connection_to(work: Work, platform: str, place: str = "") -> Connection:
    """The organisation's connection to a platform; `place` says which of several. ServiceError where that is none."""
    known = [one for one in work.unit.connections() if one.active]
    there = [one for one in known if one.platform == platform and place in ("", one.external)]
    if len(there) == 1:
        return there[0]
    if there:
        several = ", ".join(one.external for one in there)
        raise ServiceError(f"There are several workspaces: {several}. Say which one: --workspace ID")
    names = ", ".join(sorted({one.platform for one in known})) or "none yet"
    wanted = f"{platform} {place}".rstrip()
    raise ServiceError(f"'{wanted}' is not connected. Connected is: {names}. Start it once: rampcheck serve")


def link(work: Work, person: Person, connection: Connection, external: str, *, can_start: bool) -> bool:
    """Give an account to a person, by an admin's word; False where it is theirs already.

    Where an account alone is no address to write to (not `can_start`), they are reached once they have written.
    ServiceError where the account is somebody else's, or the person has another one there.
    """
    owner = work.unit.person_of(connection.id, external)
    own = account_of(work, person.id, connection.id)
    if owner is not None and owner.id == person.id and own is not None:
        if can_start and not own.active:
            work.unit.save_identity(replace(own, active=True))
        return False
    if owner is not None and owner.id != person.id:
        take = f'rampcheck people unlink "{owner.name}" {connection.platform}'
        raise ServiceError(f"{external} is the account of {owner.name}. Take it away first: {take}")
    if own is not None and own.external != external:
        take = f'rampcheck people unlink "{person.name}" {connection.platform}'
        raise ServiceError(f"{person.name} has the account {own.external} there. Take it away first: {take}")
    _note(work, person.id, connection.id, Finding.PENDING)
    there = Sender(connection.platform, connection.external, external)
    attach(work, person, there, Address(connection.id, connection.platform, external), active=can_start)
    return True


def unlink(work: Work, person: Person, connection: Connection) -> str:
    """Take a person's account away; the account. It is not matched to them again. ServiceError where there is none."""
    own = account_of(work, person.id, connection.id)
    if own is None:
        raise ServiceError(f"{person.name} has no account on {connection.platform}.")
    work.unit.switch_off(own.address)
    work.unit.drop_identity(own)
    _note(work, person.id, connection.id, Finding.APART)
    _record(work, "account.unlinked", person, own.external, own.address)
    return own.external
