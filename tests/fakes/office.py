"""A small organisation at work: the real services and store, a platform in memory, a clock that is set by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.content.loader import load
from bot.core.card import Button, Card, Choice, Submit
from bot.core.ports import Act, Clicked, Inbound, Place, Ran, Reply, Sender, Store, Unit, Wrote
from bot.core.questionnaire import Content
from bot.core.records import Address, Connection, Identity, Organisation, Person, Pilot, Standing
from bot.core.state import Checkin
from bot.service import deliver, receive, registry, tick
from bot.service.work import Work
from tests.fakes.platform import Platform

T = TypeVar("T")
CONTENT = load(Path(__file__).parents[2] / "questionnaires")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # the day before a Tuesday, on which people are asked
CALM = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.date": "2027-06-01",
    "pulse.users": "12",
    "pulse.sure": "even",
}


@dataclass
class Office:
    """One organisation in Riga with one local connection."""

    store: Store
    now: datetime = MONDAY
    content: Content = CONTENT
    platform: Platform = field(default_factory=Platform)
    acts: int = 0
    tenant: str = "local"  # another for each organisation of a store
    organisation: Organisation = field(init=False)
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.organisation = self.store.add_organisation("Acme", "Europe/Riga")
        wanted = Connection(0, "local", self.tenant)
        self.connection = self.store.write(self.organisation.id, lambda unit: unit.save_connection(wanted))

    # --- people and pilots

    def person(
        self, user: str, *, standing: str = "member", zone: str = "Europe/Riga", **fields: Any
    ) -> Person:
        def join(unit: Unit) -> Person:
            person = unit.save_person(
                Person(0, user.capitalize(), zone=zone, standing=Standing(standing), **fields)
            )
            unit.save_identity(Identity(person.id, user, self.address(user)))
            return person

        return self.store.write(self.organisation.id, join)

    def address(self, user: str) -> Address:
        return Address(self.connection.id, "local", f"dm:{user}")

    def pilot(self, name: str, owner: Person | None, **fields: Any) -> Pilot:
        day = self.now.date()
        made = {
            "stage": "pilot",
            "stage_since": day - timedelta(days=20),
            "created": day - timedelta(days=20),
        }
        fresh = Pilot(0, "", name, owner=owner.id if owner else None, **(made | fields))
        return self.do(lambda work: registry.add_pilot(work, fresh, actor=None))

    # --- what happens

    def do(self, what: Any) -> Any:
        """Run something that takes Work in one transaction."""
        return self.write(lambda unit: what(Work(unit, self.content, self.now)))

    def write(self, work: Any) -> Any:
        return self.store.write(self.organisation.id, work)

    def read(self, work: Any) -> Any:
        return self.store.read(self.organisation.id, work)

    def act(self, user: str, act: Act, *, channel: str = "", key: str = "") -> Reply:
        """One thing a person does; what it causes is delivered."""
        self.acts += 1
        place = Place(f"channel:{channel}" if channel else f"dm:{user}", direct=not channel, name=channel)
        inbound = Inbound(key or f"act{self.acts}", Sender("local", self.tenant, user), act, place)
        reply = receive.receive(self.store, self.content, inbound, self.now)
        self.deliver()
        return reply

    def signed(self, token: str) -> str:
        """A token as a button of this organisation carries it."""
        return self.store.button_key(self.organisation.id).sign(token)

    def says(self, user: str, text: str, **where: Any) -> Reply:
        return self.act(user, Wrote(text), **where)

    def runs(self, user: str, command: str, **where: Any) -> Reply:
        return self.act(user, Ran(command), **where)

    def presses(
        self, user: str, label: str, values: dict[str, Any] | None = None, *, card: Card | None = None
    ) -> Reply:
        """Press the button of that label on a card, by default on the newest that has it."""
        cards = [card] if card else list(reversed(self.platform.inbox(user)))
        for shown in cards:
            for action in shown.actions:
                if isinstance(action, Button | Submit) and action.label == label:
                    return self.act(user, Clicked(action.token, values or {}))
        raise AssertionError(f"{user} sees no button {label!r}: {[card.fallback for card in cards]}")

    def snoozes(self, user: str, until: str = "", *, card: Card | None = None) -> Reply:
        """Put off the newest that can be: to the moment whose words begin so, or to the latest there is."""
        shown = [card] if card else list(reversed(self.platform.inbox(user)))
        offered = next(
            action.asks[0].options
            for one in shown
            for action in one.actions
            if isinstance(action, Button) and action.label == "Snooze" and isinstance(action.asks[0], Choice)
        )
        (*_, wanted) = (offer.value for offer in offered if offer.label.startswith(until))
        return self.presses(user, "Snooze", {"until": wanted}, card=card)

    def answers(self, user: str, values: dict[str, Any] | None = None) -> Reply:
        """Send the newest form."""
        for card in reversed(self.platform.inbox(user)):
            for action in card.actions:
                if isinstance(action, Submit):
                    return self.act(user, Clicked(action.token, values if values is not None else CALM))
        raise AssertionError(f"{user} sees no form")

    def live(self, user: str) -> list[Checkin]:
        """Check-ins that ask this person now."""

        def look(unit: Unit) -> list[Checkin]:
            person = unit.person_of(self.connection.id, user)
            return list(unit.live_checkins(person=person.id)) if person else []

        found: list[Checkin] = self.read(look)
        return found

    def deliver(self) -> int:
        """Send what waits."""
        post = deliver.Post(self.store, {"local": self.platform}, lambda: self.now, self.content)
        return asyncio.run(deliver.drain(post))

    def tick(self) -> int:
        """Do what is due at this moment; the number of jobs done."""
        done = 0
        while jobs := list(tick.due(self.store, self.content, self.now)):
            for job in jobs:
                tick.run(self.store, self.content, job, self.now)
                done += 1
        self.deliver()
        return done

    def until(self, moment: datetime) -> None:
        """Let time pass; everything happens at its own moment."""
        while (due := self.read(lambda unit: unit.next_moment())) is not None and due <= moment:
            self.now = max(self.now, due)
            self.tick()
        self.now = moment
        self.tick()

    def until_told(self, user: str, *, days: int = 90) -> None:
        """Let time pass, from one due moment to the next, until this person gets another message."""
        before, end = len(self.platform.inbox(user)), self.now + timedelta(days=days)
        while len(self.platform.inbox(user)) == before:
            due = self.read(lambda unit: unit.next_moment())
            assert due is not None, "nothing is planned"
            assert due <= end, f"{user} is told nothing in {days} days"
            self.until(max(due, self.now))

    def until_asked(self, user: str) -> Checkin:
        """Let time pass until this person is asked something."""
        for _ in range(60):
            if found := self.live(user):
                return found[0]
            due = self.read(lambda unit: unit.next_moment())
            assert due is not None, "nothing is planned"
            self.until(due)
        raise AssertionError(f"{user} is never asked")

    def events(self, *kinds: str) -> list[Any]:
        """The log, the newest first."""
        return list(self.read(lambda unit: unit.events(kinds=kinds, limit=1000)))
