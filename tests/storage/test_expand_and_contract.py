"""Each step only adds: what the version of before reads and writes goes on working, and nobody waits for a lock."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.pool import NullPool

from bot.storage import migrate
from bot.storage.database import parsed

pytest_plugins = ["tests.databases"]

STEPS = [step.revision for step in reversed(list(ScriptDirectory(str(migrate.HERE)).walk_revisions()))]
# On a table that was there before, each of these waits for the whole table to be read or written under a lock.
SLOW = re.compile(
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)\S+ ON (?P<index>\w+)"
    r"|ALTER TABLE (?P<table>\w+) (?!.*NOT VALID)"
    r"(ALTER COLUMN .* (TYPE|SET NOT NULL)|ADD CONSTRAINT|DROP|RENAME|ADD COLUMN .*DEFAULT [^'0-9\(]*\()"
    r"|^(UPDATE|DELETE FROM|DROP TABLE|TRUNCATE) (?P<rows>\w+)",
    re.IGNORECASE,
)


def columns(engine: Engine | Connection) -> dict[tuple[str, str], tuple[str, bool]]:
    """(table, column) -> its type, and whether whoever writes a row has to give it."""
    seen = inspect(engine)
    return {
        (table, one["name"]): (str(one["type"]), not one["nullable"] and one["default"] is None)
        for table in seen.get_table_names()
        for one in seen.get_columns(table)
    }


def grown(url: str) -> Iterator[tuple[str, set[str], list[str], dict[tuple[str, str], tuple[str, bool]]]]:
    """Each step taken by itself: its number, the tables of before, what it said, and the columns after it."""
    with migrate._writing(url) as connection:  # one step at a time is no business of the program's
        apart = url.startswith("postgres")  # where each step is stored by itself
        looking = create_engine(parsed(url), poolclass=NullPool) if apart else connection
        said: list[str] = []
        event.listen(
            connection, "before_cursor_execute", lambda *given: said.append(" ".join(given[2].split()))
        )
        for step in STEPS:
            before = {table for table, _ in columns(looking)}
            said.clear()
            command.upgrade(migrate._config(connection), step)  # as above
            yield step, before, list(said), columns(looking)


def test_what_was_there_stays_and_what_is_new_need_not_be_written(blank_url: str) -> None:
    known: dict[tuple[str, str], tuple[str, bool]] = {}
    for step, tables, _, found in grown(blank_url):
        gone = {place for place, kind in known.items() if found.get(place) != kind}
        needed = {place for place in found.keys() - known.keys() if place[0] in tables and found[place][1]}
        assert (step, gone, needed) == (step, set(), set())
        known = found


def test_no_step_holds_up_those_who_use_a_table(blank_postgres_url: str) -> None:
    for step, tables, said, _ in grown(blank_postgres_url):
        slow = [one for one in said if holds_up(one, tables)]
        assert (step, slow) == (step, [])


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX ix_a ON answer (org_id)",
        "ALTER TABLE answer ALTER COLUMN value TYPE TEXT",
        "ALTER TABLE answer ALTER COLUMN value SET NOT NULL",
        "ALTER TABLE answer ADD CONSTRAINT c CHECK (org_id > 0)",
        "ALTER TABLE answer DROP COLUMN value",
        "ALTER TABLE answer ADD COLUMN at TIMESTAMP DEFAULT clock_timestamp()",
        "UPDATE answer SET value = NULL",
    ],
)
def test_a_step_that_would_is_noticed(statement: str) -> None:
    assert holds_up(statement, {"answer"})
    assert not holds_up(statement, {"pilot"}), "a table that is new is nobody's yet"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY ix_a ON answer (org_id)",
        "ALTER TABLE answer ADD COLUMN note TEXT",
        "ALTER TABLE answer ADD COLUMN parts INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE answer ADD CONSTRAINT c CHECK (org_id > 0) NOT VALID",
    ],
)
def test_a_step_that_would_not_is_left_alone(statement: str) -> None:
    assert not holds_up(statement, {"answer"})


def holds_up(statement: str, tables: set[str]) -> bool:
    found = SLOW.search(statement)
    touched = (found["index"] or found["table"] or found["rows"]) if found else ""
    return touched in tables - {"alembic_version"}
