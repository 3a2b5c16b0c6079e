"""`rampcheck keys` and what `doctor` says of workspaces: keys are replaced without losing one, secrets never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.installations import Arrival, Grant
from bot.storage import open_store
from bot.storage.sealing import new_key
from tests.cli.terminal import ran, run

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY, NEWER = new_key(), new_key()


@pytest.fixture(autouse=True)
def many(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of an app that many workspaces install."""
    del bare
    for name, value in {
        "SLACK_CLIENT_ID": "111.222",
        "SLACK_CLIENT_SECRET": "hunter2hunter2",
        "SLACK_APP_TOKEN": "xapp-hunter2",
        "RAMPCHECK_PUBLIC_URL": "https://rampcheck.example.org",
        "RAMPCHECK_SECRET_KEYS": KEY,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def installed(home: Path) -> None:
    """An app in three workspaces: it works in one, its token is refused in another, it was removed from the third."""
    del home
    store = open_store("sqlite:///rampcheck.db", keys=(KEY,))
    for team in ("T0AIRPORT", "T0HARBOUR", "T0STATION"):
        arrival = Arrival("slack", team, team, {}, Grant("xoxb-hunter2", "xoxe-hunter2", NOW))
        kept = store.installations.keep(arrival, NOW, zone="UTC")
        if team == "T0HARBOUR":
            store.installations.fail(kept, "invalid_refresh_token")
    store.installations.remove("slack", "T0STATION", NOW, at=NOW)
    store.close()


def signs() -> dict[str, dict[str, Any]]:
    said = run("doctor", "--json").stdout
    assert "hunter2" not in said
    assert KEY not in said
    return {sign["what"]: sign for sign in json.loads(said)["signs"]}


def test_every_key_is_another_one() -> None:
    assert ran("keys", "new") != ran("keys", "new")


@pytest.mark.usefixtures("installed")
def test_a_key_is_replaced_by_putting_a_new_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMPCHECK_SECRET_KEYS", f"{NEWER},{KEY}")
    assert ran("keys", "rotate") == (
        "2 workspaces encrypted with the first key. 1 older key can go from RAMPCHECK_SECRET_KEYS now.\n"
    )
    monkeypatch.setenv("RAMPCHECK_SECRET_KEYS", NEWER)
    assert ran("keys", "rotate") == "2 workspaces encrypted with the first key.\n"
    assert signs()["Slack T0AIRPORT"]["ok"]


@pytest.mark.usefixtures("installed")
def test_a_key_that_does_not_fit_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMPCHECK_SECRET_KEYS", NEWER)
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "slack:T0AIRPORT cannot be opened with the keys in RAMPCHECK_SECRET_KEYS" in result.stderr
    assert "Traceback" not in result.stderr
    airport = signs()["Slack T0AIRPORT"]
    assert not airport["ok"]
    assert "install the app there again" in airport["fix"]


@pytest.mark.usefixtures("installed")
def test_the_doctor_names_the_workspaces_in_which_the_app_has_to_be_installed_again() -> None:
    found = signs()
    assert found["Slack T0AIRPORT"] == {
        "what": "Slack T0AIRPORT",
        "ok": True,
        "found": "installed",
        "fix": "",
    }
    assert found["Slack T0HARBOUR"]["fix"] == (
        "Install the app there again: https://rampcheck.example.org/slack/install"
    )
    assert found["Slack T0STATION"]["ok"]


@pytest.mark.usefixtures("home")
def test_there_is_nothing_to_rotate_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_APP_TOKEN", "RAMPCHECK_SECRET_KEYS"):
        monkeypatch.delenv(name)
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "rampcheck keys new" in result.stderr
