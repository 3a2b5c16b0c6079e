"""What happens to the event log behind Rampcheck's back is found, on both databases."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from bot.core.ports import Store
from bot.core.records import Event
from bot.service import sealing
from bot.storage import open_store

pytest_plugins = ["tests.databases"]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REFUSE = {
    "sqlite": "DROP TRIGGER {0}_UPDATE; DROP TRIGGER {0}_DELETE;",
    "postgres": "SET session_replication_role = replica",  # of this connection: its database is used again
}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def log(store: Store, organisation: int, *kinds: str) -> None:
    for kind in kinds:
        store.write(organisation, lambda unit, kind=kind: unit.record(Event(kind, NOW, None, after=kind)))


def proof(store: Store, organisation: int, head: str = "") -> sealing.Proof:
    return store.read(organisation, lambda unit: sealing.verify(unit, head=head))


def meddle(url: str, *statements: str) -> None:
    """As somebody would who can reach the database: triggers first."""
    kind = "sqlite" if url.startswith("sqlite") else "postgres"
    direct(url, *(REFUSE[kind].format(name) for name in ("event", "seal")), *statements)


def direct(url: str, *statements: str) -> None:
    """Past Rampcheck."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(";".join(statements))
        return
    with psycopg.connect(url) as server:
        for statement in statements:
            server.execute(statement)  # type: ignore[call-overload]  # a literal of this file


def test_each_organisation_has_a_chain_of_its_own_and_every_event_is_in_it_once(store: Store) -> None:
    one, two = (store.add_organisation(name, "UTC").id for name in ("Acme", "Birch"))
    log(store, one, "a", "b")
    log(store, two, "c")
    assert sealing.seal(store) == 3
    log(store, one, "d")
    assert proof(store, one).waiting == 1
    assert sealing.seal(store) == 1
    assert sealing.seal(store) == 0
    assert [(p.sealed, p.waiting, p.good) for p in (proof(store, one), proof(store, two))] == [
        (3, 0, True),
        (1, 0, True),
    ]


def test_workers_that_seal_at_once_make_one_chain(store: Store) -> None:
    at = store.add_organisation("Acme", "UTC").id
    log(store, at, *"abcdefghij")
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: sealing.seal(store), range(4)))
    found = proof(store, at)
    assert (found.sealed, found.waiting, found.flaws) == (10, 0, ())


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE event SET subject = 'x' WHERE kind = 'b'", "Event {b} (seal 2, b of"),
        ("DELETE FROM event WHERE kind = 'b'", "Event {b} (seal 2): missing."),
        ("DELETE FROM seal WHERE number = 2", "Seal 2: missing."),
        ("UPDATE seal SET digest = previous WHERE number = 2", "Seal 3: does not follow"),
    ],
)
def test_a_row_that_was_tampered_with_is_named(store: Store, url: str, statement: str, told: str) -> None:
    at = store.add_organisation("Acme", "UTC").id
    log(store, at, "a", "b", "c")
    sealing.seal(store)
    logged = {
        one.event.kind: one.id for _, one in store.read(at, lambda unit: unit.sealed(after=0, limit=9)) if one
    }
    meddle(url, statement)
    found = proof(store, at)
    assert not found.good
    assert any(flaw.startswith(told.format(b=logged["b"])) for flaw in found.flaws), found.flaws


def test_two_rows_that_changed_places_are_named(store: Store, url: str) -> None:
    at = store.add_organisation("Acme", "UTC").id
    log(store, at, "a", "b", "c")
    sealing.seal(store)
    first, _, third = (one.id for _, one in store.read(at, lambda unit: unit.sealed(after=0, limit=9)) if one)
    places = ((first, 9999), (third, first), (9999, third))
    moves = [f"UPDATE event SET id = {new} WHERE id = {old}" for old, new in places]
    meddle(url, *moves)
    told = proof(store, at).flaws
    assert [flaw.partition(" (")[0] for flaw in told] == [f"Event {first}", f"Event {third}"]


def test_a_log_cut_short_is_found_by_the_head_that_was_written_down(store: Store, url: str) -> None:
    at = store.add_organisation("Acme", "UTC").id
    log(store, at, "a", "b", "c")
    sealing.seal(store)
    last = proof(store, at).last
    assert last is not None
    assert proof(store, at, last.head).good
    meddle(url, "DELETE FROM seal WHERE number = 3", "DELETE FROM event WHERE kind = 'c'")
    assert proof(store, at).good  # nothing is left that could tell
    assert not proof(store, at, last.head).good


def test_a_seal_is_neither_changed_nor_deleted_by_us(store: Store, url: str) -> None:
    at = store.add_organisation("Acme", "UTC").id
    log(store, at, "a")
    sealing.seal(store)
    with pytest.raises((sqlite3.Error, psycopg.Error), match="append-only"):
        direct(url, "DELETE FROM seal")
