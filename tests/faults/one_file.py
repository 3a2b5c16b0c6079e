"""Rows 6 and 7: another process holds the SQLite file, and the disk is full."""

from __future__ import annotations

import subprocess
import sys
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
from tests.faults.matrix import Row, struck
from tests.storage.scenes import raw

WRITES = 3
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
    yield locked(WRITES)
    yield full()


def locked(writes: int) -> Row:
    """A second process holds the write lock; somebody writes, somebody reads."""
    with place() as (store, organisation, url):
        kept = add(store, organisation, "before")
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, url.removeprefix("sqlite:///")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other:
            held = other.stdout.readline().strip() == "held" if other.stdout else False
            took = [refused(store, organisation, f"refused {number}") for number in range(writes)]
            read = len(names(store, organisation))
            other.communicate("\n")
        kept += add(store, organisation, "after")
        found = len(names(store, organisation))
    said = [seconds for seconds in took if seconds is not None]
    return Row(
        6,
        "Another process holds the SQLite file",
        struck(held * writes, "writes while it was held"),
        f"A plain error after {LOCK_WAIT_MS / 1000:g} s, reads go on, nothing half stored",
        f"{len(said)} refused in plain words, the slowest after {max(said, default=0):.1f} s; "
        f"{read} of 1 read meanwhile, {found} of {kept} there afterwards",
        len(said) == writes and read == 1 and found == kept == 2,
    )


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
