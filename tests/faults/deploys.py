"""Row 25: new versions are put in the place of old ones, by SIGTERM, while people answer and messages are sent."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.core.compose.notes import note
from bot.core.ports import Message, Unit
from bot.core.records import Address, Connection, Identity, Person
from bot.storage import open_store
from tests.bench import owners, processes
from tests.bench.rounds import quantile
from tests.bench.slack_crowd import SLACK
from tests.databases import cloned, running_postgres
from tests.fakes.office import MONDAY
from tests.fakes.slack.server import FakeSlack, Fault
from tests.fakes.slack.workspace import TEAM
from tests.faults.fleet import PATIENCE_S, Crowded, Fleet, Seen, pressing
from tests.faults.matrix import Row, struck
from tests.faults.places import folder
from tests.storage.scenes import raw

TURNS = 6
RATES, OWNERS = (
    (300, 150, 75, 40),
    6000,
)  # forms a second: the highest that is answered in time without a deploy
TRIED_S, TIMELY_S = 5.0, 2.0  # a new process needs room to start in
MESSAGES, PEOPLE = 300, 30
STOPS_WITHIN_S = 30.0  # after which Kubernetes and Heroku kill; docs/how-to/run-in-production.md says it
YES = """
import asyncio, sys
async def talk(reader, writer):
    try:
        try:
        head = await reader.readuntil(b"\\r\\n\\r\\n")
    except asyncio.IncompleteReadError:
        return  # somebody looked whether anybody listens
    except asyncio.IncompleteReadError:
        return  # somebody looked whether anybody listens
    await reader.readexactly(int(head.partition(b"Content-Length: ")[2].partition(b"\\r")[0]))
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
    await writer.drain()
    writer.close()
