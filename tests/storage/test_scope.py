"""A query cannot leave its organisation, and none looks through a whole history: seen in the statements themselves."""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Select, Update, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage import erasing, outbox
from bot.storage.fields import Row, table
from bot.storage.scope import mine, own
from bot.storage.statements import Mine
from bot.storage.tables import AnswerRow, CheckinRow, SubmissionRow

pytest_plugins = ["tests.databases"]

ROOMS = (
    "bundles",
    "checkins",
    "decisions",
    "erasing",
    "foresight",
    "forms",
    "messages",
    "nags",
    "people",
    "pilots",
    "readiness",
    "requests",
    "retaining",
    "seals",
    "seeking",
    "unit",
    "unproven",
    "words",
)
STORAGE = Path(outbox.__file__).parent
GROWING = (
    "checkin",
    "answer",
    "submission",
    "message",
    "snapshot",
    "event",
    "sight",
    "decision",
    "nag",
    "strip",
)

checkin, answer, submission = table(CheckinRow), table(AnswerRow), table(SubmissionRow)


def statements() -> Iterator[tuple[str, Mine]]:
    """Every statement of every room by name."""
    for room in ROOMS:
        for name, value in vars(importlib.import_module(f"bot.storage.{room}")).items():
            several = list(value.items()) if isinstance(value, dict) else [("", value)]
            several = list(enumerate(value)) if isinstance(value, tuple) else several
            yield from ((f"{room}.{name}{key}", each) for key, each in several if isinstance(each, Mine))
    for name, source in erasing.searched().items():
        yield from ((f"erasing.{name}.{use}", getattr(source, use)) for use in ("page", "last", "change"))


def test_a_query_of_tables_is_tied_to_the_organisation_in_each_of_them() -> None:
    both = select(answer.c.value).join_from(submission, answer, answer.c.submission_id == submission.c.id)
    statement = mine(both).sqlite
    text = str(statement.compile(dialect=sqlite.dialect()))
    assert "submission.org_id = ?" in text
    assert "answer.org_id = ?" in text


def test_a_query_inside_a_query_that_forgets_the_organisation_does_not_import() -> None:
    near = checkin.alias("near")
    inner = select(near.c.id).where(near.c.pilot_id == bindparam("pilot"))
    with pytest.raises(AssertionError, match="near"):
        mine(select(checkin).where(checkin.c.id.in_(inner)))
    mine(select(checkin).where(checkin.c.id.in_(inner.where(own(near)))))


def test_every_statement_names_the_organisation_on_both_databases() -> None:
    seen = 0
    for name, statement in statements():
        for dialect, said in (
            (sqlite.dialect(), statement.sqlite),
            (postgresql.dialect(), statement.postgresql),
        ):
            assert "org_id" in str(said.compile(dialect=dialect)), name
            seen += 1
    assert seen > 100


def test_only_the_scope_runs_statements_of_a_unit() -> None:
    """The connection is reached in one file; the outbox and the store serve all organisations and say so."""
    outside = {
        "backup.py",
        "letters.py",
        "scope.py",
        "outbox.py",
        "redraws.py",
        "store.py",
        "tenancy.py",
        "migrate.py",
        "sqlite.py",
        "postgres.py",
    }
    for file in STORAGE.glob("*.py"):
        if file.name not in outside:
            assert not re.search(
                r"_connection\.exec|connection\.execute|exec_driver_sql", file.read_text()
            ), file.name


def test_every_row_belongs_to_an_organisation() -> None:
    without = {each.name for each in Row.metadata.sorted_tables if "org_id" not in each.c}
    assert without == {"organisation", "beat", "oauth_state"}


@pytest.fixture(scope="module")
def planner(sqlite_template: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(sqlite_template)
    yield connection
    connection.close()


def plan(planner: sqlite3.Connection, statement: object) -> list[str]:
    text = str(statement.compile(dialect=sqlite.dialect()))
    text = re.sub(r"\(__\[POSTCOMPILE_\w+\]\)", "(?, ?)", text)
    return [row[3] for row in planner.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?")).fetchall()]


def test_no_statement_looks_through_what_grows(planner: sqlite3.Connection) -> None:
    """Plans without statistics, as a fresh database has them. What waits is in partial indexes and stays small."""
    # Erasing somebody looks through everything, a page at a time.
    meant = {"erasing.DROP_SIGHTS", "retaining.DROP_SIGHTS"} | {
        f"erasing.{name}.last" for name in erasing.searched()
    }
    meant |= {"checkins.LIVE_CHECKINS(False, False)", "decisions.DECISIONSfrozenset()"} | {
        f"pilots.EVENTS{key}" for key in ((False, a, b) for a in (0, 1, 2) for b in (False, True))
    }
    everything = [(name, each.sqlite) for name, each in statements()]
    everything += [
        (name, value)
        for name, value in vars(outbox).items()
        if name.isupper() and isinstance(value, Select | Update)
    ]
    assert len(everything) > 60
    for name, statement in everything:
        for step in plan(planner, statement):
            for grown in GROWING:
                assert not re.match(rf"SCAN {grown}\b(?! USING INDEX ix_message_due)", step), (
                    f"{name}: {step}"
                )
                if name not in meant:
                    assert not re.match(rf"SEARCH {grown}\b.*\(org_id=\?\)$", step), f"{name}: {step}"
