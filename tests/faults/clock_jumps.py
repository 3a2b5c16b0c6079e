"""Row 16: the clock jumps by an hour or a week, forward and back, and the machine sleeps for days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.storage import migrate, open_store
from tests.fakes.office import MONDAY, Office
from tests.faults.matrix import Row, struck

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (-HOUR, HOUR, -7 * DAY, 7 * DAY)
WEEKS, OWNERS = 26, 10


def rows() -> Iterator[Row]:
    yield jumped(WEEKS, OWNERS)


def jumped(weeks: int, owners: int) -> Row:
    """One look in three hours; one in twelve sees a wrong clock, and now and then nobody looks for four days."""
    dice, jumps, sleeps = Random(3), 0, 0
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'faults.db'}"
        migrate.upgrade(url)
        office = Office(open_store(url))
        for number in range(owners):
            office.pilot(f"Pilot {number}", office.person(f"p{number}"), target=MONDAY.date() + 400 * DAY)
        true = MONDAY
        while true < MONDAY + weeks * 7 * DAY:
            asleep = dice.random() < 0.01
            sleeps += asleep
            true += 4 * DAY if asleep else 3 * HOUR
            wrong = dice.choice(JUMPS) if dice.random() < 1 / 12 else 0 * HOUR
            jumps += bool(wrong)
            office.now = true + wrong
            office.tick()
        doubled = [
            key for key, many in Counter(post.key for post in office.platform.posts).items() if many > 1
        ]
        near, far = gaps(office)
        office.store.close()
    return Row(
        16,
        "The clock jumps by an hour or a week, both ways; the machine sleeps",
        f"{struck(jumps, 'jumps')}, {struck(sleeps, 'sleeps of four days')} in {weeks} weeks",
        "One question a period for each pilot, no storm, none lost, nothing sent twice",
        f"{len(doubled)} messages doubled, {near} periods with two questions, {far} without one",
        not doubled and not near and not far,
    )


def gaps(office: Office) -> tuple[int, int]:
    """How often two questions of a questionnaire came too close, and too far apart for its rhythm."""
    asked: dict[object, list[tuple[datetime, bool]]] = defaultdict(list)
    log = office.read(lambda unit: unit.events(kinds=("checkin.opened", "slot.skipped"), limit=100_000))
    for one in reversed(log):
        asked[one.pilot, str(one.subject).partition("@")[0]].append((one.at, one.kind == "checkin.opened"))
    near = far = 0
    for moments in asked.values():
        for (earlier, first), (later, second) in pairwise(sorted(moments)):
            near += later - earlier < 4 * DAY and first and second
            far += later - earlier > 65 * DAY
    return near, far
