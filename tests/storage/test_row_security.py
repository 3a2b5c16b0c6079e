"""PostgreSQL's own lock between organisations: what forgets to say for whom it works sees nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from sqlalchemy import insert

from bot.core.ports import MessageRef, Store
from bot.core.records import Person
from bot.storage import migrate, open_store
from bot.storage.errors import StorageError
from bot.storage.fields import Row, table
from bot.storage.scope import Scope
from bot.storage.statements import Mine
from bot.storage.tables import PersonRow
from tests.storage.scenes import HOUR, NOW, World, enqueue, fill, message, raw, world

pytest_plugins = ["tests.databases"]
pytestmark = pytest.mark.postgres
ROLE = "rampcheck_app"
# As docs/how-to/use-postgres.md has it.
GRANTS = f"""
DO $$ BEGIN CREATE ROLE {ROLE} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
"""
TENANTS = sorted(each.name for each in Row.metadata.sorted_tables if "org_id" in each.c)


@pytest.fixture
def bound_url(postgres_url: str) -> str:
    """The same database for a role that does not own its tables."""
    raw(postgres_url, GRANTS)
    return as_bound(postgres_url)


def as_bound(url: str) -> str:
    """The URL for the role that does not own the tables."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{ROLE}@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture
def store(bound_url: str) -> Iterator[Store]:
    opened = open_store(bound_url)
    yield opened
    opened.close()


def counts(url: str, setting: str = "") -> dict[str, int]:
    """How many rows of each table somebody sees."""
    with psycopg.connect(url) as connection:
        if setting:
            connection.execute(f"SET LOCAL rampcheck.organisation = '{setting}'")  # type: ignore[call-overload]  # of this file
        return {name: _count(connection, name) for name in TENANTS}


def _count(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # type: ignore[call-overload]  # as above
    return int(row[0]) if row else 0


def test_every_table_of_organisations_has_the_policy(postgres_url: str) -> None:
    locked = raw(
        postgres_url,
        "SELECT tablename FROM pg_policies JOIN pg_class ON relname = tablename"
        " WHERE policyname = 'tenant' AND relrowsecurity ORDER BY 1",
    )
    assert [row[0] for row in locked] == TENANTS, "a step that adds a table gives it the policy (0024)"


def test_a_statement_that_says_nothing_sees_nothing_and_one_that_does_only_its_own(
    store: Store, bound_url: str
) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    for at in (one, two):
        store.write(at.organisation.id, lambda unit, at=at: fill(unit, at))
    assert set(counts(bound_url).values()) == {0}
    assert set(counts(bound_url, "0").values()) == {0}
    everything, own = counts(bound_url, "*"), counts(bound_url, str(one.organisation.id))
    other = counts(bound_url, str(two.organisation.id))
    assert {name: own[name] + other[name] for name in TENANTS} == everything
    assert own["person"] == other["person"] == 2
    assert sum(1 for name in TENANTS if own[name]) > len(TENANTS) * 2 / 3, "most tables have rows to hide"


def test_a_unit_whose_statement_forgets_the_organisation_reaches_no_other(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")

    def names(unit: Scope) -> list[str]:
        found = unit._connection.exec_driver_sql("SELECT name FROM person ORDER BY id")  # past the first lock
        return [row[0] for row in found]

    assert store.read(one.organisation.id, names) == ["Ann Lindqvist", "Bo Strand"]  # type: ignore[arg-type]  # a Scope

    with pytest.raises(StorageError):
        store.write(one.organisation.id, lambda unit: _into(unit, two))
    assert len(store.read(two.organisation.id, lambda unit: unit.people())) == 2


def _into(unit: object, other: World) -> None:
    """A row for another organisation, past the first lock."""
    statement = insert(table(PersonRow))
    values = {"org_id": other.organisation.id, "name": "Eve", "email": "", "zone": "", "standing": "member"}
    rest = {"active": True, "folded": "eve"}
    assert isinstance(unit, Scope)
    unit._run(Mine(statement, statement, frozenset({"person"})), values | rest)


def test_what_serves_everybody_still_does(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    for at in (one, two):
        enqueue(store, at, message(at, "hello"))
    leased = store.outbox.lease(NOW + HOUR, limit=9, hold=9)
    assert {each.organisation for each in leased} == {one.organisation.id, two.organisation.id}
    assert all(store.outbox.sent(each, MessageRef("D1", "1"), NOW + HOUR) for each in leased)
    assert store.letters.backlog(NOW + HOUR).due == 0
    assert store.organisation_of("local", "T2") == (two.organisation.id, two.connection.id)
    assert store.connection(one.connection.id) == (one.organisation.id, one.connection)


def test_doctor_can_tell_whether_it_holds(postgres_url: str, bound_url: str) -> None:
    assert migrate.is_bound(bound_url)
    assert not migrate.is_bound(postgres_url)


def test_the_owner_of_the_tables_is_not_bound_so_that_backups_are_whole(postgres_url: str) -> None:
    owner = open_store(postgres_url)
    at = world(owner)
    owner.write(at.organisation.id, lambda unit: unit.save_person(Person(0, "Cleo")))
    owner.close()
    assert counts(postgres_url)["person"] == 3
