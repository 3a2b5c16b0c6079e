"""Pilots, their schedules and the people around them: every change goes through here and leaves an event."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from bot.core import permissions
from bot.core.card import Card, Field
from bot.core.card import Person as PersonField
from bot.core.localtime import is_zone
from bot.core.permissions import Action
from bot.core.ports import Inbound, Unit
from bot.core.questionnaire import Content
from bot.core.records import Address, Condition, Event, Identity, Person, PersonId, Pilot, Standing
from bot.core.values import Json
from bot.service import evaluations, homes, hours, identities, people, schedules
from bot.service.work import Work

KEY_LIMIT = 40  # characters of a pilot's short name: it must fit a command typed on a phone
NAME_LIMIT = 60

# Every one of these changes is an event of its own: later analysis needs each of them (signals P03, P15, P16).
LOGGED = {
    "name": "pilot.name",
    "stage": "pilot.stage",
    "target": "pilot.target",
    "decide_by": "pilot.decide_by",
    "owner": "pilot.owner",
    "owner_accepted": "pilot.owner_accepted",
    "deputy": "pilot.deputy",
    "sponsor": "pilot.sponsor",
    "sponsor_accepted": "pilot.sponsor_accepted",
    "decider": "pilot.decider",
    "risk": "pilot.risk",
    "metric": "pilot.metric",
    "baseline": "pilot.baseline",
    "goal": "pilot.goal",
    "paused_until": "pilot.paused_until",
    "group": "pilot.group",
    "private": "pilot.private",
    "work": "pilot.work",
    "stage_since": "pilot.stage_since",
    "tags": "pilot.tags",
    "reviewers": "pilot.reviewers",
    "conditions": "pilot.conditions",
    "scale_if": "pilot.scale_if",
    "stop_if": "pilot.stop_if",
}


def key_for(unit: Unit, name: str) -> str:
    """A short name for commands that no other pilot has: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:KEY_LIMIT].strip("-") or "pilot"
    key, number = stem, 2
    while unit.pilot_by_key(key) is not None:
        key, number = f"{stem}-{number}", number + 1
    return key


def add_pilot(work: Work, pilot: Pilot, *, actor: PersonId | None) -> Pilot:
    """Store a new pilot, log it and put it on its schedules."""
    first = pilot.original_target or pilot.target
    key = pilot.key or key_for(work.unit, pilot.name)
    stored = work.unit.save_pilot(replace(pilot, id=0, key=key, original_target=first))
    after: Json = {
        "name": stored.name,
        "stage": stored.stage,
        "owner": stored.owner,
        "target": _json(stored.target),
    }
    work.unit.record(Event("pilot.created", work.now, actor, stored.id, after=after))
    schedules.plan(work, stored)
    homes.outdated(work, homes.people_of(stored))
    evaluations.ask(work, stored.id)
    return stored


def change_pilot(work: Work, pilot: Pilot, changes: Mapping[str, Any], *, actor: PersonId | None) -> Pilot:
    """Store changed fields, log each, and re-plan what depends on them. Unchanged values leave no trace."""
    real = {name: value for name, value in changes.items() if getattr(pilot, name) != value}
    if not real:
        return pilot
    if "target" in real and pilot.original_target is None and real["target"] is not None:
        real["original_target"] = real["target"]
    stored = work.unit.save_pilot(replace(pilot, **real))
    for name, value in real.items():
        if name in LOGGED:
            event = Event(
                LOGGED[name], work.now, actor, pilot.id, name, _json(getattr(pilot, name)), _json(value)
            )
            work.unit.record(event)
    if real.keys() & {
        "stage",
        "target",
        "owner",
        "deputy",
        "paused_until",
        "decide_by",
        "decider",
        "sponsor",
    }:
        schedules.plan(work, stored, before=pilot)
    if "owner" in real and pilot.owner is not None:
        _pass_on(work, pilot, stored)
    homes.outdated(work, homes.people_of(pilot, stored))
    evaluations.ask(work, stored.id)
    return stored


def _pass_on(work: Work, before: Pilot, now: Pilot) -> None:
    """What is open with the former owner wakes at the new one's next good hour, and goes over to them then."""
    owner = work.unit.person(now.owner) if now.owner is not None else None
    soon = hours.good(work, owner, work.now)
    for checkin in work.unit.live_checkins(pilot=before.id, person=before.owner):
        state = checkin.state
        if state.person == before.owner and (state.wake_at is None or soon < state.wake_at):
            work.unit.save(replace(checkin, state=replace(state, wake_at=soon)), was=state.revision)


def _json(value: object) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    if isinstance(value, Condition):
        return {each.name: _json(getattr(value, each.name)) for each in fields(value)}
    return value if isinstance(value, (str, int, float, bool)) else None


# --- pausing --------------------------------------------------------------------------------------------------------


def pause(work: Work, pilot: Pilot, until: date, *, actor: PersonId | None) -> Pilot:
    """Nothing is asked until a day; the pilot then returns to the stage it was in."""
    changes = {"stage": "paused", "paused_until": until, "before_pause": pilot.before_pause or pilot.stage}
    return change_pilot(work, pilot, changes, actor=actor)


