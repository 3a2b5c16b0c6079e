"""The steps make exactly the tables that the program means, from anywhere, any number of times."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from bot.storage import migrate, open_store
from bot.storage.database import parsed
from bot.storage.errors import StorageError
from bot.storage.fields import Row
from bot.storage.migrations import HEAD
from tests.storage.scenes import raw

pytest_plugins = ["tests.databases"]

ROOT = Path(migrate.__file__).parents[2]
CATALOGUE = """
SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
    || coalesce(collation_name, '') FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
"""


def test_an_upgrade_makes_every_table_and_a_second_one_changes_nothing(blank_url: str) -> None:
    migrate.upgrade(blank_url)
    made = catalogue(blank_url)
    migrate.upgrade(blank_url)
    assert catalogue(blank_url) == made
    assert (migrate.current(blank_url), migrate.pending(blank_url)) == (HEAD, [])
    assert {name for _, name, *_ in made} >= {each.name for each in Row.metadata.sorted_tables}


def test_autogenerate_finds_no_difference(database_url: str) -> None:
    assert migrate.differences(database_url) == []


def test_autogenerate_would_find_one(blank_url: str) -> None:
    migrate.upgrade(blank_url)
    raw(blank_url, "DROP INDEX ix_message_due")
    raw(blank_url, "ALTER TABLE person ADD COLUMN shoe TEXT")
    assert len(migrate.differences(blank_url)) == 2


def test_the_steps_make_what_the_rows_say_word_for_word(blank_url: str) -> None:
    """Autogenerate compares no partial conditions and no WITHOUT ROWID: the catalogues do."""
    engine = create_engine(parsed(blank_url), poolclass=NullPool)
    Row.metadata.create_all(engine)
    meant = catalogue(blank_url)
    Row.metadata.drop_all(engine)
    migrate.upgrade(blank_url)
    made = {row for row in catalogue(blank_url) if row[1] != "alembic_version"}
    assert made == meant


def catalogue(url: str) -> set[Any]:
    """What there is, in the database's own words; triggers are tested where they matter."""
    if url.startswith("postgres"):
        return set(raw(url, CATALOGUE))
    rows = raw(url, "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE type <> 'trigger'")
    return {(kind, name, item, unordered(sql or "")) for kind, name, item, sql in rows}


def unordered(sql: str) -> frozenset[str]:
    """A CREATE statement as its lines in any order; a column that was added later shares a line with the last."""
    lines = re.split(r"\n|, (?![^(]*\))", sql)
    return frozenset(re.sub(r"\s+", " ", line).strip(" ,") for line in lines)


def test_the_program_knows_which_step_is_the_last() -> None:
    script = ScriptDirectory(str(migrate.HERE))
    assert script.get_heads() == [HEAD]


def test_what_is_pending_is_said_in_order(blank_url: str) -> None:
    if blank_url.startswith("sqlite"):
        with pytest.raises(StorageError, match="rampcheck db upgrade"):
            migrate.current(blank_url)
        sqlite3.connect(blank_url.removeprefix("sqlite:///")).close()
        Path(blank_url.removeprefix("sqlite:///")).touch()
    assert migrate.current(blank_url) is None
    assert list(migrate.pending(blank_url))[-1] == HEAD


def test_a_store_on_old_tables_says_what_to_run(blank_url: str) -> None:
    if blank_url.startswith("sqlite"):
        with pytest.raises(StorageError, match=r"no database blank\.db yet\. Run `rampcheck db upgrade`"):
            open_store(blank_url)
        Path(blank_url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StorageError, match=r"version none.*rampcheck db upgrade"):
        open_store(blank_url)
    migrate.upgrade(blank_url)
    raw(blank_url, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StorageError, match="version 0000, this Rampcheck needs"):
        open_store(blank_url)


def test_a_refused_store_lets_go_of_its_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    (tmp_path / "old.db").touch()
    with pytest.raises(StorageError, match="rampcheck db upgrade"):
        open_store(url)
    migrate.upgrade(url)
    open_store(url).close()


def test_an_upgrade_runs_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    program = "from bot.storage import migrate; migrate.upgrade('sqlite:///../here.db')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "elsewhere", env=environment, check=True)
    assert migrate.current(f"sqlite:///{tmp_path / 'here.db'}") == HEAD


def test_an_upgrade_beside_a_running_process_is_refused(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with pytest.raises(StorageError, match="Another Rampcheck process"):
        migrate.upgrade(sqlite_url)
    store.close()


def test_upgrades_at_the_same_moment_wait_for_each_other(blank_postgres_url: str) -> None:
    program = f"from bot.storage import migrate; migrate.upgrade({blank_postgres_url!r})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    several = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(3)]
    assert [each.wait(60) for each in several] == [0, 0, 0]
    assert migrate.current(blank_postgres_url) == HEAD


@pytest.fixture(autouse=True)
def same_folder(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves the folder it began in."""
    before = Path.cwd()
    yield
    assert Path.cwd() == before
