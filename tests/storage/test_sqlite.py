"""What SQLite's writer thread promises when things go wrong: nothing acknowledged is lost, and it works again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.core.ports import Store, Unit
from bot.core.records import Organisation, Person
from bot.storage import open_store, sqlite
from bot.storage.errors import Busy, StorageError
from bot.storage.store import SqlStore
from tests.storage.scenes import NOW, raw

pytest_plugins = ["tests.databases"]

ROOT = Path(sqlite.__file__).parents[2]
PATIENCE = 30.0  # seconds; a slow machine is not a failure


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlStore]:
    opened = open_store(sqlite_url)
    assert isinstance(opened, SqlStore)
    yield opened
    opened.close()


@pytest.fixture
def acme(store: Store) -> Organisation:
    return store.add_organisation("Acme", "UTC")


def add(store: Store, at: Organisation, name: str) -> int:
    return store.write(at.id, lambda unit: unit.save_person(Person(0, name))).id


def names(store: Store, at: Organisation) -> list[str]:
    return [person.name for person in store.read(at.id, lambda unit: unit.people())]


@contextmanager
def held_up(store: Store, at: Organisation) -> Iterator[None]:
    """The writer thread is kept inside a unit: whatever comes now has to queue."""
    inside, go_on = threading.Event(), threading.Event()

    def work(_: Unit) -> None:
        inside.set()
        assert go_on.wait(PATIENCE)

    holder = threading.Thread(target=lambda: store.write(at.id, work))
    holder.start()
    assert inside.wait(PATIENCE)
    yield
    go_on.set()
    holder.join(PATIENCE)


def queued(store: SqlStore, count: int) -> None:
    """Wait until so many units are in the queue."""
    writer = store._database._writer
    end = time.monotonic() + PATIENCE
    while writer._waiting.qsize() < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def start(count: int, work: object) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads


# --- settings -------------------------------------------------------------------------------------------------------


def test_the_writer_and_the_readers_are_set_as_meant(store: SqlStore) -> None:
    def pragma(name: str) -> tuple[object, object]:
        def look(connection: object) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        return store._database.write(look), store._database.read(look)

    assert pragma("journal_mode") == ("wal", "wal")
    assert pragma("synchronous")[0] == 2
    assert pragma("foreign_keys")[0] == 1
    assert pragma("query_only") == (0, 1)
    assert pragma("busy_timeout") == (sqlite.LOCK_WAIT_MS, sqlite.LOCK_WAIT_MS)


def test_a_second_writing_process_is_refused_and_readers_are_not(
    store: Store, acme: Organisation, sqlite_url: str
) -> None:
    with pytest.raises(
        StorageError, match=r"Another Rampcheck process is writing to rampcheck\.db\. Stop it first"
    ):
        open_store(sqlite_url)
    reader = open_store(sqlite_url, read_only=True)
    assert reader.organisations() == [acme]
    with pytest.raises(StorageError, match="for reading only"):
        add(reader, acme, "Cleo")
    reader.close()


def test_another_process_may_write_after_a_close(store: Store, sqlite_url: str) -> None:
    store.close()
    open_store(sqlite_url).close()


# --- the queue ------------------------------------------------------------------------------------------------------


def test_units_that_wait_together_are_committed_together(store: SqlStore, acme: Organisation) -> None:
    commits = []
    event.listen(store._database._writer._engine, "commit", commits.append)
    with held_up(store, acme):
        threads = start(10, lambda number: add(store, acme, f"P{number}"))
        queued(store, 10)
    for thread in threads:
        thread.join(PATIENCE)
    assert len(commits) == 2
    assert len(names(store, acme)) == 10


def test_past_a_bound_a_unit_is_refused_at_once_and_nothing_of_it_is_stored(
    store: SqlStore, acme: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MOST_WAITING", 3)
    with held_up(store, acme):
        threads = start(3, lambda number: add(store, acme, f"P{number}"))
        queued(store, 3)
        with pytest.raises(Busy, match="Try again in a moment"):
            add(store, acme, "too many")
    for thread in threads:
        thread.join(PATIENCE)
    assert names(store, acme) == ["P0", "P1", "P2"]
    add(store, acme, "P3")


def test_a_unit_inside_a_unit_is_a_mistake_that_is_said(store: Store, acme: Organisation) -> None:
    with pytest.raises(RuntimeError, match="may not begin another one"):
        store.write(acme.id, lambda unit: add(store, acme, "inner"))
    assert add(store, acme, "after")


def test_closing_finishes_what_was_accepted_and_refuses_the_rest(
    store: SqlStore, acme: Organisation, sqlite_url: str
) -> None:
    with held_up(store, acme):
        threads = start(5, lambda number: add(store, acme, f"P{number}"))
        queued(store, 5)
        closing = threading.Thread(target=store.close)
        closing.start()
        queued(store, 6)  # the last word
        with pytest.raises(StorageError, match="was closed"):
            add(store, acme, "too late")
    for thread in (*threads, closing):
        thread.join(PATIENCE)
    assert raw(sqlite_url, "SELECT count(*) FROM person") == [(5,)]


def test_after_a_close_nothing_is_read_and_a_second_close_changes_nothing(
    store: Store, acme: Organisation
) -> None:
    store.close()
    store.close()
    with pytest.raises(StorageError, match="was closed"):
        names(store, acme)


def test_whatever_a_unit_raises_reaches_its_caller_and_the_thread_lives_on(
    store: Store, acme: Organisation
) -> None:
    for error in (ValueError("mine"), SystemExit(3), KeyboardInterrupt()):

        def fail(_: Unit, error: BaseException = error) -> None:
            raise error

        with pytest.raises(type(error)):
            store.write(acme.id, fail)
    assert add(store, acme, "after")


# --- faults ---------------------------------------------------------------------------------------------------------

WRITES = """
import sys, threading
from bot.core.records import Person
from bot.storage import open_store
store = open_store(sys.argv[1])
gate = threading.Lock()
def work(thread):
    for number in range(100_000):
        name = f"{thread}-{number}"
        store.write(1, lambda unit: [unit.save_person(Person(0, name)), unit.save_person(Person(0, name + "b"))])
        with gate:
            print(name, flush=True)
