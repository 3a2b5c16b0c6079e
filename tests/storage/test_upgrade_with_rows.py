"""From every earlier version, with rows in every table that it had: nothing is lost, and the program reads it.

One database is taken through all the steps. After each, one more organisation is written into the tables as they are at
that version, so that each step finds rows of every version before it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    Column,
    Connection,
    Table,
    TypeDecorator,
    column,
    create_engine,
    insert,
    inspect,
    select,
)
from sqlalchemy import table as bare

from bot.core.ports import Store, Unit
from bot.core.state import Phase
from bot.storage import migrate, open_store
from bot.storage.columns import JsonText, Moment
from bot.storage.database import parsed
from bot.storage.fields import Row
from tests.storage.scenes import NOW, REPLIES, fill, world
from tests.storage.test_expand_and_contract import STEPS

pytest_plugins = ["tests.databases"]

Rows = Mapping[str, list[Mapping[str, Any]]]
TABLES: Mapping[str, Table] = {table.name: table for table in Row.metadata.sorted_tables}
OF_TYPE: Mapping[type, Any] = {int: 1, str: "x", bool: False, float: 0.5, datetime: NOW, date: NOW.date()}


@pytest.fixture(scope="module")
def known(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of as many organisations as there are versions, each with one of everything, as they are today."""
    sqlite_url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('rows') / 'today.db')}"
    store = open_store(sqlite_url)
    for number, _ in enumerate(STEPS):
        at = world(store, f"Acme {number}", tenant=f"T{number}")
        store.write(at.organisation.id, lambda unit, at=at: fill(unit, at))
    store.close()
    found = dict(read(sqlite_url))
    for name in [name for name in TABLES if not found[name]]:
        found[name] = [made(TABLES[name], number + 1, found) for number, _ in enumerate(STEPS)]
    return found


def made(table: Table, organisation: int, rows: Rows) -> Mapping[str, Any]:
    """A row of a table that `fill` leaves empty: the least that it may be, of an organisation where it has one."""
    return {column.name: _value(column, organisation, rows) for column in table.columns}


def _value(column: Column[Any], organisation: int, rows: Rows) -> Any:
    if column.name == "org_id":
        return organisation
    meant = next((key.column for key in column.foreign_keys if key.column.name != "org_id"), None)
    if meant is not None:
        key = "id" if meant.table.name == "organisation" else "org_id"
        return next(row[meant.name] for row in rows[meant.table.name] if row.get(key) == organisation)
    if column.nullable:
        return None
    if isinstance(column.type, JsonText):
        return {}
    if isinstance(column.type, Moment):
        return NOW
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    usual = OF_TYPE[getattr(kind, "python_type", str)]
    return (f"x{organisation}" if usual == "x" else organisation) if column.primary_key else usual


def read(url: str) -> Rows:
    engine = create_engine(parsed(url))
    with engine.connect() as connection:
        found = {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in TABLES.items()
        }
    engine.dispose()
    return found


def of(number: int, name: str, rows: Rows) -> Iterator[Mapping[str, Any]]:
    """The rows of one organisation in a table; what belongs to none comes with the first."""
    key = "id" if name == "organisation" else "org_id"
    for row in rows[name]:
        if row.get(key, 1) == number + 1:
            yield row


def written(
    connection: Connection, number: int, rows: Rows, there: set[str]
) -> Iterator[tuple[str, Any, set[str]]]:
    """Write an organisation into the tables of now; each row with the columns that it was written with.

    `there` are the tables without an organisation that have theirs already.
    """
    looking = inspect(connection)
    names = set(looking.get_table_names())
    for name, table in TABLES.items():
        if name not in names:
            continue
        columns = {one["name"] for one in looking.get_columns(name)}
        shared = "org_id" not in table.columns and name != "organisation"
        wanted = rows[name] if shared and name not in there else () if shared else of(number, name, rows)
        there |= {name} if shared else set()
        plain = bare(name, *(column(one.name, one.type) for one in table.columns if one.name in columns))
        for row in wanted:
            connection.execute(insert(plain).values({key: row[key] for key in columns & row.keys()}))
            yield name, identity(table, row), columns & row.keys()


def identity(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def test_what_was_written_at_any_version_is_there_and_is_read(blank_url: str, known: Rows) -> None:
    put: list[tuple[str, Any, set[str]]] = []
    there: set[str] = set()
    with migrate._writing(blank_url) as connection:  # one step at a time is no business of the program's
        for number, step in enumerate(STEPS):
            command.upgrade(migrate._config(connection), step)  # as above
            put += written(connection, number, known, there)
            if connection.dialect.name == "postgresql":
                connection.commit()
    assert {name for name, *_ in put} == set(TABLES), "a table without rows would prove nothing"
    now = read(blank_url)
    found = {(name, identity(TABLES[name], row)): row for name, rows in now.items() for row in rows}
    was = {(name, identity(TABLES[name], row)): row for name, rows in known.items() for row in rows}
    lost = [(name, key) for name, key, _ in put if (name, key) not in found]
    changed = [
        (name, key, column)
        for name, key, columns in put
        for column in columns
        if (name, key) in found and found[name, key][column] != was[name, key][column]
    ]
    assert (lost, changed) == ([], [])
    store = open_store(blank_url)
    for number, _ in enumerate(STEPS):
        assert_reads(store, number)
    store.close()


def assert_reads(store: Store, number: int) -> None:
    """The program finds what is in one organisation, whatever version it was written at."""

    def look(unit: Unit) -> None:
        (pilot,) = unit.pilots()
        assert (unit.organisation.name, pilot.name) == (f"Acme {number}", "Invoice matcher")
        assert {person.name for person in unit.people()} == {"Ann Lindqvist", "Bo Strand"}
        (checkin,) = unit.live_checkins(pilot=pilot.id)
        assert (checkin.state.phase, checkin.state.answers) == (Phase.OPEN, REPLIES)
        assert [event.kind for event in unit.events(pilot=pilot.id)] == ["stage", "stage"]
        assert unit.levels(pilot.id)["data.quality"].level == 3
        assert [one.overall for one in unit.snapshots().values()] == [40]
        assert unit.form("pulse", 1) is not None
        assert len(unit.requests(unanswered=False)) == len(unit.subscriptions()) == 1

    store.read(number + 1, look)
