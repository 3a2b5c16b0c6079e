"""Row 25: new versions are put in the place of old ones, by SIGTERM, while people answer and messages are sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.core.compose.notes import note
from bot.core.ports import Message, Unit
from bot.core.records import Address, Connection, Identity, Person
from bot.storage import open_store
from tests.bench import owners
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
RATE, OWNERS = 300, 10_000  # forms a second meanwhile, as far as the machine can send them; of so many owners
MESSAGES, PEOPLE = 300, 30
STOPS_WITHIN_S = 30.0  # after which Kubernetes and Heroku kill; docs/how-to/run-in-production.md says it
SLOW_S = 0.2  # an answer of Slack's, so that messages are on their way when the worker is told to stop


@dataclass(frozen=True, slots=True)
class Left:
    """What was seen, and what is in the database or at Slack that should not be, or is not and should."""

    seen: Seen
    lost: int
    doubled: int
    leased: int = 0
    rate: float = 0.0  # forms a second, in fact


def rows() -> Iterator[Row]:
    """The one, of two halves."""
    with folder() as place, running_postgres(place / "pg") as server:
        web = asyncio.run(answering(cloned(server), place))
        work = asyncio.run(sending(cloned(server), place))
    slowest = max(*web.seen.stops_s, *work.seen.stops_s)
    clean = {*web.seen.codes, *work.seen.codes} == {0}
    wrong = web.lost + web.doubled + web.seen.broken + web.seen.torn + work.lost + work.doubled + work.leased
    errors = web.seen.errors + work.seen.errors
    yield Row(
        25,
        f"New versions in the place of old ones, by SIGTERM, at {web.rate:.0f} forms a second (of {RATE} wanted) "
        "and while messages are sent",
        f"{struck(len(web.seen.stops_s), 'web processes')} and {struck(len(work.seen.stops_s), 'workers')} stopped; "
        f"{web.seen.acknowledged + web.seen.busy:,} answers and {MESSAGES} messages meanwhile",
        f"Nothing acknowledged lost, nothing doubled, no 5xx, no lease left, gone within {STOPS_WITHIN_S:g} s",
        f"{web.lost} of {web.seen.acknowledged:,} acknowledged answers missing, {web.doubled} twice, "
        f"{web.seen.broken} of 5xx, {web.seen.torn} never answered, {web.seen.busy} told to press again; "
        f"{work.lost} messages lost, {work.doubled} doubled, {work.leased} leases left; {len(errors)} errors logged; "
        f"the slowest gone after {slowest:.1f} s",
        not wrong and clean and not errors and slowest < STOPS_WITHIN_S,
    )


async def answering(url: str, place: Path) -> Left:
    """Forms are sent while one web process after the other is replaced."""
    forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=OWNERS, pulses=2)
    crowd = Crowded([make() for make in forms.posts])
    async with (
        FakeSlack(tiers=False) as slack,
        Fleet("web", url, forms.moment, slack=slack, log=place / "web.log") as fleet,
    ):
        await fleet.one_more()
        turns = asyncio.create_task(deploying(fleet))
        rate = await pressing(fleet, crowd, RATE, until=turns)
        await turns
    known = dict(raw(url, "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"))
    kept = [known.get(checkin, 0) for checkin in forms.checkins]
    missing = sum(not kept[who] for who in crowd.taken)
    return Left(fleet.seen, missing, sum(many > 1 for many in kept), rate=rate)


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
            await slack.until(lambda sent=sent: _sends(url, slack, more_than=sent), within=PATIENCE_S)
            await asyncio.sleep(dice.uniform(0.0, SLOW_S * 2))
            await fleet.stop(fleet.running[0])
            leased += _count(url, "state = 'leased'")
        posts = Counter(str(said.get("text")) for method, said in slack.calls if method == "chat.postMessage")
    return Left(fleet.seen, MESSAGES - len(posts), posts.total() - len(posts), leased)


def _sends(url: str, slack: FakeSlack, *, more_than: int) -> bool:
    """Whether the newest has begun; nothing is left to send where it found the last ones at Slack already."""
    return slack.count("chat.postMessage") > more_than or not _count(url, "settled_at IS NULL")


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
