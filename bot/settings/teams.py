"""What can be set for Microsoft Teams, and what of it belongs together; it must not read the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from bot.settings.program import ProgramSettings
from bot.settings.setting import RefusedError, setting
from bot.settings.values import is_file, is_loopback

PLAYGROUND: Final = "Playground"
SINGLE: Final = "SingleTenant"
MANAGED: Final = "UserAssignedMSI"
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ONE_OF: Final = "TEAMS_APP_SECRET, TEAMS_CERTIFICATE or TEAMS_FEDERATED_TOKEN"


class TeamsSettings(ProgramSettings):
    """The settings of the bot in Teams."""

    teams_app_type: Literal["", "SingleTenant", "UserAssignedMSI", "Playground"] = setting(
        "TEAMS_APP_TYPE",
        what_for="What kind of identity the bot has in Azure; setting it turns Teams on",
        has_to_be="SingleTenant, UserAssignedMSI, or Playground for Microsoft's Agents Playground on this machine",
    )
    teams_app_id: str = setting(
        "TEAMS_APP_ID",
        what_for="The bot's Microsoft App ID",
        has_to_be="a GUID",
    )
    teams_tenant_id: str = setting(
        "TEAMS_TENANT_ID",
        what_for="The tenant that the bot is registered in",
        has_to_be="a GUID",
    )
    teams_app_secret: str = setting(
        "TEAMS_APP_SECRET",
        what_for="The bot's client secret",
        has_to_be="the secret's value, not its id",
        secret=True,
    )
    teams_certificate: str = setting(
        "TEAMS_CERTIFICATE",
        what_for="The bot's certificate, in place of a secret",
        has_to_be="a PEM file with the private key and the certificate",
    )
    teams_federated_token: str = setting(
        "TEAMS_FEDERATED_TOKEN",
        what_for="The token of an issuer that the bot trusts, in place of a secret",
        has_to_be="a file, read anew for each token",
    )
    teams_tenants: str = setting(
        "TEAMS_TENANTS",
        what_for="Tenants that may use the bot beside its own; each becomes an organisation",
        has_to_be="GUIDs with commas between them",
    )
    teams_cloud: Literal["public", "us-government"] = setting(
        "TEAMS_CLOUD",
        what_for="Which of Microsoft's clouds the bot is in; GCC belongs to the public one",
        has_to_be="public or us-government",
        default="public",
    )
    teams_targeted: bool = setting(
        "TEAMS_TARGETED",
        what_for="Whether to answer in a channel for the asker's eyes alone, with the manifest that has slash commands",
        has_to_be="on or off",
        default=False,
    )

    @property
    def teams_allowed(self) -> tuple[str, ...]:
        """Every tenant that may use the bot, in small letters."""
        listed = [one.strip().lower() for one in self.teams_tenants.split(",")]
        return tuple(dict.fromkeys(one for one in (self.teams_tenant_id.lower(), *listed) if one))


def wrong_in(found: TeamsSettings) -> RefusedError | None:
    """The first thing that keeps Teams from working; None where it is off, or whole."""
    if found.teams_app_type == PLAYGROUND:
        return _playground(found)
    if not found.teams_app_type:
        return _off(found)
    for variable, value in (("TEAMS_APP_ID", found.teams_app_id), ("TEAMS_TENANT_ID", found.teams_tenant_id)):
        if not _ID.fullmatch(value):
            what = "what is set is not a GUID" if value else "it is missing"
            fix = "Copy it from the bot's Configuration page in the Azure portal"
            return RefusedError(what, fix, variable=variable)
    if not all(_ID.fullmatch(one) for one in found.teams_allowed):
        return RefusedError(
            "it names something that is not a GUID",
            "Write tenant ids with commas between them",
            variable="TEAMS_TENANTS",
        )
    return _credential(found)


def _playground(found: TeamsSettings) -> RefusedError | None:
    if is_loopback(found.host):
        return None
    return RefusedError(
        "the playground signs nothing, so anybody in the network could speak in anybody's name",
        "Set RAMPCHECK_HOST=127.0.0.1, or the type of a real bot",
        variable="TEAMS_APP_TYPE",
    )


def _off(found: TeamsSettings) -> RefusedError | None:
    if not (found.teams_app_id or found.teams_app_secret):
        return None
    what, fix = "it is missing, and without it Teams is off", f"Set it to {SINGLE} or {MANAGED}"
    return RefusedError(what, fix, variable="TEAMS_APP_TYPE")


def _credential(found: TeamsSettings) -> RefusedError | None:
    """What is wrong with the one way in which the bot proves who it is."""
    ways = (found.teams_app_secret, found.teams_certificate, found.teams_federated_token)
    given = sum(map(bool, ways))
    if found.teams_app_type == MANAGED:
        if not given:
            return None
        what = f"a {MANAGED} bot has no secret of its own"
        return RefusedError(what, f"Remove {_ONE_OF}", variable="TEAMS_APP_TYPE")
    if given != 1:
        nothing, several = (
            "nothing says how the bot proves who it is",
            "there are several ways to prove who it is",
        )
        what = several if given else nothing
        return RefusedError(what, f"Set one of {_ONE_OF}", variable="TEAMS_APP_SECRET")
    return _absent(found)


def _absent(found: TeamsSettings) -> RefusedError | None:
    """A file that is named and not there."""
    files = (
        ("TEAMS_CERTIFICATE", found.teams_certificate),
        ("TEAMS_FEDERATED_TOKEN", found.teams_federated_token),
    )
    for variable, file in files:
        if file and not is_file(Path(file)):
            what, fix = "there is no such file", "Name a file that the program can read"
            return RefusedError(what, fix, variable=variable)
    return None
