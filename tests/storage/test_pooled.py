"""Behind a pooler that hands connections on after each transaction: the same promises, and plain words where not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from bot.core.records import Person
from bot.storage import migrate, open_store, postgres
from bot.storage.database import parsed
from bot.storage.errors import StorageError
from bot.storage.store import SqlStore
from tests.storage.pooler import CONNECTIONS, NO_POOLER, pooler_before, program
from tests.storage.scenes import NOW, enqueue, message, world

pytest_plugins = ["tests.databases"]
pytestmark = [pytest.mark.postgres, pytest.mark.skipif(not program(), reason=NO_POOLER)]

AT_ONCE = 4 * CONNECTIONS
PREPARED_AFTER = 5  # psycopg prepares a statement that it ran as often on one connection


@pytest.fixture
def pooled_url(postgres_url: str) -> Iterator[str]:
    with pooler_before(postgres_url) as url:
        yield url


def test_units_of_work_share_a_few_connections_and_see_only_what_is_theirs(pooled_url: str) -> None:
    store = open_store(pooled_url)
    assert isinstance(store, SqlStore)
    places = [store.add_organisation(f"House {nth}", "UTC").id for nth in range(AT_ONCE)]

    def live(place: int) -> list[str]:
        for nth in range(2 * PREPARED_AFTER):
            store.write(place, lambda unit, nth=nth: unit.save_person(Person(0, f"{place}-{nth}")))
        return [person.name for person in store.read(place, lambda unit: unit.people())]

    with ThreadPoolExecutor(AT_ONCE) as several:
        for place, names in zip(places, several.map(live, places), strict=True):
            assert sorted(names) == sorted(f"{place}-{nth}" for nth in range(2 * PREPARED_AFTER))
    store.close()


def test_messages_are_leased_through_it_once_each(pooled_url: str) -> None:
    stores = [open_store(pooled_url) for _ in range(3)]
    at = world(stores[0])
    wanted = [f"k{nth}" for nth in range(3 * PREPARED_AFTER)]
    rooms = [replace(at.address, conversation=f"room of {key}") for key in wanted]
    enqueue(stores[0], at, *(message(at, key, address=room) for key, room in zip(wanted, rooms, strict=True)))
    with ThreadPoolExecutor(3) as several:
        parts = several.map(lambda one: one.outbox.lease(NOW, limit=len(wanted), hold=60), stores)
        leased = [each.message.key for part in parts for each in part]
    assert sorted(leased) == sorted(wanted)
    for one in stores:
        one.close()


def test_a_transaction_is_told_what_a_session_cannot_be(pooled_url: str) -> None:
    database = postgres.Postgres(parsed(pooled_url))
    for name, value in (("statement_timeout", "30s"), ("jit", "off"), ("timezone", "UTC")):
        assert (
            database.read(lambda connection, name=name: connection.exec_driver_sql(f"SHOW {name}").scalar())
            == value
        )
    database.close()


def test_a_pooler_that_nobody_told_of_is_recognised(pooled_url: str) -> None:
    untold = make_url(pooled_url).difference_update_query(["pooler"]).render_as_string(hide_password=False)
    with pytest.raises(StorageError, match=r"add \?pooler=transaction to DATABASE_URL"):
        open_store(untold)
    with pytest.raises(StorageError, match="add"):  # what `doctor` asks
        migrate.current(untold)


def test_the_tables_are_looked_at_through_it_but_not_changed(pooled_url: str) -> None:
    assert not migrate.pending(pooled_url)
    with pytest.raises(StorageError, match="with the server's own address"):
        migrate.upgrade(pooled_url)


def test_another_way_of_pooling_is_not_guessed() -> None:
    with pytest.raises(StorageError, match="Write pooler=transaction, or leave it out"):
        open_store("postgresql://localhost/rampcheck?pooler=statement")
