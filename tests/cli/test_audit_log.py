"""`rampcheck audit verify`."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from bot.service import sealing
from bot.storage import open_store
from tests.cli.terminal import ran, refused

pytestmark = pytest.mark.usefixtures("home")


def sealed(home: Path) -> str:
    """Something is logged and sealed; the head."""
    ran("people", "add", "Ana")
    ran("pilots", "add", "Invoice matcher")
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    sealing.seal(store)
    store.close()
    return str(json.loads(ran("audit", "verify", "--json"))["head"])


def test_a_log_that_is_as_it_was_is_said_to_be_with_what_to_write_down(home: Path) -> None:
    head = sealed(home)
    ran("people", "add", "Bo")
    assert "Whether its newest lines were cut off" in ran("audit", "verify")
    told = ran("audit", "verify", "--head", head)
    assert "cut off" not in told
    assert "verified: none changed, missing or moved." in told
    assert "1 event not sealed yet: the worker does that within a minute." in told
    assert head in told


def test_a_row_that_was_changed_is_named_and_the_command_fails(home: Path) -> None:
    sealed(home)
    with contextlib.closing(sqlite3.connect(home / "rampcheck.db")) as connection:
        connection.executescript("DROP TRIGGER event_UPDATE; UPDATE event SET subject = 'x' WHERE id = 1")
    told = refused("audit", "verify")
    assert told.startswith("The event log is not as it was written.\nEvent 1 (seal 1, person.added of ")


def test_a_head_that_is_none_is_refused() -> None:
    ran("people", "add", "Ana")
    assert refused("audit", "verify", "--head", "latest").startswith("'latest' is no head.")
