"""What can be set for Slack, and what of it belongs together; it must not read the environment."""

from __future__ import annotations

import re
from typing import Final

from pydantic import ValidationInfo, field_validator

from bot.settings.program import KEY_FIX, ProgramSettings
from bot.settings.setting import RefusedError, setting
from bot.settings.values import excerpt, split, web_api

_PREFIXES: Final = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}
_FIX: Final = "Copy it from the app's page at Slack again"
_BASIC: Final = "Copy it from the app's Basic Information page"


class SlackSettings(ProgramSettings):
    """The settings of the app in Slack."""

    slack_bot_token: str = setting(
        "SLACK_BOT_TOKEN",
        what_for="The token of the Slack app in the workspace; setting it turns Slack on",
        has_to_be="a bot token, which begins with xoxb-",
        secret=True,
    )
    slack_app_token: str = setting(
        "SLACK_APP_TOKEN",
        what_for="Turns on Socket Mode, which needs no public address",
        has_to_be="an app-level token, which begins with xapp-",
        secret=True,
    )
    slack_signing_secret: str = setting(
        "SLACK_SIGNING_SECRET",
        what_for="Lets Slack post to /slack/events, where there is a public address",
        has_to_be="the signing secret from the app's Basic Information page",
        secret=True,
    )
    slack_client_id: str = setting(
        "SLACK_CLIENT_ID",
        what_for="Lets any number of workspaces install the app at /slack/install, in place of SLACK_BOT_TOKEN",
        has_to_be="the client ID from the app's Basic Information page",
    )
    slack_client_secret: str = setting(
        "SLACK_CLIENT_SECRET",
        what_for="What proves to Slack that an installation is ours to finish",
        has_to_be="the client secret from the app's Basic Information page",
        secret=True,
    )
    slack_teams: str = setting(
        "SLACK_TEAMS",
        what_for="The only workspaces and organisations that may install the app; empty for all",
        has_to_be="ids such as T012AB3C4 or E012AB3C4, with commas between",
    )
    slack_api_url: str = setting(
        "SLACK_API_URL",
        what_for="Where Slack's Web API is",
        has_to_be="an http or https address",
        default="https://slack.com/api/",
    )

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _slack_token(cls, token: str, info: ValidationInfo) -> str:
        prefix = _PREFIXES[info.field_name or ""]
        if not token or re.fullmatch(rf"{prefix}[A-Za-z0-9-]+", token):
            return token
        raise RefusedError(f"what is set does not begin with {prefix}, or has more in it than a token", _FIX)

    @field_validator("slack_client_id")
    @classmethod
    def _slack_client_id(cls, ident: str) -> str:
        if not ident or re.fullmatch(r"[0-9A-Za-z.]+", ident):
            return ident
        raise RefusedError(f"{excerpt(ident)} is not a client ID", _FIX)

    @field_validator("slack_teams")
    @classmethod
    def _slack_teams(cls, teams: str) -> str:
        for team in split(teams):
            if not re.fullmatch(r"[TE][A-Z0-9]{2,30}", team):
                raise RefusedError(
                    f"{excerpt(team)} is not a workspace's id",
                    "Write ids such as T012AB3C4, with commas between",
                )
        return teams

    @field_validator("slack_signing_secret", "slack_client_secret")
    @classmethod
    def _slack_secret(cls, secret: str) -> str:
        if not secret or re.fullmatch(r"[\x21-\x7e]{8,}", secret):
            return secret
        raise RefusedError("what is set is too short, or has more in it than a secret", _FIX)

    @field_validator("slack_api_url")
    @classmethod
    def _slack_api_url(cls, url: str) -> str:
        return web_api(url)

    @property
    def teams_of_slack(self) -> frozenset[str]:
        """The workspaces that may install the app; empty for all."""
        return frozenset(split(self.slack_teams))


def wrong_in(found: SlackSettings) -> RefusedError | None:
    """The first thing that keeps Slack from working; None where it is off, or whole."""
    one, many = found.slack_bot_token, found.slack_client_id or found.slack_client_secret
    way = found.slack_app_token or found.slack_signing_secret
    if one and many:
        return RefusedError(
            "it is for one workspace, and SLACK_CLIENT_ID for many",
            "Remove it: that workspace keeps all it has once the app is installed there at /slack/install",
            variable="SLACK_BOT_TOKEN",
        )
    if (one or many) and not way:
        return RefusedError(
            "Slack is on, and nothing says how its messages reach us",
            "Set it for Socket Mode, or SLACK_SIGNING_SECRET where Slack can post to a public address",
            variable="SLACK_APP_TOKEN",
        )
    if way and not (one or many):
        return RefusedError(
            "it is missing, and without it Slack is off",
            "Set it to the Bot User OAuth Token from the app's OAuth & Permissions page",
            variable="SLACK_BOT_TOKEN",
        )
    return _not_installable(found) if many else None


def _not_installable(found: SlackSettings) -> RefusedError | None:
    """What else it takes where any workspace may install the app."""
    browsers = (
        "Set it to the address at which browsers reach this server, such as https://rampcheck.example.org"
    )
    needed = (
        ("SLACK_CLIENT_ID", found.slack_client_id, _BASIC),
        ("SLACK_CLIENT_SECRET", found.slack_client_secret, _BASIC),
        ("RAMPCHECK_PUBLIC_URL", found.public_url, browsers),
        ("RAMPCHECK_SECRET_KEYS", found.secret_keys, KEY_FIX),
    )
    for variable, value, fix in needed:
        if not value:
            what = "it is missing, and without it no workspace can install the app"
            return RefusedError(what, fix, variable=variable)
    return None
