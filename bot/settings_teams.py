"""What can be set for Microsoft Teams, and what of it belongs together; it must not read the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PLAYGROUND: Final = "Playground"
SINGLE: Final = "SingleTenant"
MANAGED: Final = "UserAssignedMSI"
SECRETS: Final = frozenset({"TEAMS_APP_SECRET"})
_ONE_OF: Final = "TEAMS_APP_SECRET, TEAMS_CERTIFICATE or TEAMS_FEDERATED_TOKEN"

Wrong = tuple[str, str, str]  # variable, what is wrong, what to do


class TeamsSettings(BaseSettings):
    """The settings of the bot in Teams. A title says what for, a description what a value has to be."""

    teams_app_type: Literal["", "SingleTenant", "UserAssignedMSI", "Playground"] = Field(
        default="",
        validation_alias="TEAMS_APP_TYPE",
        title="What kind of identity the bot has in Azure; setting it turns Teams on",
        description="SingleTenant, UserAssignedMSI, or Playground for Microsoft's Agents Playground on this machine",
    )
    teams_app_id: str = Field(
        default="",
        validation_alias="TEAMS_APP_ID",
        title="The bot's Microsoft App ID",
        description="a GUID",
    )
    teams_tenant_id: str = Field(
        default="",
        validation_alias="TEAMS_TENANT_ID",
        title="The tenant that the bot is registered in",
        description="a GUID",
    )
    teams_app_secret: str = Field(
        default="",
        validation_alias="TEAMS_APP_SECRET",
        title="The bot's client secret",
        description="the secret's value, not its id",
        repr=False,
    )
    teams_certificate: str = Field(
        default="",
        validation_alias="TEAMS_CERTIFICATE",
        title="The bot's certificate, in place of a secret",
        description="a PEM file with the private key and the certificate",
    )
    teams_federated_token: str = Field(
        default="",
        validation_alias="TEAMS_FEDERATED_TOKEN",
        title="The token of an issuer that the bot trusts, in place of a secret",
        description="a file, read anew for each token",
    )
    teams_tenants: str = Field(
        default="",
        validation_alias="TEAMS_TENANTS",
        title="Tenants that may use the bot beside its own; each becomes an organisation",
        description="GUIDs with commas between them",
    )
    teams_cloud: Literal["public", "us-government"] = Field(
        default="public",
        validation_alias="TEAMS_CLOUD",
        title="Which of Microsoft's clouds the bot is in; GCC belongs to the public one",
        description="public or us-government",
    )
    teams_targeted: bool = Field(
        default=False,
        validation_alias="TEAMS_TARGETED",
        title="Whether to answer in a channel for the asker's eyes alone, with the manifest that has slash commands",
        description="on or off",
    )

    @property
    def teams_allowed(self) -> tuple[str, ...]:
        """Every tenant that may use the bot, in small letters."""
        listed = [one.strip().lower() for one in self.teams_tenants.split(",")]
        return tuple(dict.fromkeys(one for one in (self.teams_tenant_id.lower(), *listed) if one))


def wrong_in(found: TeamsSettings, *, loopback: bool) -> Wrong | None:
    """The first thing that keeps Teams from working; None where it is off, or whole."""
    if found.teams_app_type == PLAYGROUND:
        return _playground(loopback=loopback)
    if not found.teams_app_type:
        return _off(found)
    for variable, value in (("TEAMS_APP_ID", found.teams_app_id), ("TEAMS_TENANT_ID", found.teams_tenant_id)):
        if not _ID.fullmatch(value):
            what = "what is set is not a GUID" if value else "it is missing"
            return variable, what, "Copy it from the bot's Configuration page in the Azure portal"
    if not all(_ID.fullmatch(one) for one in found.teams_allowed):
        return (
            "TEAMS_TENANTS",
            "it names something that is not a GUID",
            "Write tenant ids with commas between them",
        )
    return _credential(found)


def _playground(*, loopback: bool) -> Wrong | None:
    if loopback:
        return None
    what = "the playground signs nothing, so anybody in the network could speak in anybody's name"
    return "TEAMS_APP_TYPE", what, "Set RAMPCHECK_HOST=127.0.0.1, or the type of a real bot"


def _off(found: TeamsSettings) -> Wrong | None:
    if not (found.teams_app_id or found.teams_app_secret):
        return None
    return "TEAMS_APP_TYPE", "it is missing, and without it Teams is off", f"Set it to {SINGLE} or {MANAGED}"


def _credential(found: TeamsSettings) -> Wrong | None:
    given = [
        one for one in (found.teams_app_secret, found.teams_certificate, found.teams_federated_token) if one
    ]
    if found.teams_app_type == MANAGED:
        if given:
            return "TEAMS_APP_TYPE", f"a {MANAGED} bot has no secret of its own", f"Remove {_ONE_OF}"
        return None
    if len(given) != 1:
        what = (
            "nothing says how the bot proves who it is"
            if not given
            else "there are several ways to prove who it is"
        )
        return "TEAMS_APP_SECRET", what, f"Set one of {_ONE_OF}"
    for variable, file in (
        ("TEAMS_CERTIFICATE", found.teams_certificate),
        ("TEAMS_FEDERATED_TOKEN", found.teams_federated_token),
    ):
        if file and not Path(file).is_file():
            return variable, "there is no such file", "Name a file that the program can read"
    return None
