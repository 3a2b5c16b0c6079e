"""What storage promises when PostgreSQL is slow, gone, restarted or contradicts: plain words, and it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest

from bot.core.ports import Unit
from bot.core.records import Organisation, Person
from bot.storage import migrate, open_store, postgres
from bot.storage.errors import Busy, Conflict, StorageError
from bot.storage.store import SqlStore
from tests.storage.scenes import NOW, raw

pytest_plugins = ["tests.databases"]
pytestmark = pytest.mark.postgres

END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def store(postgres_url: str) -> Iterator[SqlStore]:
    opened = open_store(postgres_url)
    assert isinstance(opened, SqlStore)
    yield opened
    opened.close()


@pytest.fixture
def acme(store: SqlStore) -> Organisation:
    return store.add_organisation("Acme", "UTC")


def add(store: SqlStore, at: Organisation, name: str) -> int:
    return store.write(at.id, lambda unit: unit.save_person(Person(0, name))).id


def names(store: SqlStore, at: Organisation) -> list[str]:
    return [person.name for person in store.read(at.id, lambda unit: unit.people())]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_url_is_taken(postgres_url: str, scheme: str) -> None:
    store = open_store(f"{scheme}:{postgres_url.partition(':')[2]}")
    assert store.organisations() == []
    store.close()


def test_connections_that_broke_meanwhile_are_replaced_without_a_word(
    store: SqlStore, acme: Organisation, postgres_url: str
) -> None:
    add(store, acme, "before")
    raw(postgres_url, END_ALL)
    add(store, acme, "between")
    raw(postgres_url, END_ALL)
    assert names(store, acme) == ["before", "between"]
    assert store.outbox.lease(NOW, limit=1, hold=1) == []


def test_a_server_that_is_away_is_said_and_the_pool_recovers(
    store: SqlStore, acme: Organisation, postgres_server: str, postgres_url: str
) -> None:
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    admin = postgres_server.replace("?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        for _ in range(3):
            with pytest.raises(StorageError, match=r"cannot be reached\. Check that it runs"):
                add(store, acme, "lost")
            with pytest.raises(StorageError, match="cannot be reached"):
                names(store, acme)
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    add(store, acme, "after")
    assert names(store, acme) == ["after"]


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(StorageError, match="cannot be reached") as refused:
        open_store("postgresql://me:secret@127.0.0.1:1/rampcheck")
    assert "secret" not in str(refused.value)
    with pytest.raises(StorageError, match="cannot be reached"):
        migrate.upgrade("postgresql://me:secret@127.0.0.1:1/rampcheck")


def test_a_connection_that_breaks_in_a_unit_runs_it_again(
    store: SqlStore, acme: Organisation, postgres_url: str
) -> None:
    runs: list[int] = []

    def work(unit: Unit) -> int:
        runs.append(1)
        person = unit.save_person(Person(0, "Cleo"))
        if len(runs) == 1:
            raw(postgres_url, END_ALL)
        return len(unit.people()) + person.id * 0

    assert store.write(acme.id, work) == 1
    assert (len(runs), names(store, acme)) == (2, ["Cleo"])


def test_a_connection_that_breaks_at_the_commit_is_said_and_nothing_is_run_twice(
    store: SqlStore, acme: Organisation, postgres_url: str
) -> None:
    runs: list[int] = []

    def work(unit: Unit) -> None:
        runs.append(1)
        unit.save_person(Person(0, "Cleo"))
        raw(postgres_url, END_ALL)

    with pytest.raises(StorageError, match="look whether it was stored"):
        store.write(acme.id, work)
    assert runs == [1]
    add(store, acme, "after")


def test_when_every_connection_is_in_use_it_says_busy_within_its_patience(
    store: SqlStore, acme: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, holding = threading.Event(), threading.Barrier(postgres.CONNECTIONS + 1)

    def occupy() -> None:
        def work(_: Unit) -> None:
            holding.wait(30)
            assert hold.wait(30)

        store.write(acme.id, work)

    threads = [threading.Thread(target=occupy) for _ in range(postgres.CONNECTIONS)]
    for thread in threads:
        thread.start()
    holding.wait(30)
    began = time.monotonic()
    with pytest.raises(Busy, match="Every connection to the database is in use"):
        add(store, acme, "one too many")
    assert postgres.POOL_WAIT_S - 0.1 <= time.monotonic() - began < 10
    hold.set()
    for thread in threads:
        thread.join()
    add(store, acme, "after")


def test_what_loses_a_race_begins_again_and_sees_what_the_other_did(
    store: SqlStore, acme: Organisation, postgres_url: str
) -> None:
    person = add(store, acme, "Cleo")
    seen: list[str] = []

    def work(unit: Unit) -> None:
        found = unit.person(person)
        assert found is not None
        seen.append(found.name)
        if len(seen) == 1:
            raw(postgres_url, "UPDATE person SET name = 'Changed by another process'")
        unit.save_person(Person(person, f"{found.name}!"))

    store.write(acme.id, work)
    assert seen == ["Cleo", "Changed by another process"]
    assert names(store, acme) == ["Changed by another process!"]


def test_what_loses_every_race_is_said(store: SqlStore, acme: Organisation, postgres_url: str) -> None:
    person = add(store, acme, "Cleo")
    runs: list[int] = []

    def work(unit: Unit) -> None:
        runs.append(1)
        assert unit.person(person) is not None
        raw(postgres_url, "UPDATE person SET zone = zone || 'x'")
        unit.save_person(Person(person, "never"))

    with pytest.raises(Conflict, match=r"same moment\. Try again"):
        store.write(acme.id, work)
    assert len(runs) == postgres.TRIES
    assert names(store, acme) == ["Cleo"]


def test_a_read_sees_one_moment(store: SqlStore, acme: Organisation, postgres_url: str) -> None:
    def look(unit: Unit) -> tuple[int, int]:
        before = len(unit.people())
        add(store, acme, "meanwhile")
        return before, len(unit.people())

    assert store.read(acme.id, look) == (0, 0)
    assert names(store, acme) == ["meanwhile"]


def test_after_a_close_nothing_is_done(store: SqlStore, acme: Organisation) -> None:
    store.close()
    for work in (lambda: names(store, acme), lambda: add(store, acme, "x"), lambda: store.beat("w", NOW)):
        with pytest.raises(StorageError, match="was closed"):
            work()


def test_a_database_that_is_not_there_is_said(postgres_server: str) -> None:
    with pytest.raises(StorageError, match=r"cannot be reached|no such database"):
        open_store(postgres_server.replace("?", f"/{quote('not there')}?"))


def test_a_reader_cannot_write(store: SqlStore, acme: Organisation, postgres_url: str) -> None:
    reader = open_store(postgres_url, read_only=True)
    assert reader.organisations() == [acme]
    with pytest.raises(StorageError, match="for reading only"):
        reader.beat("w", NOW)
    reader.close()
