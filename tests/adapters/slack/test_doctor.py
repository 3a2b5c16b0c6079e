"""`rampcheck doctor` where Slack is on: what Slack says to the tokens, and what to do about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.scopes import BOT_SCOPES
from tests.cli import terminal
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack, Fault

pytest_plugins = ["tests.databases"]

TOKENS = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}


Run = Callable[..., tuple[str, str]]  # (a folder, settings) -> what was printed, on both streams


def typed(folder: Path, **env: str) -> tuple[str, str]:
    """The command, typed in this process."""
    result = terminal.elsewhere(folder, "doctor", "--json", **env)
    return result.stdout, result.stderr


def started(folder: Path, **env: str) -> tuple[str, str]:
    """The command in a process of its own, as an admin starts it."""
    with terminal.process(folder, "doctor", "--json", **env) as running:
        return running.communicate()


async def signs(slack: FakeSlack, folder: Path, run: Run, **env: str) -> dict[str, dict[str, Any]]:
    """What `rampcheck doctor` finds; no token stands in what it prints."""
    settings = {**TOKENS, "SLACK_API_URL": f"{slack.url}/api", **env}
    out, err = await asyncio.to_thread(run, folder, **settings)
    assert "Traceback" not in err
    for secret in {settings["SLACK_BOT_TOKEN"], settings.get("SLACK_APP_TOKEN", ""), SECRET} - {""}:
        assert secret not in out + err
    return {sign["what"]: sign for sign in json.loads(out)["signs"]}


def found(
    folder: Path,
    *faults: tuple[str, Fault],
    scopes: frozenset[str] | None = None,
    run: Run = typed,
    **env: str,
) -> Any:
    async def story() -> Any:
        async with FakeSlack() as slack:
            slack.api.scopes = slack.api.scopes if scopes is None else scopes
            for method, fault in faults:
                slack.fail(method, fault)
            said = await signs(slack, folder, run, **env)
            assert {method for method, _ in slack.calls} <= {"auth.test", "apps.connections.open"}
            return said

    return asyncio.run(story())


def test_a_sound_installation_is_named_with_its_workspace(tmp_path: Path) -> None:
    said = found(tmp_path, run=started)
    assert said["Slack"] == {
        "what": "Slack",
        "ok": True,
        "found": "installed in Airport (T0AIRPORT)",
        "fix": "",
    }
    assert said["Slack permissions"]["found"] == f"all {len(BOT_SCOPES)} are granted"
    assert said["Slack's socket"]["ok"]


def test_a_permission_that_is_missing_is_named_with_what_it_is_for(tmp_path: Path) -> None:
    said = found(tmp_path, scopes=frozenset(BOT_SCOPES) - {"im:write"})["Slack permissions"]
    assert not said["ok"]
    assert said["found"] == "the app lacks im:write to open a direct message with whoever is asked"
    assert "`rampcheck manifest slack`" in said["fix"]


def test_each_token_is_looked_at_for_itself(tmp_path: Path) -> None:
    said = found(tmp_path, run=started, SLACK_BOT_TOKEN="xoxb-of-another-app")
    assert said["Slack"]["found"] == "Slack does not accept the token; check SLACK_BOT_TOKEN (invalid_auth)"
    assert said["Slack's socket"]["ok"]
    said = found(tmp_path, SLACK_APP_TOKEN="xapp-of-another-app")
    assert said["Slack"]["ok"]
    assert said["Slack's socket"]["found"] == (
        "Slack does not accept the app-level token; check SLACK_APP_TOKEN (invalid_auth)"
    )


def test_an_app_token_without_its_scope_says_so(tmp_path: Path) -> None:
    said = found(tmp_path, ("apps.connections.open", Fault(code="missing_scope")))["Slack's socket"]
    assert "lacks connections:write" in said["found"]


def test_over_http_there_is_no_socket_to_ask_for(tmp_path: Path) -> None:
    said = found(tmp_path, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=SECRET)
    assert "Slack's socket" not in said
    assert said["Slack's posts"]["found"] == "taken at /slack/events, if Slack can reach it"


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(status=503), Fault(status=429, after=3)])
def test_a_slack_that_does_not_answer_is_no_traceback(tmp_path: Path, fault: Fault) -> None:
    said = found(tmp_path, ("auth.test", fault))["Slack"]
    assert not said["ok"]
    assert "Slack" in said["found"]
