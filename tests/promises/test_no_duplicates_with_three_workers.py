"""Any number of workers share a database: each slot is opened once, each message is sent once, in its order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.core.compose.notes import note
from bot.core.ports import Message, Store
from bot.service import deliver, tick
from bot.service.work import Work
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

WORKERS, OWNERS, MESSAGES = 3, 8, 5


@pytest.fixture
def office(store: Store) -> Office:
    office = Office(store)
    for number in range(OWNERS):
        office.pilot(f"Pilot {number}", office.person(f"owner{number}"))
    return office


def work_together(office: Office) -> None:
    """Three workers look for what is due at the same moment, and send what waits, until nothing is left."""

    def one(_: int) -> None:
        for jobs in tick.looks(office.store, office.content, office.now, resting=frozenset):
            for job in tick.joined(jobs):  # as a worker does
                tick.run(office.store, office.content, job, office.now)
        post = deliver.Post(office.store, {"local": office.platform}, lambda: office.now, office.content)
        asyncio.run(deliver.drain(post))

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(one, range(WORKERS)))


def test_three_workers_ask_everybody_once(office: Office) -> None:
    for slot in sorted(
        {one.next_due_at for one in office.read(lambda unit: unit.schedules(1)) if one.next_due_at}
    )[:2]:
        office.now = slot
        work_together(office)
    keys = [post.key for post in office.platform.posts]
    assert len(keys) >= OWNERS
    assert len(keys) == len(set(keys))
    opened = [(event.pilot, event.subject, event.at.date()) for event in office.events("checkin.opened")]
    assert len(opened) == len(set(opened))


def test_three_workers_keep_the_order_of_each_address(office: Office) -> None:
    def write(work: Work) -> None:
        for number in range(OWNERS * MESSAGES):
            address = office.address(f"owner{number % OWNERS}")
            key = f"{address.conversation}#{number // OWNERS}"
            work.unit.enqueue(Message(key, address, note("m")), work.now)

    office.do(write)
    work_together(office)
    seen = defaultdict(list)
    for post in office.platform.posts:
        if "#" in post.key:
            seen[post.conversation].append(int(post.key.rpartition("#")[2]))
    assert len(seen) == OWNERS
    assert set(map(tuple, seen.values())) == {tuple(range(MESSAGES))}


def test_what_a_dead_worker_had_in_hand_is_sent_once_by_another(office: Office) -> None:
    address = office.address("owner0")
    office.write(lambda unit: unit.enqueue(Message("kept", address, note("m")), office.now))
    (leased,) = office.store.outbox.lease(office.now, limit=10, hold=60)
    asyncio.run(office.platform.send(address, office.platform.render(leased.message.card), key="kept"))
    office.now += timedelta(seconds=30)
    work_together(office)
    assert office.read(lambda unit: unit.was_sent("kept")) is False, (
        "nobody takes it while it may be on its way"
    )
    office.now += timedelta(seconds=31)
    work_together(office)
    assert office.read(lambda unit: unit.was_sent("kept"))
    assert [post.key for post in office.platform.posts].count("kept") == 1
