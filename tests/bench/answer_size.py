"""How many bytes an answer takes on each database: `python -m tests.bench.answer_size [PILOTS [WEEKS]]`.

Check-ins go through the real store: opened week by week as a tick opens them, each answered in a unit of its own and in
another order, six answers each, one in twenty-five missed, one in ten corrected later, one in four a review with
items to focus on. Counted are all tables and indexes of check-ins, answers and submissions as they are then,
half-empty pages included.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg

from bot.core.ports import Store, Unit
from bot.core.records import Connection, Given, Person, Pilot
from bot.core.state import Checkin, Phase, State
from bot.core.values import Value
from bot.storage import migrate, open_store
from tests.databases import TEMPLATE, database, running_postgres
from tests.storage.scenes import raw

TABLES = ("checkin", "helper", "submission", "answer")
MOST = {"SQLite": 70, "PostgreSQL": 130}  # bytes; goal G15
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
ITEMS = tuple(f"data.item{number}" for number in range(33))
TOGETHER = 200  # check-ins that one tick opens

Sizes = dict[str, int]
T = TypeVar("T")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    pilots, weeks = (int(argument) for argument in [*arguments, "100", "130"][:2])
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/rampcheck.db"
        migrate.upgrade(url)
        report("SQLite", *filled(url, pilots, weeks, sqlite_sizes))
    with running_postgres(
        Path(tempfile.gettempdir()) / f"rampcheck-bench-{os.getpid()}", fast=False
    ) as server:
        report("PostgreSQL", *filled(database(server, TEMPLATE), pilots, weeks, postgres_sizes))


def filled(
    url: str, pilots: int, weeks: int, measure: Callable[[str], Sizes]
) -> tuple[int, int, Sizes, float]:
    """Check-ins and answers stored, bytes by table and index, seconds."""
    store = open_store(url)
    began = time.perf_counter()
    fill(store, pilots, weeks, Autovacuum(url))
    seconds = time.perf_counter() - began
    store.close()
    ((checkins, answers),) = raw(url, "SELECT (SELECT count(*) FROM checkin), (SELECT count(*) FROM answer)")
    return checkins, answers, measure(url), seconds


def fill(store: Store, pilots: int, weeks: int, cleaner: Autovacuum) -> None:
    """Some years of one organisation."""
    chance = random.Random(7)
    organisation = store.add_organisation("Acme", "UTC").id
    people = store.write(organisation, lambda unit: settle(unit, pilots))
    for week in range(weeks):
        slot = MONDAY + timedelta(weeks=week)
        asked: list[Checkin] = []
        for some in portions(list(people)):
            asked += store.write(organisation, lambda unit, some=some, slot=slot: opened(unit, some, slot))
        chance.shuffle(asked)
        for checkin in asked:
            seed = chance.randrange(2**32)
            store.write(organisation, lambda unit, one=checkin, seed=seed: finish(unit, one, seed))
        cleaner.week(len(people))


class Autovacuum:
    """PostgreSQL's own, as it would have been in weeks that here take a second: by its rule and our setting."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.live = self.dead = 0

    def week(self, checkins: int) -> None:
        """Each check-in of the week was written once and changed once or twice."""
        self.live += checkins
        self.dead += checkins * 11 // 10
        if self.dead > 50 + 0.02 * self.live and self.url.startswith("postgres"):
            vacuum(self.url)
            self.dead = 0


