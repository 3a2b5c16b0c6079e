"""Pilots, their schedules and the people around them: every change goes through here and leaves an event."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core import cadence
from bot.core.ports import Inbound, Unit
from bot.core.questionnaire import STAGE_BEFORE, Cadence, Content
from bot.core.records import Address, Event, Identity, Person, PersonId, Pilot, Request, Schedule, Standing
from bot.core.values import Json

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
}


def zone_of(unit: Unit, person: Person | None) -> str:
    """The zone of a person; the organisation's where their own is not known."""
    return (person.zone if person else "") or unit.organisation.zone


def today(unit: Unit, person: Person | None, now: datetime) -> date:
    """The day where a person is."""
    return now.astimezone(ZoneInfo(zone_of(unit, person))).date()


def key_for(unit: Unit, name: str) -> str:
    """A short name for commands that no other pilot has: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:KEY_LIMIT].strip("-") or "pilot"
    key, number = stem, 2
    while unit.pilot_by_key(key) is not None:
        key, number = f"{stem}-{number}", number + 1
    return key


def add_pilot(unit: Unit, content: Content, pilot: Pilot, *, actor: PersonId | None, now: datetime) -> Pilot:
    """Store a new pilot, log it and put it on its schedules."""
    stored = unit.save_pilot(replace(pilot, id=0, key=pilot.key or key_for(unit, pilot.name)))
    after: Json = {"name": stored.name, "stage": stored.stage, "owner": stored.owner, "target": _json(stored.target)}
    unit.record(Event("pilot.created", now, actor, stored.id, after=after))
    enrol(unit, content, stored, now)
    return stored


def change_pilot(
    unit: Unit, content: Content, pilot: Pilot, changes: Mapping[str, Any], *, actor: PersonId | None, now: datetime
) -> Pilot:
    """Store changed fields, log each, and re-plan what depends on them. Unchanged values leave no trace."""
    real = {name: value for name, value in changes.items() if getattr(pilot, name) != value}
    if not real:
        return pilot
    if "target" in real and pilot.original_target is None and real["target"] is not None:
        real["original_target"] = real["target"]
    stored = unit.save_pilot(replace(pilot, **real))
    for name, value in real.items():
        if name in LOGGED:
            event = Event(LOGGED[name], now, actor, pilot.id, name, _json(getattr(pilot, name)), _json(value))
            unit.record(event)
    if real.keys() & {"stage", "target", "owner", "paused_until"}:
        enrol(unit, content, stored, now)
    return stored


def _json(value: object) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, (str, int, float, bool)) else None


# --- schedules ------------------------------------------------------------------------------------------------------


def enrol(unit: Unit, content: Content, pilot: Pilot, now: datetime, *, stuck: bool = False) -> None:
    """Plan the next check-in of every questionnaire with a cadence; what no longer applies is planned no more."""
    known = {schedule.questionnaire: schedule for schedule in unit.schedules(pilot.id)}
    for rhythm in content.policy.cadences:
        schedule = known.get(rhythm.questionnaire) or Schedule(0, pilot.id, rhythm.questionnaire, None)
        due = next_due(unit, content, pilot, rhythm, schedule, after=now, stuck=stuck)
        if due != schedule.next_due_at:
            unit.save_schedule(replace(schedule, next_due_at=due))


def next_due(
    unit: Unit,
    content: Content,
    pilot: Pilot,
    rhythm: Cadence,
    schedule: Schedule,
    *,
    after: datetime,
    stuck: bool = False,
) -> datetime | None:
    """The next slot strictly after a moment, in the zone and at the hour of whoever is asked; None: not now."""
    if pilot.stage == "paused" or pilot.owner is None:
        return None
    person = unit.person(pilot.owner)
    asking, zone = content.policy.asking, zone_of(unit, person)
    every = cadence.interval_weeks(
        rhythm,
        stage=pilot.stage,
        target=pilot.target,
        today=after.astimezone(ZoneInfo(zone)).date(),
        stuck=stuck,
        override_weeks=schedule.weeks,
    )
    if every is None:
        return None
    weeks, months = every
    return cadence.next_slot(
        after,
        weekday=_chosen(person.weekday if person else None, asking.weekday),
        hour=_chosen(person.hour if person else None, asking.hour),
        weeks=weeks,
        months=months,
        zone=zone,
        asking=asking,
        anchor=pilot.created,
    )


def _chosen(own: int | None, default: int) -> int:
    return default if own is None else own


# --- pausing --------------------------------------------------------------------------------------------------------


def pause(
    unit: Unit, content: Content, pilot: Pilot, until: date, *, actor: PersonId | None, now: datetime
) -> Pilot:
    """Nothing is asked until a day; the pilot then returns to the stage it was in."""
    changes = {"stage": "paused", "paused_until": until, "before_pause": pilot.before_pause or pilot.stage}
    return change_pilot(unit, content, pilot, changes, actor=actor, now=now)


def resume(unit: Unit, content: Content, pilot: Pilot, *, actor: PersonId | None, now: datetime) -> Pilot:
    """Back to the stage before the pause. The day the stage was entered stays: a pause does not make it younger."""
    changes = {"stage": pilot.before_pause or "pilot", "paused_until": None, "before_pause": ""}
    return change_pilot(unit, content, pilot, changes, actor=actor, now=now)


def longest_pause(today: date, content: Content) -> date:
    """The last day a pause may last to (content.md section 7)."""
    days = content.policy.thresholds.get("pause", {}).get("days", 60)
    return today + timedelta(days=int(days))


def stage_before(stage: str) -> str:
    """The stage one step back on the ladder; itself at the start."""
    return STAGE_BEFORE.get(stage, stage)


# --- people ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Met:
    """Who acted, and whether they were met for the first time."""

    person: Person
    new: bool = False


def meet(unit: Unit, inbound: Inbound, connection: int) -> Met:
    """The person behind a verified sender, made on first sight; their address and zone follow what is seen now."""
    sender = inbound.sender
    known = unit.person_of(connection, sender.user)
    person = known or _new_person(unit, sender.name or sender.user, sender.zone)
    if known and sender.zone and sender.zone != known.zone:
        person = unit.save_person(replace(known, zone=sender.zone))
    if known is None or inbound.on.direct:
        address = Address(connection, sender.platform, inbound.on.conversation, inbound.on.service)
        if inbound.on.direct:
            unit.save_identity(Identity(person.id, sender.user, address))
    return Met(person, new=known is None)


def _new_person(unit: Unit, name: str, zone: str) -> Person:
    return unit.save_person(Person(0, name, zone=zone, standing=Standing.MEMBER))


def address_of(unit: Unit, person: PersonId) -> Address | None:
    """Where a person is reached; None when every address of theirs was switched off."""
    return next((identity.address for identity in unit.identities(person) if identity.active), None)


def leads(unit: Unit) -> tuple[Person, ...]:
    """Portfolio leads and admins."""
    return tuple(person for person in unit.people() if person.active and person.standing is not Standing.MEMBER)


def relations(pilot: Pilot, person: Person) -> frozenset[str]:
    """What a person is to a pilot, by the words of the questionnaires."""
    named = {
        "owner": pilot.owner,
        "deputy": pilot.deputy,
        "sponsor": pilot.sponsor,
        "decider": pilot.decider,
        "builder": pilot.builder,
    }
    own = {role for role, holder in named.items() if holder == person.id}
    return frozenset(own | ({"lead"} if person.standing is not Standing.MEMBER else set()))


def may_change(pilot: Pilot, person: Person) -> bool:
    """Who may pause, resume and ask about a pilot: its people and the leads."""
    return bool(relations(pilot, person) & {"owner", "deputy", "sponsor", "decider", "lead"})


def reads_texts(pilot: Pilot, person: Person) -> bool:
    """Who reads what people wrote in their own words: owner, deputy, sponsor and lead (content.md section 9)."""
    return bool(relations(pilot, person) & {"owner", "deputy", "sponsor", "lead"})


# --- requests to people ---------------------------------------------------------------------------------------------


def ask_for(unit: Unit, request: Request) -> Request | None:
    """Store one request to one person; None when the same is already open with them."""
    for known in unit.requests(pilot=request.pilot, person=request.person):
        if (known.kind, known.topic) == (request.kind, request.topic):
            return None
    return unit.save_request(request)
