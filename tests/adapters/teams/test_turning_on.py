"""Teams' settings: off and not even imported without them, whole or refused with what to do, never shown."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.cloud import GOVERNMENT, PUBLIC
from adapters.teams.credentials import Certificate, Federated, ManagedIdentity, Secret
from bot.app import build
from bot.settings import SettingsError, describe, load
from bot.teamwork import TeamsOffice, bot_of
from tests.adapters.teams import screen

pytest_plugins = ["tests.databases"]

ON = {"TEAMS_APP_TYPE": "SingleTenant", "TEAMS_APP_ID": screen.APP, "TEAMS_TENANT_ID": screen.TENANT}
WITH_SECRET = {**ON, "TEAMS_APP_SECRET": "hunter2"}
BUILDS = """
import sys
from bot.app import build
from bot.settings import load
from bot import web, worker
app = build(load({"DATABASE_URL": sys.argv[1], **dict(one.split("=") for one in sys.argv[2:])}))
web.application(app)
heavy = {"botbuilder", "msrest", "msal", "jwt"} & {name.partition(".")[0] for name in sys.modules}
print(sorted(app.adapters), sorted(heavy))
app.close()
"""


def built(url: str, **env: str) -> str:
    run = [sys.executable, "-c", BUILDS, url, *(f"{name}={value}" for name, value in env.items())]
    return subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout.strip()


def test_without_teams_settings_nothing_of_microsofts_is_imported(sqlite_url: str) -> None:
    assert built(sqlite_url) == "['local'] []"


def test_an_app_type_turns_teams_on(sqlite_url: str) -> None:
    assert built(sqlite_url, **WITH_SECRET) == "['local', 'teams'] ['botbuilder', 'jwt', 'msal', 'msrest']"


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"TEAMS_APP_ID": screen.APP}, "TEAMS_APP_TYPE: it is missing, and without it Teams is off"),
        ({"TEAMS_APP_SECRET": "hunter2"}, "TEAMS_APP_TYPE: it is missing"),
        ({"TEAMS_APP_TYPE": "MultiTenant"}, "TEAMS_APP_TYPE: 'MultiTenant' is not SingleTenant, UserAssignedMSI"),
        ({**WITH_SECRET, "TEAMS_APP_ID": ""}, "TEAMS_APP_ID: it is missing"),
        ({**WITH_SECRET, "TEAMS_APP_ID": "rampcheck"}, "TEAMS_APP_ID: what is set is not a GUID"),
        ({**WITH_SECRET, "TEAMS_TENANT_ID": ""}, "TEAMS_TENANT_ID: it is missing"),
        ({**WITH_SECRET, "TEAMS_TENANTS": "contoso"}, "TEAMS_TENANTS: it names something that is not a GUID"),
        (ON, "TEAMS_APP_SECRET: nothing says how the bot proves who it is"),
        ({**WITH_SECRET, "TEAMS_CERTIFICATE": "x.pem"}, "TEAMS_APP_SECRET: there are several ways"),
        ({**ON, "TEAMS_CERTIFICATE": "missing.pem"}, "TEAMS_CERTIFICATE: there is no such file"),
        ({**ON, "TEAMS_FEDERATED_TOKEN": "missing"}, "TEAMS_FEDERATED_TOKEN: there is no such file"),
        ({**WITH_SECRET, "TEAMS_APP_TYPE": "UserAssignedMSI"}, "a UserAssignedMSI bot has no secret of its own"),
        ({"TEAMS_APP_TYPE": "Playground", "RAMPCHECK_HOST": "0.0.0.0", "RAMPCHECK_LOCAL_CHAT": "off"},
         "TEAMS_APP_TYPE: the playground signs nothing"),
    ],
)  # fmt: skip
def test_half_a_setting_is_refused_with_what_to_do(env: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(env)
    assert says in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in str(describe(env))


def test_a_secret_is_in_no_description() -> None:
    found = load(WITH_SECRET)
    assert "hunter2" not in repr(found) + str(describe(WITH_SECRET)) + repr(bot_of(found))


@pytest.mark.parametrize(
    ("env", "kind"),
    [
        ({"TEAMS_APP_SECRET": "hunter2"}, Secret),
        ({"TEAMS_CERTIFICATE": "there"}, Certificate),
        ({"TEAMS_FEDERATED_TOKEN": "there"}, Federated),
        ({"TEAMS_APP_TYPE": "UserAssignedMSI"}, ManagedIdentity),
    ],
)
def test_each_way_to_prove_who_the_bot_is_is_enough(
    env: dict[str, str], kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").write_text("x")
    assert isinstance(bot_of(load({**ON, **env})).credential, kind)


def test_the_cloud_and_the_tenants_are_the_settings_word() -> None:
    other = screen.TENANT.replace("6", "7").upper()
    bot = bot_of(load({**WITH_SECRET, "TEAMS_TENANTS": f" {other} ,, {screen.TENANT}"}))
    assert bot.cloud == PUBLIC
    assert bot.tenants == (screen.TENANT, other.lower())
    assert bot_of(load({**WITH_SECRET, "TEAMS_CLOUD": "us-government"})).cloud == GOVERNMENT


def test_the_bots_own_tenant_is_the_first_organisations_and_every_other_its_own(sqlite_url: str) -> None:
    app = build(load({"DATABASE_URL": sqlite_url}))
    office = TeamsOffice(app.store, app.organisation, screen.TENANT)
    other = screen.TENANT.replace("6", "7")

    async def story() -> None:
        for tenant in (other, screen.TENANT, other):
            await office.connected(tenant)
        own, theirs = (
            app.store.organisation_of("teams", screen.TENANT),
            app.store.organisation_of("teams", other),
        )
        assert own
        assert theirs
        assert own[0] == app.organisation.id
        assert theirs[0] != own[0]
        assert len(app.store.organisations()) == 2
        assert await office.tenant(theirs[1]) == other
        assert await office.tenant(999) == ""
        assert not await office.knows(screen.TENANT, screen.ANNA)

    asyncio.run(story())
    app.close()
