"""Rows 8 to 10: the platform asks to wait, breaks, or takes a message and hangs up before it says so.

Time is the office's clock, moved from one due moment to the next.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message, MessageRef, Payload, Unit
from bot.core.records import Address
from bot.service import deliver, given_up, letters
from bot.storage import open_store
from tests.fakes.office import Office
from tests.fakes.platform import Platform
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite
from tests.soak.record import moment

NOON = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
PAUSE_S = 30.0
ADMIN = "ada"
MESSAGES, PEOPLE = 2000, 100
SEND_S = 0.03  # of an answer, where the pace of others is measured
PAIRS, PACE = 5, 0.9  # of a run with the storm and one without; the others' pace against that without
OUTAGE = timedelta(hours=2)  # longer than a message is tried for


@dataclass
class Moody(Platform):
    """It answers by its dice: 429 for the people of `stormy`, 503 until a moment, or nothing after taking a message."""

    now: datetime = NOON
    dice: Random = field(default_factory=lambda: Random(1))
    stormy: frozenset[str] = frozenset()
    storm: float = 0.0
    broken_until: datetime = NOON
    drops: float = 0.0
    hangs: float = 0.0
    asked_to_wait: dict[str, datetime] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)
    tried: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    takes_s: float = 0.0  # really, and not by the clock
    taken: dict[str, datetime] = field(default_factory=dict)
    real: dict[str, float] = field(default_factory=dict)  # the same, in seconds that pass

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        where = address.conversation
        self.tries[key] += 1
        self.tried[key].append(self.now)
        if self.takes_s:
            await asyncio.sleep(self.takes_s)
        if self.now < self.asked_to_wait.get(where, self.now):
            self.struck["calls inside the pause"] += 1
        if where in self.stormy and self.dice.random() < self.storm:
            self.struck["429"] += 1
            self.asked_to_wait[where] = self.now + timedelta(seconds=PAUSE_S)
            raise DeliveryError("slow down", retry_after=PAUSE_S)
        if self.now < self.broken_until:
            self.struck["503"] += 1
            raise DeliveryError("the platform is broken")
        ref = await super().send(address, payload, key=key)
        self.taken[key], self.real[key] = self.now, time.perf_counter()
        if self.dice.random() < self.drops:
            self.struck["dropped"] += 1
            raise DeliveryError("the connection broke")
        if self.dice.random() < self.hangs:
            self.struck["hung"] += 1
            raise TimeoutError
        return ref


def rows() -> Iterator[Row]:
    yield storm(MESSAGES, PEOPLE, pairs=PAIRS)
    yield broken(MESSAGES, PEOPLE)
    yield hung_up(MESSAGES, PEOPLE)


def storm(messages: int, people: int, *, pairs: int = 0) -> Row:
    """Half of the calls for one organisation are answered by 429; its conversations wait, another one's go on."""
    platform = Moody(storm=0.5)
    with two(platform, messages, people) as (office, other):
        platform.stormy = frozenset(f"dm:{office.tenant}{number}" for number in range(people))
        until_settled(office, platform)
        used = sum(attempt > 1 for attempt in attempts(office))
    paces = [pace(messages // 2, people, 0.5) / pace(messages // 2, people, 0.0) for _ in range(pairs)]
    inside = platform.struck["calls inside the pause"]
    lost = messages * 2 - len({post.key for post in platform.posts})
    waited = max(
        (when - NOON).total_seconds() for key, when in platform.taken.items() if key.startswith(other.tenant)
    )
    told = f", at {statistics.median(paces):.2f} times their pace without it" if paces else ""
    return Row(
        8,
        "429 with Retry-After, half of all calls for one of two organisations",
        struck(platform.struck["429"], f"answers of 429, each asking for {PAUSE_S:.0f} s"),
        f"That conversation waits, no attempt is used up; the other organisation goes on, at {PACE:g} times its pace",
        f"{inside} calls inside a pause, {lost} lost, {used} attempts used up; the others had all {messages:,} after "
        f"{waited:.0f} s of the clock{told}",
        inside == 0
        and lost == 0
        and used == 0
        and waited == 0
        and (not paces or statistics.median(paces) >= PACE),
    )


def pace(messages: int, people: int, share: float) -> float:
    """Messages a second of the organisation that is left alone, with a platform that takes its time to answer."""
    platform = Moody(storm=share, takes_s=SEND_S)
    with two(platform, messages, people) as (office, other):
        platform.stormy = frozenset(f"dm:{office.tenant}{number}" for number in range(people))
        began = time.perf_counter()
        office.deliver()
        last = max(when for key, when in platform.real.items() if key.startswith(other.tenant))
    return messages / (last - began)


def broken(messages: int, people: int) -> Row:
    """Every call is answered by 503: for a minute, and then for longer than a message is tried."""
    short = Moody(broken_until=NOON + timedelta(seconds=60))
    with one(short, messages, people) as office:
        until_settled(office, short)
    lost = messages - len({post.key for post in short.posts})
    long = Moody(broken_until=NOON + OUTAGE)
    with one(long, messages, people) as office:
        until_settled(office, long)
        dead = office.store.letters.dead(limit=messages)
        tries = {long.tries[letter.key] for letter in dead}
        spread = len({when.second for letter in dead for when in long.tried[letter.key][-1:]})
        given_up.watch(office.store, office.content, office.now, organisation=office.organisation.id)
        later = office.now + timedelta(hours=1)
        given_up.watch(office.store, office.content, later, organisation=office.organisation.id)
        office.deliver()
        alerts = [card.title for card in office.platform.inbox(ADMIN) if "not delivered" in card.title]
        letters.retry(office.store, dead, office.now)
        until_settled(office, long)
    copies = Counter(post.key for post in long.posts if post.key.startswith("m"))
    doubled, missing = copies.total() - len(copies), messages - len(copies)
    most = max(short.tries.values())
    hours = OUTAGE.total_seconds() / 3600
    return Row(
        9,
        f"503 to every call for 60 s, and for {hours:g} hours",
        f"{struck(short.struck['503'], 'answers of 503')}, and {struck(long.struck['503'], 'in the long one')}",
        f"Nothing is lost, few tries each and not all at one moment; after {deliver.ATTEMPTS} tries it is given up, an "
        "admin told, and sent after all on request",
        f"60 s: {lost} lost, at most {most} tries a message; {hours:g} hours: {len(dead)} given up after "
        f"{', '.join(map(str, sorted(tries)))} tries, the last spread over {spread} seconds of the minute; an admin "
        f"told {len(alerts)} x; then {missing} lost, {doubled} doubled",
        lost == 0
        and most < deliver.ATTEMPTS
        and tries == {deliver.ATTEMPTS}
        and spread > 1
        and len(alerts) == 1
        and not (missing or doubled),
    )


def hung_up(messages: int, people: int) -> Row:
    """Of the messages taken, 5 % are never confirmed: the connection breaks, or nothing comes until the time is up."""
    platform = Moody(drops=0.04, hangs=0.01)
    with one(platform, messages, people) as office:
        until_settled(office, platform)
    copies = Counter(post.key for post in platform.posts)
    lost = messages - len(copies)
    return Row(
        10,
        "The platform takes a message and hangs up, or answers too late",
        f"{struck(platform.struck['dropped'], 'answers lost')}, {struck(platform.struck['hung'], 'too late')}",
        "It is looked up and not sent a second time",
        f"{copies.total() - len(copies)} doubled, {lost} lost",
        copies.total() == len(copies) == messages,
    )


@contextmanager
def one(platform: Moody, messages: int, people: int) -> Iterator[Office]:
    """An organisation with an admin and messages that wait, in front of that platform."""
    with sqlite() as url:
        store = open_store(url)
        office = Office(store, NOON, platform=platform)
        office.person(ADMIN, standing="admin")
        waiting(office, "m", messages, people)
        yield office
        store.close()


@contextmanager
def two(platform: Moody, messages: int, people: int) -> Iterator[tuple[Office, Office]]:
    """Two of them on one database, of whom neither comes first."""
    with sqlite() as url:
        store = open_store(url)
        office, other = (Office(store, NOON, platform=platform, tenant=tenant) for tenant in ("a", "b"))
        for each in (office, other):
            waiting(each, each.tenant, messages, people)
        yield office, other
        store.close()


def waiting(office: Office, prefix: str, messages: int, people: int) -> None:
    """So many messages, to one person after the other."""
    for number in range(people):
        office.person(f"{prefix}{number}")

    def write(unit: Unit) -> None:
        for number in range(messages):
            where = office.address(f"{prefix}{number % people}")
            unit.enqueue(Message(f"{prefix}{number}", where, note(f"{prefix}{number}")), NOON)

    office.write(write)


def until_settled(office: Office, platform: Moody) -> None:
    """Deliver, and let time pass to the next message that waits, until there is none."""
    while True:
        office.deliver()
        due = [moment(at) for (at,) in looked(office, "SELECT due_at FROM message WHERE settled_at IS NULL")]
        if not due:
            return
        # What is due and was not sent waits for one before it, in the same conversation.
        platform.now = office.now = min(at for at in due if at > office.now)


def attempts(office: Office) -> list[int]:
    """How many attempts each message used up."""
    return [row[0] for row in looked(office, "SELECT attempt FROM message")]


def looked(office: Office, statement: str) -> list[tuple[Any, ...]]:
    """What the database says behind the program's back."""
    database = office.store._database  # type: ignore[attr-defined]  # the test looks behind the port
    return list(database.read(lambda connection: connection.exec_driver_sql(statement).all()))
