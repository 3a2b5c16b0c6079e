"""Slack's settings: off and not even imported without them, whole or refused with what to do, never shown."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Finding, SettingsError, describe, load
from tests.adapters.slack.airport import Airport
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

BOT, APP, SECRET = "xoxb-1-hunter2", "xapp-1-hunter2", "hunter2hunter2"
BUILDS = """
import sys
from bot.app import build
from bot.settings import load
from bot import web, worker
app = build(load({"DATABASE_URL": sys.argv[1], **dict(one.split("=") for one in sys.argv[2:])}))
web.application(app)
print(sorted(app.adapters), "slack_bolt" in sys.modules or "slack_sdk" in sys.modules)
app.close()
"""


def built(url: str, *env: str) -> str:
    run = [sys.executable, "-c", BUILDS, url, *env]
    return subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout.strip()


def test_without_slack_settings_the_sdk_is_never_imported(sqlite_url: str) -> None:
    assert built(sqlite_url) == "['local'] False"


def test_a_bot_token_turns_slack_on(sqlite_url: str) -> None:
    assert built(sqlite_url, f"SLACK_BOT_TOKEN={BOT}", f"SLACK_APP_TOKEN={APP}") == "['local', 'slack'] True"


@pytest.mark.parametrize(
    ("env", "says"),
    [
        (
            {"SLACK_BOT_TOKEN": BOT},
            "SLACK_APP_TOKEN: Slack is on, and nothing says how its messages reach us",
        ),
        ({"SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN: it is missing, and without it Slack is off"),
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN: it is missing"),
        (
            {"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": APP},
            "SLACK_BOT_TOKEN: what is set does not begin with xoxb-",
        ),
        (
            {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": BOT},
            "SLACK_APP_TOKEN: what is set does not begin with xapp-",
        ),
        ({"SLACK_BOT_TOKEN": f"{BOT} x", "SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN: what is set"),
        (
            {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "short"},
            "SLACK_SIGNING_SECRET: what is set is too short",
        ),
        ({"SLACK_API_URL": "slack.com/api"}, "SLACK_API_URL: 'slack.com/api' is not an address"),
        ({"SLACK_API_URL": "ftp://slack.com"}, "SLACK_API_URL: "),
        ({"SLACK_API_URL": "http://[x"}, "SLACK_API_URL: "),
    ],
)
def test_half_a_setting_is_refused_with_what_to_do(env: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(env)
    assert says in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in str(describe(env))


@pytest.mark.parametrize("way", [{"SLACK_APP_TOKEN": APP}, {"SLACK_SIGNING_SECRET": SECRET}])
def test_either_way_of_reaching_us_is_enough(way: dict[str, str]) -> None:
    found = load({"SLACK_BOT_TOKEN": BOT, **way})
    assert found.slack_bot_token == BOT
    assert "hunter2" not in repr(found)
    assert "hunter2" not in str(describe({"SLACK_BOT_TOKEN": BOT, **way}))


KEY = "b3JpZ2luYWwta2V5LW9mLXRoaXJ0eS10d28tYnl0ZXM="
MANY = {
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": SECRET,
    "SLACK_SIGNING_SECRET": SECRET,
    "RAMPCHECK_PUBLIC_URL": "https://rampcheck.example.org/",
    "RAMPCHECK_SECRET_KEYS": f"{KEY}, {KEY}",
}


def test_many_workspaces_need_an_app_a_public_address_and_a_key_that_are_never_shown() -> None:
    found = load({**MANY, "SLACK_TEAMS": "T0AIRPORT, E0GRAND"})
    assert found.keys == (KEY, KEY)
    assert found.public_url == "https://rampcheck.example.org"
    assert found.teams_of_slack == {"T0AIRPORT", "E0GRAND"}
    for shown in (repr(found), str(describe(MANY))):
        assert "hunter2" not in shown
        assert KEY not in shown


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"RAMPCHECK_SECRET_KEYS": ""}, "RAMPCHECK_SECRET_KEYS: it is missing, and without it no workspace"),
        ({"RAMPCHECK_SECRET_KEYS": f"{KEY},hunter2"}, "RAMPCHECK_SECRET_KEYS: one of what is set is no key"),
        ({"RAMPCHECK_PUBLIC_URL": ""}, "RAMPCHECK_PUBLIC_URL: it is missing"),
        ({"RAMPCHECK_PUBLIC_URL": "http://rampcheck.example.org"}, "RAMPCHECK_PUBLIC_URL: "),
        ({"RAMPCHECK_PUBLIC_URL": "https://rampcheck.example.org/chat"}, "RAMPCHECK_PUBLIC_URL: "),
        ({"RAMPCHECK_PUBLIC_URL": "https://[x"}, "RAMPCHECK_PUBLIC_URL: "),
        ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET: it is missing"),
        ({"SLACK_CLIENT_ID": ""}, "SLACK_CLIENT_ID: it is missing"),
        ({"SLACK_CLIENT_ID": "a b"}, "SLACK_CLIENT_ID: 'a b' is not a client ID"),
        ({"SLACK_TEAMS": "airport"}, "SLACK_TEAMS: 'airport' is not a workspace's id"),
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_BOT_TOKEN: it is for one workspace, and SLACK_CLIENT_ID for many"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_APP_TOKEN: Slack is on, and nothing says how"),
    ],
)
def test_half_of_many_workspaces_is_refused_with_what_to_do(change: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({**MANY, **change})
    assert says in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert KEY not in str(refused.value)


def test_the_address_of_the_api_ends_with_a_slash() -> None:
    assert load({}).slack_api_url == "https://slack.com/api/"
    assert load({"SLACK_API_URL": "http://127.0.0.1:9/api"}).slack_api_url == "http://127.0.0.1:9/api/"


def test_a_secret_is_said_to_be_there_or_not() -> None:
    def shown(env: dict[str, str]) -> Finding:
        return next(finding for finding in describe(env) if finding.variable == "SLACK_BOT_TOKEN")

    assert shown({}).shown == "not set"
    assert shown({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}).shown == "set, not shown"


def test_the_workspace_is_kept_once_slack_says_which_it_is(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.adapter.PAUSES", (0.01,))

    async def story() -> None:
        airport = Airport(sqlite_url, "http")
        airport.slack.fail("auth.test", Fault(status=503), Fault(drop=True), Fault(code="internal_error"))
        async with airport:
            assert airport.slack.count("auth.test") == 4
            assert airport.app.store.organisation_of("slack", TEAM)
        async with Airport(sqlite_url, "http") as again:
            assert again.app.store.organisation_of("slack", TEAM) == (
                again.app.organisation.id,
                again.connection,
            )

    asyncio.run(story())