async def serve():
    await (await asyncio.start_server(talk, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(serve())
"""
SLOW_S = 0.2  # an answer of Slack's, so that messages are on their way when the worker is told to stop


@dataclass(frozen=True, slots=True)
class Left:
    """What was seen, and what is in the database or at Slack that should not be, or is not and should."""

    seen: Seen
    lost: int
    doubled: int
    leased: int = 0
    asked: float = 0.0  # forms a second that were to be sent
    rate: float = 0.0  # that were
    took_s: float = 0.0


def rows() -> Iterator[Row]:
    """The one, of two halves."""
    with folder() as place, running_postgres(place / "pg") as server:
        web = asyncio.run(answering(cloned(server), place))
        work = asyncio.run(sending(cloned(server), place))
    alone = asyncio.run(unhindered())
    slowest = max(*web.seen.stops_s, *work.seen.stops_s)
    clean = {*web.seen.codes, *work.seen.codes} == {0}
    wrong = web.lost + web.doubled + web.seen.broken + web.seen.torn + work.lost + work.doubled + work.leased
    errors = web.seen.errors + work.seen.errors
    yield Row(
        25,
        f"New versions in the place of old ones, by SIGTERM, at {web.asked} forms a second and while messages are "
        "sent",
        f"{struck(len(web.seen.stops_s), 'web processes')} and {struck(len(work.seen.stops_s), 'workers')} stopped; "
        f"{web.seen.sent:,} forms in {web.took_s:.0f} s ({web.rate:.0f} a second) and {MESSAGES} messages meanwhile; "
        f"of {', '.join(map(str, RATES))} a second this machine answers {web.asked} within {TIMELY_S:g} s; the sender "
        f"alone, to a server that only says yes, manages {alone:,.0f}",
        f"Nothing acknowledged lost, nothing doubled, no 5xx, no lease left, gone within {STOPS_WITHIN_S:g} s",
        f"{web.lost} of {web.seen.acknowledged:,} acknowledged answers missing, {web.doubled} twice, "
        f"{web.seen.broken} of 5xx, {web.seen.torn} never answered, {web.seen.busy:,} told to press again; "
        f"{work.lost} messages lost, {work.doubled} doubled, {work.leased} leases left; {len(errors)} errors logged; "
        f"the slowest gone after {slowest:.1f} s",
        not wrong and clean and not errors and slowest < STOPS_WITHIN_S,
    )


async def answering(url: str, place: Path) -> Left:
    """Forms are sent while one web process after the other is replaced."""
    forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=OWNERS, pulses=2)
    async with (
        FakeSlack(tiers=False) as slack,
        Fleet("web", url, forms.moment, slack=slack, log=place / "web.log") as fleet,
    ):
        await fleet.one_more()
        crowd = Crowded([make() for make in forms.posts])
        asked = await carried(fleet, crowd)
        turns, began = asyncio.create_task(deploying(fleet)), time.perf_counter()
        rate = await pressing(fleet, crowd, asked, until=turns)
        took = time.perf_counter() - began
        await turns
    known = dict(raw(url, "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"))
    missing = sum(forms.checkins[who] not in known for who in crowd.taken)
    twice = sum(known.get(one, 0) > 1 for one in forms.checkins)
    return Left(fleet.seen, missing, twice, asked=asked, rate=rate, took_s=took)


async def carried(fleet: Fleet, crowd: Crowded) -> float:
    """How many a second everybody is answered at in time, stored or told to press again, while nothing is replaced."""
    for rate in RATES:
        fleet.seen = Seen()
        await pressing(fleet, crowd, rate, until=asyncio.create_task(asyncio.sleep(TRIED_S)))
        answered = fleet.seen
        fleet.seen = Seen()
        if not answered.torn and quantile(answered.seconds, 0.99) < TIMELY_S:
            return rate
    return RATES[-1]


async def unhindered() -> float:
    """How many a second the sender manages where nothing keeps it waiting: what it asks for is not its own limit."""
    with yes() as port:
        fleet = Fleet("web", "", "", slack=FakeSlack(), log=Path(os.devnull))
        fleet.running.append((port, None))  # type: ignore[arg-type]  # nobody stops it here
        post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n" + b"x" * 8000
        return await pressing(
            fleet, Crowded([post] * 30_000), 10_000, until=asyncio.create_task(asyncio.sleep(3))
        )


@contextmanager
def yes() -> Iterator[int]:
    """A process that answers every request at once; its port."""
    port = processes.free_port()
    with subprocess.Popen([sys.executable, "-c", YES, str(port)]) as process:
        while not processes.listens(port):
            time.sleep(0.01)
        yield port
        process.kill()


async def deploying(fleet: Fleet) -> None:
    """The new one is up, the old one is told to stop, and is gone before the next turn."""
    for _ in range(TURNS):
        old = fleet.running[0]
        await fleet.one_more()
        await fleet.stop(old)


async def sending(url: str, place: Path) -> Left:
    """Messages are sent while one worker after the other is told to stop; Slack is never asked for what was sent."""
    dice, leased = Random(25), 0
    async with (
        FakeSlack(tiers=False) as slack,
        Fleet("work", url, MONDAY.isoformat(), slack=slack, log=place / "work.log") as fleet,
    ):
        waiting(url, slack)
        slack.fail("chat.postMessage", *[Fault(hang=SLOW_S)] * MESSAGES)
        while _count(url, "settled_at IS NULL"):
            sent = slack.count("chat.postMessage")
            await fleet.one_more()
            await slack.until(lambda sent=sent: slack.count("chat.postMessage") > sent, within=PATIENCE_S)
            await asyncio.sleep(dice.uniform(0.0, SLOW_S * 2))
            await fleet.stop(fleet.running[0])
            leased += _count(url, "state = 'leased'")
        posts = Counter(str(said.get("text")) for method, said in slack.calls if method == "chat.postMessage")
    return Left(fleet.seen, MESSAGES - len(posts), posts.total() - len(posts), leased)


def _count(url: str, condition: str) -> int:
    return int(raw(url, f"SELECT count(*) FROM message WHERE {condition}")[0][0])


def waiting(url: str, slack: FakeSlack) -> None:
    """Messages to people of a workspace, all of them due."""
    store = open_store(url)
    organisation = store.add_organisation("Acme", "Europe/Riga")

    def write(unit: Unit) -> None:
        connection = unit.save_connection(Connection(0, "slack", TEAM)).id
        for number in range(PEOPLE):
            account = f"U{number:04}"
            slack.workspace.add(account, f"Person {number}")
            person = unit.save_person(Person(0, f"Person {number}"))
            unit.save_identity(Identity(person.id, account, Address(connection, "slack", account)))
        for number in range(MESSAGES):
            where = Address(connection, "slack", f"U{number % PEOPLE:04}")
            unit.enqueue(Message(f"m{number}", where, note(f"Message {number}")), MONDAY)

    store.write(organisation.id, write)
    store.close()
