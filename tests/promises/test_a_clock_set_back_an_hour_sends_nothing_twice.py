"""Clocks jump, on one machine or on one of three: nothing is sent twice for that, nothing is lost, nothing storms."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.core.compose.notes import note
from bot.core.ports import Message, Store
from bot.storage import open_store
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (HOUR, -DAY, 7 * DAY)  # row 16 of `make faults` jumps a hundred times


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    store = open_store(sqlite_url)
    yield peopled(store)
    store.close()


def peopled(store: Store) -> Office:
    office = Office(store)
    for number in range(3):
        office.pilot(f"Pilot {number}", office.person(f"owner{number}"))
    return office


def first_slot(office: Office) -> datetime:
    slots = office.read(lambda unit: unit.schedules(1))
    return min(slot.next_due_at for slot in slots if slot.next_due_at)


def step(office: Office, moment: datetime) -> None:
    office.now = moment
    office.tick()


def sent(office: Office) -> Counter[str]:
    return Counter(post.key for post in office.platform.posts)


def gaps(office: Office) -> list[timedelta]:
    """From each question of a pilot to the next of the same questionnaire; a fortnight apart, a week while Stuck."""
    asked = defaultdict(list)
    for opened in reversed(office.events("checkin.opened")):
        asked[opened.pilot, opened.subject].append(opened.at)
    return [later - earlier for moments in asked.values() for earlier, later in pairwise(moments)]


def test_an_hour_back_at_the_hour_people_are_asked_doubles_nothing_on_either_database(store: Store) -> None:
    jumps_as_people_are_asked(peopled(store), -HOUR)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_at_the_hour_people_are_asked_doubles_nothing(office: Office, jump: timedelta) -> None:
    jumps_as_people_are_asked(office, jump)


def jumps_as_people_are_asked(office: Office, jump: timedelta) -> None:
    due = first_slot(office)
    step(office, due)
    assert len(office.events("checkin.opened")) >= 3
    for minutes in range(0, 180, 20):
        step(office, due + jump + timedelta(minutes=minutes))
    office.until(max(office.now, due) + 30 * DAY)
    assert set(sent(office).values()) == {1}
    assert min(gaps(office)) > 6 * DAY
    assert max(gaps(office)) < 40 * DAY, "nothing is lost either"


def test_a_clock_that_goes_back_and_forth_for_weeks_asks_each_fortnight_once(office: Office) -> None:
    dice, true = random.Random(7), MONDAY
    while true < MONDAY + 35 * DAY:
        true += 3 * HOUR
        step(office, true + (dice.choice((-HOUR, HOUR)) if dice.random() < 0.2 else 0 * HOUR))
    assert set(sent(office).values()) == {1}
    assert min(gaps(office)) > 6 * DAY
    assert max(gaps(office)) < 40 * DAY


def test_what_was_in_hand_when_the_clock_went_back_is_sent_once_and_not_lost(store: Store) -> None:
    office = Office(store)
    office.person("anna")
    office.write(lambda unit: unit.enqueue(Message("one", office.address("anna"), note("one")), office.now))
    office.store.outbox.lease(office.now, limit=10, hold=60)  # by a worker that died with it in hand
    office.now -= HOUR
    for _ in range(70):
        office.deliver()
        office.now += timedelta(minutes=1)
    assert sent(office)["one"] == 1
