"""Rows 8 to 10: the platform asks to wait, breaks, or takes a message and hangs up before it says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message, MessageRef, Payload
from bot.core.records import Address
from bot.service import deliver
from bot.storage import migrate, open_store
from tests.fakes.office import Office
from tests.fakes.platform import Platform
from tests.faults.matrix import Row, struck

NOON = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
PAUSE_S = 30.0
MESSAGES, PEOPLE = 2000, 100


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

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        where = address.conversation
        self.tries[key] += 1
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
        if self.dice.random() < self.drops:
            self.struck["dropped"] += 1
            raise DeliveryError("the connection broke")
        if self.dice.random() < self.hangs:
            self.struck["hung"] += 1
            raise TimeoutError
        return ref


def rows() -> Iterator[Row]:
    yield storm(MESSAGES, PEOPLE)
    yield broken(MESSAGES, PEOPLE)
    yield hung_up(MESSAGES, PEOPLE)


def storm(messages: int, people: int) -> Row:
    """Half of the calls for half of the people are answered by 429; each conversation waits, the others go on."""
    stormy = frozenset(f"dm:p{number}" for number in range(0, people, 2))
    platform = Moody(stormy=stormy, storm=0.5)
    calm_left_at = worked_off(platform, messages, people)
    inside = platform.struck["calls inside the pause"]
    lost = messages - len({post.key for post in platform.posts})
    used = sum(attempt > 1 for attempt in platform.attempts)  # type: ignore[attr-defined]  # set by worked_off
    return Row(
        8,
        "429 with Retry-After, half of all calls for half of the people",
        struck(platform.struck["429"], f"answers of 429, each asking for {PAUSE_S:.0f} s"),
        "That conversation waits, the others go on, no attempt is used up",
        f"{inside} calls inside a pause, {lost} lost, {used} attempts used up; the others had all after "
        f"{calm_left_at:.0f} s of the clock",
        inside == 0 and lost == 0 and used == 0 and calm_left_at < PAUSE_S,
    )


def broken(messages: int, people: int) -> Row:
    """Every call is answered by 503 for a minute."""
    platform = Moody(broken_until=NOON + timedelta(seconds=60))
    worked_off(platform, messages, people)
    lost = messages - len({post.key for post in platform.posts})
    most = max(platform.tries.values())
    return Row(
        9,
        "503 to every call for 60 s",
        struck(platform.struck["503"], "answers of 503"),
        "Nothing is lost, and few tries each",
        f"{lost} lost, at most {most} tries a message",
        lost == 0 and most <= deliver.ATTEMPTS,
    )


def hung_up(messages: int, people: int) -> Row:
    """Of the messages taken, 5 % are never confirmed: the connection breaks, or nothing comes until the time is up."""
    platform = Moody(drops=0.04, hangs=0.01)
    worked_off(platform, messages, people)
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


def worked_off(platform: Moody, messages: int, people: int) -> float:
    """Write the messages and deliver until all are settled; seconds of the clock until all of the calm had theirs."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'faults.db'}"
        migrate.upgrade(url)
        store = open_store(url)
        office = Office(store, NOON, platform=platform)
        for number in range(people):
            office.person(f"p{number}")

        def write(unit: object) -> None:
            for number in range(messages):
                card = Message(f"m{number}", office.address(f"p{number % people}"), note(f"m{number}"))
                unit.enqueue(card, NOON)  # type: ignore[attr-defined]  # a Unit

        office.write(write)
        calm = sum(f"dm:p{number % people}" not in platform.stormy for number in range(messages))
        calm_at = 0.0
        while left(office):
            office.deliver()
            if sum(post.conversation not in platform.stormy for post in platform.posts) < calm:
                calm_at = (office.now - NOON).total_seconds() + 1
            office.now += timedelta(seconds=1)
            platform.now = office.now
        platform.attempts = attempts(url)  # type: ignore[attr-defined]  # what the database says in the end
        store.close()
    return calm_at


def left(office: Office) -> bool:
    """Whether anything is still to go; a moment far ahead sees everything that waits."""
    return bool(office.events("delivery.dead")) is False and bool(_unsettled(office))


def _unsettled(office: Office) -> int:
    database = office.store._database  # type: ignore[attr-defined]  # the test looks behind the port
    counted = "SELECT count(*) FROM message WHERE settled_at IS NULL"
    return int(database.read(lambda connection: connection.exec_driver_sql(counted).scalar()))


def attempts(url: str) -> list[int]:
    """How many attempts each message used up."""
    from tests.storage.scenes import raw

    return [row[0] for row in raw(url, "SELECT attempt FROM message")]