for thread in range(4):
    threading.Thread(target=work, args=(thread,), daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_kill_nine_loses_nothing_that_was_acknowledged_and_leaves_nothing_half_done(
    store: Store, acme: Organisation, sqlite_url: str
) -> None:
    store.close()
    acknowledged: list[str] = []
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES, sqlite_url],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        acknowledged += [process.stdout.readline().strip() for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
        acknowledged += [line.strip() for line in rest if line.endswith("\n")]
        process.wait(PATIENCE)
        process.stdout.close()
        raw(sqlite_url, "UPDATE person SET name = 'old-' || name WHERE name NOT LIKE 'old-%'")
        acknowledged = [name if name.startswith("old-") else f"old-{name}" for name in acknowledged]
    found = [name for (name,) in raw(sqlite_url, "SELECT name FROM person")]
    assert len(acknowledged) >= 600
    assert set(acknowledged) <= set(found)
    assert {name for name in found if not name.endswith("b")} == {
        name[:-1] for name in found if name.endswith("b")
    }
    assert raw(sqlite_url, "PRAGMA integrity_check") == [("ok",)]
    open_store(sqlite_url).close()


def test_a_database_locked_by_another_program_is_said_within_two_seconds_and_reads_go_on(
    store: Store, acme: Organisation, sqlite_url: str
) -> None:
    add(store, acme, "before")
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StorageError, match="locked by another program"):
        add(store, acme, "refused")
    assert sqlite.LOCK_WAIT_MS / 1000 <= time.monotonic() - began + 0.1 < 10
    assert names(store, acme) == ["before"]
    other.execute("ROLLBACK")
    other.close()
    add(store, acme, "after")
    assert names(store, acme) == ["after", "before"]


