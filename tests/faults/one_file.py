"""Rows 6 and 7: another process holds the SQLite file, and the disk is full."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core.records import Person
from bot.storage import migrate
from bot.storage.database import parsed
from bot.storage.errors import StorageError
from bot.storage.sqlite import LOCK_WAIT_MS, Sqlite
from bot.storage.store import SqlStore
from tests.bench.rounds import quantile
from tests.faults.matrix import Row, struck
from tests.storage.scenes import raw

PRESSING, HELD_S = (
    16,
    10.0,
)  # people at once, each again as soon as the last press was answered; and for how long
MOST_S = LOCK_WAIT_MS / 1000 + 0.5  # the time of the lock, and what a busy machine adds
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
input()
"""
BIG = "x" * 4000
PLAIN = ("locked by another program. Close it, then try again", "disk is full: nothing was stored. Make room")


def rows() -> Iterator[Row]:
    yield locked(PRESSING, HELD_S)
    yield full()


def locked(people: int, seconds: float) -> Row:
    """A second process holds the write lock; so many people write and read, one thing after the other."""
    with place() as (store, organisation, url):
        kept = add(store, organisation, "before")
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, url.removeprefix("sqlite:///")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other:
            held = other.stdout.readline().strip() == "held" if other.stdout else False
            waits, reads = pressed(store, organisation, people, seconds)
            other.communicate("\n")
        kept += add(store, organisation, "after")
        found = len(names(store, organisation))
    plain = [wait for wait in waits if wait is not None]
    return Row(
        6,
        f"Another process holds the SQLite file for {seconds:g} s, while {people} people press",
        struck(held * len(waits), "writes while it was held"),
        f"A plain error after {LOCK_WAIT_MS / 1000:g} s, reads go on, nothing half stored",
        f"{len(plain) / len(waits):.0%} refused in plain words, one in a hundred after {quantile(plain, 0.99):.1f} s, "
        f"the slowest after {max(plain):.1f} s; {len(reads):,} of {len(reads):,} read meanwhile, one in a hundred in "
        f"{quantile(reads, 0.99) * 1e3:.0f} ms; {found} of {kept} there afterwards",
        len(plain) == len(waits) and max(plain) <= MOST_S and found == kept == 2,
    )


def pressed(
    store: SqlStore, organisation: int, people: int, seconds: float
) -> tuple[list[float | None], list[float]]:
    """How long each write took to be refused in plain words, None for one that was not; and how long each read took."""
    waits, reads, until = list[float | None](), list[float](), time.perf_counter() + seconds

    def press(who: int) -> None:
        time.sleep(who / people)  # they do not come all at one moment
        while time.perf_counter() < until:
            waits.append(refused(store, organisation, f"refused {who}"))
            began = time.perf_counter()
            names(store, organisation)
            reads.append(time.perf_counter() - began)

    threads = [threading.Thread(target=press, args=(who,)) for who in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, reads


def full() -> Row:
    """The file may grow no further; then there is room again."""
    with place() as (store, organisation, url):
        kept = add(store, organisation, "before")
        grow(store, 4)
        said = sum(refused(store, organisation, f"{number}{BIG}" * 20) is not None for number in range(5))
        read = len(names(store, organisation))
        grow(store, None)
        kept += add(store, organisation, "after")
        found, whole = len(names(store, organisation)), raw(url, "PRAGMA integrity_check")[0][0]
    return Row(
        7,
        "The disk is full",
        struck(said, "writes refused for it"),
        "A plain error, reads go on, it goes on without a restart once there is room",
        f"{kept - found} lost, {read} of 1 read meanwhile, integrity {whole}",
        found == kept == 2 and read == 1 and whole == "ok",
    )


@contextmanager
def place() -> Iterator[tuple[SqlStore, int, str]]:
    """An open store on a file, with an organisation."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'faults.db'}"
        migrate.upgrade(url)
        store = SqlStore(Sqlite(parsed(url)))
        yield store, store.add_organisation("Acme", "Europe/Riga").id, url
        store.close()


def add(store: SqlStore, organisation: int, name: str) -> int:
    """Store somebody; 1, as one more that has to be there."""
    store.write(organisation, lambda unit: unit.save_person(Person(0, name)))
    return 1


def names(store: SqlStore, organisation: int) -> list[str]:
    return [person.name for person in store.read(organisation, lambda unit: unit.people())]


def refused(store: SqlStore, organisation: int, name: str) -> float | None:
    """Seconds until a write was refused in plain words; None where it was stored."""
    began = time.perf_counter()
    try:
        add(store, organisation, name)
    except StorageError as error:
        plain = any(words in str(error) for words in PLAIN)
        return time.perf_counter() - began if plain else None
    return None


def grow(store: SqlStore, pages: int | None) -> None:
    """Let the file grow by so many pages and no further; None for as far as it wants."""

    def work(connection: object) -> None:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]  # a Connection
        most = 1_073_741_823 if pages is None else now + pages
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")  # type: ignore[attr-defined]  # as above

    store._database.write(work)