def vacuum(url: str) -> None:
    """Make the room of rows that are no more usable again; the files do not shrink."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM")


def settle(unit: Unit, pilots: int) -> list[tuple[int, int]]:
    """(pilot, owner) of every pilot."""
    unit.save_connection(Connection(0, "local", "T1"))
    found = []
    for number in range(pilots):
        person = unit.save_person(Person(0, f"Owner {number}"))
        found.append(
            (unit.save_pilot(Pilot(0, f"p{number}", f"Pilot {number}", owner=person.id)).id, person.id)
        )
    return found


def opened(unit: Unit, some: list[tuple[int, int]], slot: datetime) -> list[Checkin]:
    """This week's check-ins, as a tick leaves them."""
    found = []
    for pilot, person in some:
        at = slot + timedelta(seconds=pilot % 900)
        closes = slot + timedelta(days=4)
        questions = tuple(QUESTIONS)
        state = State(Phase.OPEN, person, at, closes, asking=questions, ladder=(closes,), wake_at=closes)
        review = (pilot + slot.day) % 4 == 0
        focus = ITEMS[pilot % 30 :][:4] if review else ()
        checkin = unit.open_checkin(Checkin(0, pilot, "review" if review else "pulse", 1, slot, state, focus))
        assert checkin is not None
        found.append(checkin)
    return found


def finish(unit: Unit, checkin: Checkin, seed: int) -> None:
    """Answered, some days later, by most."""
    chance = random.Random(seed)
    state = replace(checkin.state, asking=(), ladder=(), wake_at=None, revision=1, reminders=seed % 3)
    state = replace(state, said=f"reminder{seed % 3}" if seed % 3 else "invite")
    if chance.random() < 0.04:
        unit.save(replace(checkin, state=replace(state, phase=Phase.EXPIRED, outcome="missed")), was=0)
        return
    at = checkin.slot + timedelta(seconds=chance.randrange(300_000), microseconds=chance.randrange(10**6))
    done = replace(state, phase=Phase.DONE, outcome="answered", done_at=at)
    unit.save(replace(checkin, state=done), was=0)
    unit.keep(Given(checkin.id, name, pick(chance), 1, state.person, at) for name, pick in QUESTIONS.items())
    if chance.random() < 0.1:
        unit.save(replace(checkin, state=replace(done, revision=2)), was=1)
        unit.keep([Given(checkin.id, "pulse.users", 7, 2, state.person, at + timedelta(hours=1))])


def _one_of(*values: Value) -> Callable[[random.Random], Value]:
    return lambda chance: chance.choice(values)


QUESTIONS: dict[str, Callable[[random.Random], Value]] = {
    "pulse.moved": _one_of("forward", "sideways", "blocked", "nothing"),
    "pulse.block": _one_of("security", "data", "people", "budget", "vendor", "nothing"),
    "pulse.users": lambda chance: chance.randrange(200),
    "pulse.date": _one_of("keep", (MONDAY + timedelta(days=200)).date()),
    "data.item1": _one_of("0", "1", "2", "3", "4"),
    "pulse.sure": _one_of("surer", "even", "less"),
}


def portions(everything: list[T]) -> Iterator[list[T]]:
    """In pieces of TOGETHER."""
    for start in range(0, len(everything), TOGETHER):
        yield everything[start : start + TOGETHER]


def sqlite_sizes(url: str) -> Sizes:
    """Bytes of pages by table and index."""
    rows = raw(
        url,
        "SELECT m.tbl_name, s.name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1, 2",
    )
    return {name: size for table, name, size in rows if table in TABLES}


def postgres_sizes(url: str) -> Sizes:
    """Bytes of files by table and index, free space map and the like included."""
    rows = raw(
        url,
        "SELECT t.relname, c.relname, pg_table_size(c.oid) FROM pg_class t"
        " LEFT JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid IN (t.oid, i.indexrelid)"
        " WHERE t.relkind = 'r' GROUP BY 1, 2, c.oid",
    )
    return {name: size for table, name, size in rows if table in TABLES}


def report(name: str, checkins: int, answers: int, sizes: Sizes, seconds: float) -> None:
    """One block of figures."""
    whole = sum(sizes.values())
    print(
        f"{name}: {checkins:,} check-ins, {answers:,} answers, {whole / 1e6:.1f} MB, stored in {seconds:.0f} s"
    )
    for part, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"  {part:<52}{size / answers:>8.1f}")
    verdict = "within" if whole / answers <= MOST[name] else "OVER"
    print(f"  {'bytes an answer':<52}{whole / answers:>8.1f}  {verdict} the goal of {MOST[name]}")


if __name__ == "__main__":
    main(sys.argv[1:])
