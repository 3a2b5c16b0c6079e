"""Rows 1 to 4: kill -9, wherever it hurts most; real processes, in front of a platform that outlives them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.core.compose.notes import note
from bot.core.ports import Message
from bot.core.records import Address
from bot.storage import migrate, open_store
from tests.databases import cloned, running_postgres
from tests.faults.matrix import Row, struck
from tests.soak.drive import BEGIN, LEAD, Plan, Soak
from tests.soak.record import moment
from tests.soak.record import rows as found

MESSAGES, OWNERS = 1000, 60
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=60)  # what a dead worker had in hand is taken after it
SQLITE, POSTGRES = "SQLite", "PostgreSQL, 3 workers"
UNSETTLED = "SELECT count(*) FROM message WHERE settled_at IS NULL"
NOT_ASKED = "SELECT min(next_due_at) FROM schedule WHERE pilot_id NOT IN (SELECT pilot_id FROM checkin)"
OPENED = "SELECT pilot_id, count(*) FROM event WHERE kind = 'checkin.opened' GROUP BY pilot_id"
ASKED = "SELECT count(*) FROM checkin"
INVITED = (  # in a message alone, or with others
    "SELECT (SELECT count(*) FROM message WHERE key LIKE 'checkin:%' AND replaces = '')"
    " + (SELECT count(*) FROM strip WHERE key LIKE 'checkin:%:invite')"
)
SUBMITTED = "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"


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
        asked = [(name, asked_and_answered(url, OWNERS)) for name, url in places()]
    yield Row(
        3,
        "kill -9 of the process that takes answers",
        told(asked, "{handling} kills"),
        "What was acknowledged is stored; what was not is stored once when it comes again",
        told(asked, "{missing} of {acknowledged} acknowledged answers missing, {twice} stored twice"),
        all(one["handling"] and not one["missing"] and not one["twice"] for _, one in asked),
    )
    yield Row(
        4,
        "kill -9 of the heartbeat while it asks",
        told(asked, "{ticking} kills"),
        "A check-in, its message and the next date are one transaction",
        told(asked, "{wrong} of {owners} pilots not asked exactly once, {mute} check-ins without a message"),
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
    soak._settle()
    store = open_store(url)
    (organisation,) = store.organisations()

    def write(unit: object) -> None:
        for number in range(messages):
            where = Address(soak.connection, "local", f"dm:owner{number % owners}")
            unit.enqueue(Message(f"m{number}", where, note(f"m{number}")), BEGIN)  # type: ignore[attr-defined]  # a Unit

    store.write(organisation.id, write)
    store.close()
    soak.sink.start()
    soak._hands = [soak._hired() for _ in range(workers)]
    yield soak
    soak._dismiss()


def sent(url: str, messages: int, *, before: bool, look_up: bool = True) -> dict[str, float]:
    """Deliver all of them while the worker is killed at every so manieth send; each look is after the last lease."""
    dice, now = Random(5), BEGIN
    with staffed(url, 50, messages=messages, look_up=look_up) as soak:
        while found(url, UNSETTLED)[0][0]:
            soak.kill_at_send(dice.randint(1, messages // 10), before=before)
            soak._tell(soak._hands, ("beat", now, []))
            now += LEASE + timedelta(seconds=1)
        copies = Counter(post.key for post in soak.sink.posts)
        kills = soak.counts.kills.total()
    doubled = copies.total() - len(copies)
    lost = messages - len(copies)
    struck(kills, "kills")
    return {"messages": messages, "kills": kills, "lost": lost, "doubled": doubled, "rate": doubled / kills}


def asked_and_answered(url: str, owners: int) -> dict[str, float]:
    """Ask everybody once, zone by zone, and take their answers; now and then a worker is killed over either."""
    dice, now, acknowledged = Random(6), BEGIN, list[int]()
    with staffed(url, owners) as soak:
        while (slot := found(url, NOT_ASKED)[0][0]) is not None:
            now = max(moment(slot), now + LEASE + SECOND)
            later_on(soak, dice.uniform(0.0, 0.1), "ticking")
            for _ in range(2):  # the second is after the lease of whoever died
                soak._tell(soak._hands, ("beat", now, []))
                now += LEASE + SECOND
            acknowledged += answer(soak, dice, now)
        opened, stored = dict(found(url, OPENED)), dict(found(url, SUBMITTED))
        mute = found(url, ASKED)[0][0] - found(url, INVITED)[0][0]
        kills = dict(soak.counts.kills)
    struck(min(kills.get("ticking", 0), kills.get("handling", 0)), "kills")
    return {
        **kills,
        "owners": owners,
        "wrong": sum(opened.get(pilot) != 1 for pilot in soak.record.owners),
        "mute": mute,
        "acknowledged": len(acknowledged),
        "missing": sum(checkin not in stored for checkin in acknowledged),
        "twice": sum(many > 1 for many in stored.values()),
    }


def answer(soak: Soak, dice: Random, now: datetime) -> list[int]:
    """Everybody answers, one after the other; what was not acknowledged is sent again. The check-ins acknowledged."""
    acknowledged = []
    changed, soak.sink.changed = soak.sink.changed, []
    for key in dict.fromkeys(key for _, key in changed):
        card = soak.sink.cards[key]
        user = next(post.conversation for post in soak.sink.posts if post.key == key).removeprefix("dm:")
        token = next((one["submit"][1] for one in card["actions"] if "submit" in one), None)
        if token is None or user not in soak.lives or user == LEAD:
            continue
        act = {**soak.lives[user]._answers(now, key, token, card).act, "user": user}
        answers = None
        while answers is None:
            if dice.random() < 0.3:
                later_on(soak, dice.uniform(0.0, 0.03), "handling")
            answers = soak._tell([soak._hands[0]], ("act", now, [act]))[0]
        if answers == ["stored"]:
            acknowledged.append(int(key.split(":")[1]))
    return acknowledged


def later_on(soak: Soak, seconds: float, when: str) -> None:
    """Kill the first worker a moment from now."""
    pid = soak._hands[0].process.pid
    threading.Timer(seconds, soak._kill, (pid, when)).start()