class Held:
    """An engine whose lock somebody else has: beginning takes until told, and fails."""

    def __init__(self) -> None:
        self.begun = 0
        self.waits, self.time_is_up = threading.Event(), threading.Event()

    def begin(self) -> None:
        self.begun += 1
        self.waits.set()
        assert self.time_is_up.wait(PATIENCE)
        raise sqlite3.OperationalError("database is locked")

    def dispose(self) -> None:
        pass


def test_whoever_comes_while_another_waits_for_a_lock_is_told_with_him() -> None:
    held, refused = Held(), list[int]()
    writer = sqlite.Writer(held)

    def press(number: int) -> None:
        with pytest.raises(StorageError):
            writer.run(lambda _: None)
        refused.append(number)

    threads = start(1, press)
    assert held.waits.wait(PATIENCE)
    threads += start(2, press)
    end = time.monotonic() + PATIENCE
    while writer._waiting.qsize() < 2 and time.monotonic() < end:
        time.sleep(0.001)
    held.time_is_up.set()
    for thread in threads:
        thread.join(PATIENCE)
    writer.close()
    assert len(refused) == 3
    assert held.begun == 1, "nobody waits a second time"


def limit_pages(store: SqlStore, more: int | None) -> None:
    """Let the file grow by so many pages and no further; None for as far as it wants."""

    def work(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        most = 1_073_741_823 if more is None else pages + more
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    store._database.write(work)


def test_a_full_disk_is_said_nothing_is_half_stored_and_room_is_enough_to_go_on(
    store: SqlStore, acme: Organisation, sqlite_url: str
) -> None:
    add(store, acme, "before")
    limit_pages(store, 2)
    with pytest.raises(StorageError, match=r"disk is full: nothing was stored\. Make room"):
        store.write(acme.id, lambda unit: [unit.save_person(Person(0, f"{n}" * 500)) for n in range(100)])
    assert names(store, acme) == ["before"]
    limit_pages(store, None)
    add(store, acme, "after")
    assert names(store, acme) == ["after", "before"]
    assert raw(sqlite_url, "PRAGMA integrity_check") == [("ok",)]


def test_one_who_fills_the_disk_does_not_take_his_neighbours_with_him(
    store: SqlStore, acme: Organisation
) -> None:
    limit_pages(store, 8)
    results: dict[int, object] = {}

    def work(number: int) -> None:
        try:
            results[number] = add(store, acme, "x" * 100_000 if number == 2 else f"P{number}")
        except StorageError as error:
            results[number] = str(error)

    with held_up(store, acme):
        threads = start(5, work)
        queued(store, 5)
    for thread in threads:
        thread.join(PATIENCE)
    assert [number for number, result in sorted(results.items()) if isinstance(result, str)] == [2]
    assert names(store, acme) == ["P0", "P1", "P3", "P4"]


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Dear diary, " * 1000)
    with pytest.raises(StorageError, match=r"not an SQLite database\. Check DATABASE_URL"):
        open_store(f"sqlite:///{tmp_path / 'notes.db'}", read_only=True)
    with pytest.raises(StorageError, match="not an SQLite database"):
        open_store(f"sqlite:///{tmp_path / 'notes.db'}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("mysql://u:secret@h/db", "mysql databases are not supported"),
        ("secret nonsense", "not a database URL"),
        ("", "not a database URL"),
    ],
)
def test_a_url_that_means_nothing_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as refused:
        open_store(url)
    assert "secret" not in str(refused.value)


def test_a_relative_file_stays_the_same_when_the_folder_changes(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///rampcheck.db")
    monkeypatch.chdir("/")
    store.beat("w", NOW)
    assert store.beats() == {"w": NOW}
    store.close()
