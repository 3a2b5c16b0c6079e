"""Small worlds for the storage tests: an organisation with people, a pilot and a check-in, always at the same hour."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from bot.core import chain
from bot.core.bundles import Strip
from bot.core.card import Card
from bot.core.erasure import Marks
from bot.core.nags import Nag
from bot.core.ports import Message, Store, Unit
from bot.core.questionnaire import Kind, Question, Questionnaire, Screen
from bot.core.records import (
    Address,
    Channel,
    Connection,
    Decision,
    Event,
    Finding,
    Identity,
    ItemLevel,
    Organisation,
    Person,
    Pilot,
    Request,
    Schedule,
    Snapshot,
    Sought,
    Subscription,
)
from bot.core.signals import Course, Group, Heading, Severity, Signal
from bot.core.signals.evaluation import Evaluation, Mute, Seen
from bot.core.state import Checkin, Phase, State

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
REPLIES = {
    "moved": "blocked",
    "block": "security",
    "users": 12,
    "sure": "even",
    "focus": ("a", "b"),
    "when": date(2026, 9, 1),
}


@dataclass(frozen=True)
class World:
    """One organisation with one of everything."""

    organisation: Organisation
    connection: Connection
    owner: Person
    helper: Person
    pilot: Pilot
    address: Address
    channel: Channel


def world(store: Store, name: str = "Acme", *, tenant: str = "T1") -> World:
    """An organisation, its chat, two people, one pilot and a channel."""
    organisation = store.add_organisation(name, "Europe/Riga")
    return store.write(organisation.id, lambda unit: _settle(unit, organisation, tenant))


def _settle(unit: Unit, organisation: Organisation, tenant: str) -> World:
    connection = unit.save_connection(Connection(0, "local", tenant))
    owner = unit.save_person(Person(0, "Ann Lindqvist", "ann@acme.example"))
    helper = unit.save_person(Person(0, "Bo Strand", "bo@acme.example"))
    address = Address(connection.id, "local", "D1")
    unit.save_identity(Identity(owner.id, "U1", address))
    pilot = unit.save_pilot(
        Pilot(0, "inv", "Invoice matcher", owner=owner.id, stage_since=NOW.date(), external="X-1")
    )
    channel = unit.channel(Address(connection.id, "local", "C1"), "ai-pilots")
    return World(organisation, connection, owner, helper, pilot, address, channel)


def opened(at: World, *, slot: datetime = NOW, questionnaire: str = "pulse", **state: Any) -> Checkin:
    """A check-in that is not stored yet."""
    given = {"phase": Phase.OPEN, "person": at.owner.id, "opened_at": slot, "closes_at": slot + WEEK, **state}
    return Checkin(0, at.pilot.id, questionnaire, 1, slot, State(**given))


def stored(store: Store, at: World, checkin: Checkin) -> Checkin:
    """The check-in as stored."""
    found = store.write(at.organisation.id, lambda unit: unit.open_checkin(checkin))
    assert found is not None
    return found


def message(at: World, key: str, **given: Any) -> Message:
    """A message to the owner, unless told otherwise."""
    return Message(key, given.pop("address", at.address), Card("Title", "Fallback"), **given)


def enqueue(store: Store, at: World, *messages: Message, now: datetime = NOW) -> list[bool]:
    """Put messages into the outbox, one unit each, in this order."""
    return [
        store.write(at.organisation.id, lambda unit, each=each: unit.enqueue(each, now)) for each in messages
    ]


def form(version: int = 1, text: str = "How is it going?") -> Questionnaire:
    """A questionnaire with a digest that follows its text."""
    question = Question("moved", Kind.TEXT, text)
    return Questionnaire(
        "pulse", version, "Pulse", "owner", 1, (Screen("one", "One", (question,)),), digest=f"sha-{text}"
    )


def fill(unit: Unit, at: World) -> None:
    """One row of everything that a unit can read, for `at`; names and keys are the same in every world."""
    pilot, owner = at.pilot.id, at.owner.id
    assert unit.first_sight("seen", NOW)
    unit.save_person(replace(at.helper, away_until=NOW.date(), stand_in=at.owner.id, leads=("Finance",)))
    unit.keep_form(form(text=f"Asked by {at.organisation.name}"))
    unit.record(Event("stage", NOW, owner, pilot, "stage", "idea", "pilot"))
    unit.add_links(chain.forged(None, unit.unsealed(limit=1)))
    unit.record(Event("stage", NOW, owner, pilot, "stage", "pilot", "hardening"))
    unit.save_schedule(Schedule(0, pilot, "pulse", NOW + HOUR, last_due_at=NOW - HOUR))
    unit.set_level(pilot, ItemLevel("data.quality", 3, NOW, NOW, owner, link="https://example.org/proof"))
    unit.add_snapshot(Snapshot(pilot, NOW, 40, {"data": 40, "value": None}, "value", 0.5, 1, 1))
    unit.save_evaluation(evaluation(at))
    unit.save_mute(Mute(pilot, "P01", NOW.date(), "Known", owner, NOW))
    unit.save_usual_stays({"pilot": 90})
    unit.save_sought(Sought(owner, at.connection.id, NOW, Finding.ABSENT))
    unit.save_request(Request(0, "help", pilot, at.helper.id, owner, NOW, "Who can clear it?"))
    unit.add_decision(Decision(0, pilot, "fix", NOW, owner, "sponsor", signals=("P01",)))
    unit.save_subscription(Subscription(0, at.channel, NOW + HOUR, by=owner))
    asked = opened(at, answers=REPLIES, asking=("moved",), handed={"block": at.helper.id}, wake_at=NOW)
    stored = unit.open_checkin(asked)
    assert stored is not None
    unit.add_nag(Nag(owner, pilot, stored.id, "invitation", NOW))
    unit.put_strip(Strip("bundle", "checkin:1:invite", Card("Inv", "Open")))
    assert unit.enqueue(message(at, "hello"), NOW)
    unit.begin_erasure(Marks(at.helper.id, ("Somebody else",)), NOW)


def evaluation(at: World, *, points: int = 30) -> Evaluation:
    """What an evaluation at `NOW` found: one signal that counts and one that is known."""
    late = Signal("P01", "Old", Severity.HIGH, Group.TIME, "In Pilot long.", "Decide.", "2 > 1")
    seen, known = Seen(late, NOW - DAY), Seen(replace(late, id="P09", severity=Severity.MEDIUM), NOW)
    return Evaluation(
        at.pilot.id, NOW, NOW + HOUR, Heading(Course.MOVING, NOW), None, points, (seen,), (known,), 2, 14
    )


def raw(url: str, statement: str) -> list[Any]:
    """Run SQL behind storage's back."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            rows = connection.execute(statement).fetchall()
        connection.close()
        return rows
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
