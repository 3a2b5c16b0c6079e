"""`rampcheck db`, and what every command says to a database that is not ready."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.storage.migrations import HEAD
from tests.cli.terminal import ran, refused


def test_upgrade_makes_the_tables_and_can_be_run_again(bare: Path) -> None:
    assert ran("db", "upgrade") == f"The tables are at version {HEAD}, up to date.\n"
    assert ran("db", "upgrade") == f"The tables are at version {HEAD}, up to date.\n"
    assert ran("db", "current") == f"{HEAD}, up to date\n"
    assert ran("db", "check") == "The tables are what this version needs.\n"
    assert (bare / "rampcheck.db").exists()


@pytest.mark.parametrize(
    "command", ["db current", "db check", "status", "pilots list", "tick", "serve", "work"]
)
@pytest.mark.usefixtures("bare")
def test_without_a_database_it_says_how_to_make_one(command: str) -> None:
    assert refused(*command.split()) == "There is no database rampcheck.db yet. Run `rampcheck db upgrade`.\n"


@pytest.mark.parametrize("command", ["db check", "status", "people add Ana", "tick"])
def test_tables_of_another_version_are_named(bare: Path, command: str) -> None:
    sqlite3.connect(bare / "rampcheck.db").close()
    (bare / "rampcheck.db").touch()
    assert "Run `rampcheck db upgrade`." in refused(*command.split())


def test_tables_changed_by_hand_are_found(home: Path) -> None:
    with sqlite3.connect(home / "rampcheck.db") as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
    connection.close()
    told = refused("db", "check")
    assert told.startswith("The tables are not those of this version. Somebody changed them by hand:\n")
    assert "mine" in told


@pytest.mark.usefixtures("home")
def test_settings_that_cannot_be_used_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("RAMPCHECK_ZONE", "Europe/Rigga")
    told = refused("status")
    assert "PORT: 'eighty' is not a whole number from 1 to 65535." in told
    assert "RAMPCHECK_ZONE: 'Europe/Rigga' is not a time zone. Did you mean Europe/Riga" in told


@pytest.mark.usefixtures("bare")
def test_a_file_that_is_no_database_is_not_touched(bare: Path) -> None:
    (bare / "rampcheck.db").write_text("a shopping list, and quite a long one at that " * 100)
    assert "not an SQLite database" in refused("db", "upgrade")
    assert (bare / "rampcheck.db").read_text().startswith("a shopping list")
