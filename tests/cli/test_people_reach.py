"""`rampcheck people link`, `unlink`, and who is not reached and why."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.ports import Unit
from bot.core.records import Connection, Finding, Sought
from bot.storage import open_store
from tests.cli.terminal import ran, refused

pytestmark = pytest.mark.usefixtures("home", "in_slack")

ANA = "ana@example.com"
ANA_IN_TEAMS = "0d9f1f10-6a52-4f0e-9a0e-1f4f5a000001"
TENANT = "6b2f3e51-0c5f-4a53-9a44-2f0a3f6f9a11"


@pytest.fixture
def in_slack(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace is connected, and the chat in the browser is off."""
    monkeypatch.setenv("RAMPCHECK_LOCAL_CHAT", "off")
    ran("people", "add", "Ana", "--email", ANA)
    connect(home, "T0AIRPORT")


def connect(home: Path, team: str, platform: str = "slack") -> None:
    write(home, lambda unit: unit.save_connection(Connection(0, platform, team)))


def write(home: Path, work: Callable[[Unit], object]) -> None:
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    with contextlib.closing(store):
        store.write(store.organisations()[0].id, work)


def reached(name: str = "Ana") -> tuple[list[str], str]:
    [found] = [one for one in json.loads(ran("people", "list", "--json")) if one["name"] == name]
    return found["reached"], found["not_reached"]


def test_an_account_is_given_and_taken_away() -> None:
    assert reached() == ([], "not looked up yet")
    assert "no: not looked up yet" in ran("people", "list")
    assert (
        ran("people", "link", "ana", "Slack", "U012AB3CD")
        == "U012AB3CD on slack is now the account of Ana.\n"
    )
    assert reached() == (["slack"], "")
    told = ran("people", "link", ANA, "slack", "U012AB3CD")
    assert told == "U012AB3CD on slack is already the account of Ana.\n"
    assert ran("people", "unlink", "Ana", "slack") == (
        "U012AB3CD on slack is no longer the account of Ana: nothing is sent there.\n"
    )
    assert reached() == ([], "unlinked by an admin")
    ran("people", "link", "Ana", "slack", "U012AB3CD")
    assert reached() == (["slack"], "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Ana", "slack", "@ana"], "'@ana' is not a Slack account; one is like U012AB3CD."),
        (["Ana", "teams", "29:x"], "'29:x' is not a Teams account; one is like 0d9f1f10-"),
        (["Ana", "teams", ANA_IN_TEAMS], "'teams' is not connected. Connected is: "),
        (["Ana", "local", "p1"], "Everybody has a place in the local chat already"),
        (["Bob", "slack", "U012AB3CD"], "Nobody is called 'Bob'."),
        (
            ["Bo", "slack", "U0ANA"],
            "U0ANA is the account of Ana. Take it away first: rampcheck people unlink",
        ),
        (
            ["Ana", "slack", "U0OTHER"],
            "Ana has the account U0ANA there. Take it away first: rampcheck people",
        ),
        (["Ana", "slack", "U0ANA", "--workspace", "T9"], "'slack T9' is not connected."),
    ],
)
def test_what_cannot_be_linked(words: list[str], told: str) -> None:
    ran("people", "add", "Bo")
    ran("people", "link", "Ana", "slack", "U0ANA")
    assert refused("people", "link", *words).startswith(told)


def test_somebody_on_slack_gets_a_teams_account_too_and_is_reached_there_once_they_wrote(home: Path) -> None:
    connect(home, TENANT, "teams")
    ran("people", "link", "Ana", "slack", "U0ANA")
    told = ran("people", "link", "Ana", "Teams", ANA_IN_TEAMS.upper(), "--workspace", TENANT)
    assert told == (
        f"{ANA_IN_TEAMS} on teams is now the account of Ana.\n"
        "They are reached there as soon as they have written to the bot.\n"
    )
    assert reached() == (["slack"], "")
    ran("people", "unlink", "Ana", "slack")
    assert reached() == ([], "has to write to the bot first")
    assert "no longer the account of Ana" in ran("people", "unlink", "Ana", "teams")


def test_of_several_workspaces_one_is_named(home: Path) -> None:
    connect(home, "T0SECOND")
    told = refused("people", "link", "Ana", "slack", "U0ANA")
    assert told == ("There are several workspaces: T0AIRPORT, T0SECOND. Say which one: --workspace ID\n")
    assert "is now" in ran("people", "link", "Ana", "slack", "U0ANA", "--workspace", "T0SECOND")


def test_nothing_is_unlinked_where_nothing_is_linked() -> None:
    assert refused("people", "unlink", "Ana", "slack") == "Ana has no account on slack.\n"


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (Finding.ABSENT, "nobody there has that e-mail"),
        (Finding.UNCONFIRMED, "that e-mail is not confirmed there"),
        (Finding.TAKEN, "that account is somebody else's here"),
        (Finding.SHARED, "two people here have that e-mail"),
    ],
)
def test_the_list_says_why_somebody_was_not_found(home: Path, finding: Finding, why: str) -> None:
    def note(unit: Unit) -> None:
        [ana], [connection] = unit.people(), unit.connections()
        unit.save_sought(Sought(ana.id, connection.id, datetime.now(UTC) + timedelta(days=1), finding))

    write(home, note)
    assert reached() == ([], why)
    assert why in ran("people", "list")


def test_without_an_address_nobody_can_be_found() -> None:
    ran("people", "add", "Bo")
    assert reached("Bo") == ([], "no e-mail to find them by")


def test_in_the_local_chat_everybody_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMPCHECK_LOCAL_CHAT", "on")
    ran("people", "add", "Bo")
    assert reached("Bo") == (["local"], "")
    monkeypatch.setenv("RAMPCHECK_LOCAL_CHAT", "off")
    assert reached("Bo") == ([], "no e-mail to find them by")
