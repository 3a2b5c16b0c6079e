"""`rampcheck doctor` where Teams is on: what Microsoft says to the settings, and what to do about it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.settings import FIELDS
from tests.adapters.teams import screen
from tests.cli import terminal
from tests.fakes.teams import program
from tests.fakes.teams.server import FakeTeams, Fault

SECRET = "hunter2-of-the-bot"
ON = {
    "TEAMS_APP_TYPE": "SingleTenant",
    "TEAMS_APP_ID": screen.APP,
    "TEAMS_TENANT_ID": screen.TENANT,
    "TEAMS_APP_SECRET": SECRET,
}


Run = Callable[
    ..., tuple[str, str]
]  # (a folder, the fake's address, settings) -> what was printed, on both streams


def typed(folder: Path, url: str, **env: str) -> tuple[str, str]:
    """The command, typed in this process."""
    with program.moved(url):
        result = terminal.elsewhere(folder, "doctor", "--json", **env)
    return result.stdout, result.stderr


def started(folder: Path, url: str, **env: str) -> tuple[str, str]:
    """The command in a process of its own, as an admin starts it."""
    clean = {name: value for name, value in os.environ.items() if name not in FIELDS}
    env = {**clean, **program.environment(url), **env}
    run = program.command("doctor", "--json")
    ended = subprocess.run(run, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return ended.stdout, ended.stderr


def found(
    folder: Path, arrange: Callable[[FakeTeams], Any] = lambda teams: None, *, run: Run = typed, **env: str
) -> Any:
    """What `rampcheck doctor` finds: it sends nothing, and prints neither secret nor token."""

    async def story() -> Any:
        async with FakeTeams(screen.APP, screen.TENANT) as teams:
            arrange(teams)
            out, err = await asyncio.to_thread(run, folder, teams.url, **{**ON, **env})
            assert not any(word in out + err for word in ("Traceback", SECRET, "token-1"))
            assert not teams.calls
            return {sign["what"]: sign for sign in json.loads(out)["signs"]}

    return asyncio.run(story())


def test_a_sound_bot_gets_a_token_and_can_read_the_keys(tmp_path: Path) -> None:
    said = found(tmp_path, run=started)
    assert said["Teams"] == {
        "what": "Teams",
        "ok": True,
        "found": "Microsoft gives the bot a token, good for 60 minutes",
        "fix": "",
    }
    assert said["Teams' signatures"]["found"] == "1 of Microsoft's keys can be read"
    assert said["Teams' posts"]["found"] == "taken at /api/messages, if Teams can reach it by HTTPS"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("AADSTS7000215", "TEAMS_APP_SECRET to the secret's value, not to its id"),
        ("AADSTS7000222", "the secret has expired"),
        ("AADSTS700016", "the tenant does not know the app"),
        ("AADSTS90100", "invalid_client (AADSTS90100)"),
    ],
)
def test_a_token_that_microsoft_refuses_says_which_setting_to_mend(
    tmp_path: Path, code: str, says: str
) -> None:
    def refuses(teams: FakeTeams) -> None:
        teams.directory.refusing = code

    said = found(tmp_path, refuses)
    assert not said["Teams"]["ok"]
    assert says in said["Teams"]["found"]
    assert "how-to page for Teams" in said["Teams"]["fix"]
    assert said["Teams' signatures"]["ok"], "each is looked at for itself"


def test_a_tenant_that_there_is_not_is_said_to_be_none(tmp_path: Path) -> None:
    def unknown(teams: FakeTeams) -> None:
        teams.directory.tenant_known = False

    assert "no such tenant; check TEAMS_TENANT_ID" in found(tmp_path, unknown, run=started)["Teams"]["found"]


def test_a_certificate_that_is_none_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "bot.pem").write_text("not a certificate", encoding="ascii")
    said = found(tmp_path, TEAMS_APP_SECRET="", TEAMS_CERTIFICATE="bot.pem")["Teams"]
    assert not said["ok"]
    assert "PEM" in said["fix"]


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=200, html=True), Fault(drop=True)])
def test_keys_that_cannot_be_read_say_what_has_to_be_reached(tmp_path: Path, fault: Fault) -> None:
    def broken(teams: FakeTeams) -> None:
        teams.keys_fault = fault

    said = found(tmp_path, broken)
    assert not said["Teams' signatures"]["ok"]
    assert "by HTTPS" in said["Teams' signatures"]["fix"]
    assert said["Teams"]["ok"]


def test_half_a_setting_is_named_and_microsoft_is_not_asked(tmp_path: Path) -> None:
    said = found(tmp_path, TEAMS_TENANT_ID="")
    assert said["TEAMS_TENANT_ID"]["found"] == "it is missing"
    assert "Azure portal" in said["TEAMS_TENANT_ID"]["fix"]
    assert "Teams" not in said


def test_the_playground_needs_nothing_of_microsofts(tmp_path: Path) -> None:
    blank = dict.fromkeys(set(ON) - {"TEAMS_APP_TYPE"}, "")
    said = found(tmp_path, **{**blank, "TEAMS_APP_TYPE": "Playground"})
    assert said["Teams"]["ok"]
    assert "Agents Playground" in said["Teams"]["found"]
