"""What an answered screen costs: the click of "Send" received, five answers stored, the pilot judged anew, committed.

One caller alone, and sixteen at once: on SQLite what waits together is committed together. Beside it, in the same
rounds, the least that any database work can be: one row read by its key, one inserted, committed, by the bare driver
on a database of its own that is as durable.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from bot.core.ports import Clicked, Reply, Update
from bot.core.records import PilotId
from bot.storage.errors import Busy
from bot.storage.sqlite import WRITING
from tests.bench.crowd import Crowd, crowd, submit
from tests.bench.places import SQLITE, each_database
from tests.bench.rounds import Figure, interleaved, latency, ratio, spread, timed
from tests.bench.status import heard
from tests.fakes.office import CALM

CALLERS = 16
ALONE, TOGETHER, BARE = 32, 64, 200  # transactions of one round
ROWS = 20_000  # in the bare table, so that its index has some depth


def figures() -> Iterator[Figure]:
    """The measures on both databases."""
    for name, url in each_database():
        with crowd(url) as found, closing(bare_sqlite(url) if name == SQLITE else bare_postgres(url)) as bare:
            yield from measured(name, Answering(found), bare)


def measured(name: str, answering: Answering, bare: Any) -> Iterator[Figure]:
    """The measures on one database."""
    rows = interleaved(answering.alone, answering.together, lambda: bare_transactions(bare, name) / BARE)
    yield latency(f"answered screen, {name}", answering.one_by_one[ALONE:])
    yield latency(f"answered screen, {CALLERS} callers at once, {name}", answering.at_once[TOGETHER:])
    yield spread(f"answered screens a second, {CALLERS} callers, {name}", [1 / row[1] for row in rows], "/s")
    yield ratio(f"answered screen / bare read, insert, commit, {name}", [(row[0], row[2]) for row in rows])
    yield ratio(f"the same, of {CALLERS} callers at once, {name}", [(row[1], row[2]) for row in rows])
    yield Figure(f"refused as too busy and sent again, {name}", str(answering.refused))
    yield Figure(f"statements of an answered screen, {name}", str(len(heard(answering.answer))))


class Answering:
    """Owners who answer what they are asked, each once."""

    def __init__(self, found: Crowd) -> None:
        self.crowd = found
        self._waiting = iter(found.asked)
        self.one_by_one: list[float] = []
        self.at_once: list[float] = []
        self.refused = 0

    def alone(self) -> float:
        """Seconds an answer, one after the other."""
        taken = [self.answer() for _ in range(ALONE)]
        self.one_by_one += taken
        return sum(taken) / ALONE

    def together(self) -> float:
        """Seconds an answer, whole time by number, with CALLERS at once."""
        pilots = [next(self._waiting) for _ in range(TOGETHER)]
        with ThreadPoolExecutor(CALLERS) as callers:
            began = time.perf_counter()
            self.at_once += callers.map(self.answer, pilots)
            return (time.perf_counter() - began) / TOGETHER

    def answer(self, pilot: PilotId | None = None) -> float:
        """Seconds until an answer is acknowledged; the next pilot's where none is named."""
        pilot = pilot or next(self._waiting)
        click = Clicked(submit(self.crowd.office, self.crowd.asked[pilot]), CALM)
        began = time.perf_counter()
        reply = self._press(pilot, click)
        taken = time.perf_counter() - began
        assert isinstance(reply, Update), reply  # else nothing was measured
        return taken

    def _press(self, pilot: PilotId, click: Clicked) -> Reply:
        """Press until it is taken: who is told that too much is going on presses again, and it counts as one."""
        while True:
            try:
                return self.crowd.acts(pilot, click)
            except Busy:
                self.refused += 1


# --- the bare driver ------------------------------------------------------------------------------------------------

MAKE = "CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"
READ, ADD = "SELECT text FROM bare WHERE id = {}", "INSERT INTO bare (id, text) VALUES ({}, {})"


def bare_sqlite(url: str) -> sqlite3.Connection:
    """A connection to a file beside the measured one."""
    file = Path(url.removeprefix("sqlite:///")).with_name("bare.db")
    connection = sqlite3.connect(file, isolation_level=None)
    for name, value in WRITING.items():
        connection.execute(f"PRAGMA {name}={value}")
    _fill(connection, MAKE, lambda rows: connection.executemany(ADD.format("?", "?"), rows))
    return connection


def bare_postgres(url: str) -> psycopg.Connection[Any]:
    """A connection to the measured database."""
    connection = psycopg.connect(url, autocommit=True)
    _fill(connection, MAKE, lambda rows: connection.cursor().executemany(ADD.format("%s", "%s"), rows))
    return connection


def _fill(connection: Any, make: str, add: Callable[[list[tuple[int, str]]], object]) -> None:
    connection.execute("BEGIN")
    connection.execute(make)
    add([(number, f"answer {number}") for number in range(ROWS)])
    connection.execute("COMMIT")


def bare_transactions(connection: Any, name: str) -> float:
    """Seconds that BARE transactions take."""
    begin, place = ("BEGIN IMMEDIATE", "?") if name == SQLITE else ("BEGIN", "%s")
    (last,) = connection.execute("SELECT max(id) FROM bare").fetchone()

    def run() -> None:
        for number in range(last + 1, last + 1 + BARE):
            connection.execute(begin)
            connection.execute(READ.format(place), (number % ROWS,)).fetchone()
            connection.execute(ADD.format(place, place), (number, "worked"))
            connection.execute("COMMIT")

    return timed(run)
