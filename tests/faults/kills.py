"""Rows 1, 2 and 4: kill -9, wherever it hurts most; real processes, in front of a platform that outlives them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.core.compose.notes import note
from bot.core.ports import Message
from bot.core.records import Address
from bot.storage import migrate, open_store
from tests.databases import cloned, running_postgres
from tests.faults.matrix import Row, struck
from tests.soak.drive import BEGIN, Plan, Soak
from tests.soak.record import moment
from tests.soak.record import rows as found

MESSAGES, OWNERS = 1000, 4000  # on each database; four owners have five pilots
SECOND = timedelta(seconds=1)
KILLS_A_SLOT = 4  # at each moment at which somebody is due
LIVES_S = 1.0  # how long one lives then, at most
LEASE = timedelta(seconds=60)  # what a dead worker had in hand is taken after it
SQLITE, POSTGRES = "SQLite", "PostgreSQL, 3 workers"
UNSETTLED = "SELECT count(*) FROM message WHERE settled_at IS NULL"
NOT_ASKED = "SELECT min(next_due_at) FROM schedule WHERE pilot_id NOT IN (SELECT pilot_id FROM checkin)"
OPENED = "SELECT pilot_id, count(*) FROM event WHERE kind = 'checkin.opened' GROUP BY pilot_id"
MUTE = (  # whose question is in no message, neither alone nor with others
    "SELECT count(*) FROM checkin"
    " WHERE NOT EXISTS (SELECT 1 FROM message WHERE key = 'checkin:' || checkin.id || ':invite')"
    " AND NOT EXISTS (SELECT 1 FROM strip WHERE key = 'checkin:' || checkin.id || ':invite')"
)


def rows() -> Iterator[Row]:
    with each_database() as places:
        before = [(name, sent(url, MESSAGES, before=True)) for name, url in places()]
        yield Row(
            1,
            "kill -9 between commit and send",
            told(before, "{kills} kills"),
            f"Nothing lost, all sent once at the first look after the lease ({LEASE.seconds} s)",
            told(before, "{lost} of {messages:,} lost, {doubled} doubled"),
            all(one["kills"] and not one["lost"] and not one["doubled"] for _, one in before),
        )
        after = [(name, sent(url, MESSAGES, before=False)) for name, url in places()]
        blind = [(name, sent(url, MESSAGES, before=False, look_up=False)) for name, url in places()]
        yield Row(
            2,
            "kill -9 between send and mark",
            f"{told(after, '{kills} kills')}; without look-up {told(blind, '{kills}')}",
            "Where the platform can be asked (Slack) none doubled; else (Teams) at most what was in hand",
            f"{told(after, '{lost} lost, {doubled} doubled')}; without look-up "
            f"{told(blind, '{lost} lost, {doubled} doubled ({rate:.1f} a kill)')}",
            all(one["kills"] and not one["lost"] and not one["doubled"] for _, one in after)
            and all(not one["lost"] and one["rate"] <= IN_HAND for _, one in blind),
        )
        asked = [(name, asked_once(url, OWNERS)) for name, url in places()]
    yield Row(
        4,
        "kill -9 of the heartbeat while it asks",
        told(asked, "{ticking} kills"),
        "A check-in, its message and the next date are one transaction",
        told(
            asked, "{wrong} of {pilots:,} pilots not asked exactly once, {mute} check-ins without a message"
        ),
        all(one["ticking"] and not one["wrong"] and not one["mute"] for _, one in asked),
    )


IN_HAND = 5  # deliver.BLIND: as many as one worker has on their way in one tenant that cannot be asked


def told(results: list[tuple[str, dict[str, float]]], text: str) -> str:
    """The same figures of each database."""
    return "; ".join(f"{name}: {text.format(**result)}" for name, result in results)


@contextmanager
def each_database() -> Iterator[Callable[[], Iterator[tuple[str, str]]]]:
    """A function that gives a fresh database of each kind, each time it is called."""
    with (
        TemporaryDirectory(prefix="rampcheck-kills-") as folder,
        running_postgres(Path(folder) / "postgres") as server,
    ):

        def places() -> Iterator[tuple[str, str]]:
            numbered = len(list(Path(folder).glob("*.db")))
            url = f"sqlite:///{folder}/{numbered}.db"
            migrate.upgrade(url)
            yield SQLITE, url
            yield POSTGRES, cloned(server)

        yield places


@contextmanager
def staffed(url: str, owners: int, *, messages: int = 0, look_up: bool = True) -> Iterator[Soak]:
    """People, pilots, messages that wait, and workers in front of a sink."""
    workers = 1 if url.startswith("sqlite") else 3
    soak = Soak(Plan(owners, 1, workers, kills=0, jumps=0, gone=0, look_up=look_up), url)
    soak.settle()
    store = open_store(url)
    (organisation,) = store.organisations()

    def write(unit: object) -> None:
        for number in range(messages):
            where = Address(soak.connection, "local", f"dm:owner{number % owners}")
            unit.enqueue(Message(f"m{number}", where, note(f"m{number}")), BEGIN)  # type: ignore[attr-defined]  # a Unit

    store.write(organisation.id, write)
    store.close()
    soak.begin()
    try:
        yield soak
    finally:
        soak.crew.dismiss()


def sent(url: str, messages: int, *, before: bool, look_up: bool = True) -> dict[str, float]:
    """Deliver all of them while the worker is killed at every so manieth send; each look is after the last lease."""
    dice, now = Random(5), BEGIN
    with staffed(url, 50, messages=messages, look_up=look_up) as soak:
        while found(url, UNSETTLED)[0][0]:
            soak.kill_at_send(dice.randint(1, messages // 10), before=before)
            soak.crew.look(now)
            now += LEASE + timedelta(seconds=1)
        copies = Counter(post.key for post in soak.sink.posts)
        kills = soak.crew.kills.total()
    doubled = copies.total() - len(copies)
    lost = messages - len(copies)
    struck(kills, "kills")
    return {"messages": messages, "kills": kills, "lost": lost, "doubled": doubled, "rate": doubled / kills}


def asked_once(url: str, owners: int) -> dict[str, float]:
    """Ask everybody once, zone by zone; in every look a worker is killed, until all of a zone are asked."""
    dice, now = Random(6), BEGIN
    with staffed(url, owners) as soak:
        while (slot := found(url, NOT_ASKED)[0][0]) is not None:
            now = max(moment(slot), now + LEASE + SECOND)
            for _ in range(KILLS_A_SLOT):
                later_on(soak, dice.uniform(0.0, LIVES_S), "ticking")
                soak.crew.look(now)
                now += LEASE + SECOND  # whoever stands in its place looks after the lease
            soak.crew.look(now)
        opened = dict(found(url, OPENED))
        mute = found(url, MUTE)[0][0]
        kills = dict(soak.crew.kills)
    struck(kills.get("ticking", 0), "kills")
    return {
        **kills,
        "pilots": len(soak.record.owners),
        "wrong": sum(opened.get(pilot) != 1 for pilot in soak.record.owners),
        "mute": mute,
    }


def later_on(soak: Soak, seconds: float, when: str) -> None:
    """Kill the first worker a moment from now."""
    pid = soak.crew.hands[0].process.pid
    threading.Timer(seconds, soak.crew.kill, (pid, when)).start()