def resume(work: Work, pilot: Pilot, *, actor: PersonId | None) -> Pilot:
    """Back to the stage before the pause. The day the stage was entered stays: a pause does not make it younger."""
    changes = {"stage": pilot.before_pause or "pilot", "paused_until": None, "before_pause": ""}
    return change_pilot(work, pilot, changes, actor=actor)


def longest_pause(today: date, content: Content) -> date:
    """The last day a pause may last to (content.md section 7)."""
    days = content.policy.thresholds.get("pause", {}).get("days", 60)
    return today + timedelta(days=int(days))


# --- people ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Met:
    """Who acted, and whether they were met for the first time."""

    person: Person
    new: bool = False


def meet(work: Work, inbound: Inbound, connection: int) -> Met:
    """The person behind a verified sender; their address and zone follow what is seen now.

    On first sight it is whoever has the sender's confirmed e-mail address, or else somebody new.
    """
    unit, sender = work.unit, inbound.sender
    known = unit.person_of(connection, sender.user)
    zone = sender.zone if is_zone(sender.zone) else ""  # a zone we cannot compute with is as good as none
    if known is None:
        met = _first_met(work, inbound, connection, zone)
        return replace(met, person=people.as_guest(work, met.person)) if sender.guest else met
    person = _turned_out(work, known, inbound, connection)
    if sender.guest:
        person = people.as_guest(work, person)
    if person.name == sender.user and sender.name:  # nobody said it before
        person = people.set_name(work, person, sender.name)
    if zone not in ("", person.zone):
        before = person
        person = unit.save_person(replace(before, zone=zone))
        schedules.move(work, person, out_of=work.zone(before))
    if inbound.on.direct or (sender.reach and not _reached_there(unit, person, connection)):
        unit.save_identity(Identity(person.id, sender.user, _place(inbound, connection)))
    return Met(person)


def _reached_there(unit: Unit, person: Person, connection: int) -> bool:
    accounts = unit.identities(person.id)
    return any(one.active and one.address.connection == connection for one in accounts)


def _turned_out(work: Work, known: Person, inbound: Inbound, connection: int) -> Person:
    """Whoever acted, once their address is told: it may not have been when they were met."""
    sender = inbound.sender
    if not sender.email or not identities.is_shell(work, known):
        return known
    person = identities.recognised(work, sender, connection)
    if person is not None:
        return identities.attach(
            work, person, sender, _place(inbound, connection), active=_can_reach(inbound)
        )
    free = not work.unit.people_of_email(sender.email)
    return work.unit.save_person(replace(known, email=sender.email)) if free else known


def _can_reach(inbound: Inbound) -> bool:
    """Whether whoever acted can be written to: elsewhere than in a direct conversation only some platforms let us."""
    return inbound.on.direct or bool(inbound.sender.reach)


def _first_met(work: Work, inbound: Inbound, connection: int, zone: str) -> Met:
    sender = inbound.sender
    person = identities.recognised(work, sender, connection)
    address, reached = _place(inbound, connection), _can_reach(inbound)
    if person is not None:
        return Met(identities.attach(work, person, sender, address, active=reached), new=True)
    named, free = sender.name or sender.user, not work.unit.people_of_email(sender.email)
    email = sender.email if free else ""  # kept, so that a spreadsheet which names it later means this person
    person = work.unit.save_person(Person(0, named, email, zone, Standing.MEMBER))
    work.unit.save_identity(Identity(person.id, sender.user, address, active=reached))
    return Met(person, new=True)


def _place(inbound: Inbound, connection: int) -> Address:
    """Where whoever acted is reached: where they write directly, else by their account."""
    sender = inbound.sender
    there = inbound.on.conversation if inbound.on.direct else sender.reach or sender.user
    return Address(connection, sender.platform, there, inbound.on.service)


def address_of(unit: Unit, person: PersonId) -> Address | None:
    """Where a person is reached; None when every address of theirs was switched off.

    Of several chats it is the one that was connected last: after a first try an organisation moves to its own.
    """
    reached = [identity.address for identity in unit.identities(person) if identity.active]
    return max(reached, key=lambda address: address.connection, default=None)


def as_accounts(unit: Unit, card: Card, connection: int) -> Card:
    """A form whose people are filled in as their accounts on a connection, which its pickers know them by."""
    return replace(card, fields=tuple(_as_account(unit, field, connection) for field in card.fields))


def _as_account(unit: Unit, field: Field, connection: int) -> Field:
    if not isinstance(field, PersonField) or not (field.initial.isascii() and field.initial.isdigit()):
        return field
    known = unit.identities(int(field.initial))
    here = (account.external for account in known if account.address.connection == connection)
    return replace(field, initial=next(here, ""))


def leads(unit: Unit, pilot: Pilot | None = None) -> tuple[Person, ...]:
    """Portfolio leads and admins; for a pilot those of its group too."""
    if pilot is None:
        return tuple(one for one in unit.overseers() if permissions.roles(one) & permissions.LEADS)
    return tuple(one for one in unit.overseers() if permissions.may(one, Action.OVERSEE, pilot))


def admins(unit: Unit) -> tuple[Person, ...]:
    """Whoever runs it; where nobody is an admin, the leads."""
    people = leads(unit)
    return tuple(one for one in people if permissions.Role.ADMIN in permissions.roles(one)) or people
