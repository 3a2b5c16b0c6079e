"""Slack's side of an installation: where to ask for it, and what a code or a refresh token is exchanged for.

It keeps nothing. Everything goes to the one address that SLACK_API_URL names, the page that people confirm at too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.common.http import Line
from adapters.common.raw import part_of, text_of
from adapters.common.text import line as shown
from adapters.slack.profile import Profile, profile
from adapters.slack.scopes import BOT_SCOPES, REDIRECT_PATH
from bot.core.installations import Arrival, Grant
from bot.core.ports import Clock

PLATFORM: Final = "slack"
EXCHANGE: Final = "oauth.v2.access"
LONGEST_S: Final = 10 * 365 * 86_400  # that a token lives: twelve hours, as Slack has it
NAME: Final = 120  # characters of a workspace's name
Json = Mapping[str, Any]


class OauthError(Exception):
    """Slack did not grant it. `code` is its word for why; nothing where Slack could not be reached."""

    def __init__(self, code: str) -> None:
        super().__init__(code or "Slack could not be reached")
        self.code = code


@dataclass(frozen=True, slots=True)
class OauthSettings:
    """The app as Slack knows it, the address that people's browsers reach us at, and whom it is for.

    `teams`: the only workspaces and organisations that may install it; empty for all.
    """

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    teams: frozenset[str] = frozenset()

    @property
    def redirect(self) -> str:
        """Where Slack sends people back to."""
        return f"{self.public_url}{REDIRECT_PATH}"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code was worth: the installation, and who installed it."""

    arrival: Arrival
    user: str


class Oauth:
    """The exchanges with Slack. Each of them is made once and raises OauthError and nothing else."""

    def __init__(self, settings: OauthSettings, line: Line, clock: Clock, *, url: str) -> None:
        self.settings = settings
        self._line = line
        self._clock = clock
        self._url = url

    def address(self, state: str) -> str:
        """Slack's page on which an installation is confirmed."""
        asks = AuthorizeUrlGenerator(
            client_id=self.settings.client_id,
            redirect_uri=self.settings.redirect,
            scopes=sorted(BOT_SCOPES),
            authorization_url=f"{self._url.removesuffix('api/')}oauth/v2/authorize",
        )
        return asks.generate(state)

    async def redeem(self, code: str) -> Redeemed:
        """Exchange the code that somebody brought back, once, for an installation."""
        said = await self._exchange(code=code, redirect_uri=self.settings.redirect)
        if said.get("token_type") != "bot":
            raise OauthError("no_bot_token")
        place = _place(said)
        grant = self._grant(said)
        us = await self._call("auth.test", {}, token=grant.token)
        about = {
            "app": text_of(said, "app_id"),
            "bot": text_of(us, "bot_id"),
            "user": text_of(said, "bot_user_id") or text_of(us, "user_id"),
            "scopes": text_of(said, "scope"),
        }
        user = text_of(part_of(said, "authed_user"), "id")
        if not user:
            raise OauthError("no_person")
        return Redeemed(Arrival(PLATFORM, place[0], place[1], about, grant), user)

    async def renew(self, renewal: str) -> Grant:
        """Exchange a refresh token, which is good for once, for the next pair."""
        return self._grant(await self._exchange(grant_type="refresh_token", refresh_token=renewal))

    async def who(self, grant: Grant, user: str) -> Profile:
        """A person in a workspace that was just installed."""
        return profile(part_of(await self._call("users.info", {"user": user}, token=grant.token), "user"))

    async def give_back(self, grant: Grant) -> None:
        """Hand back a token that we do not want."""
        await self._call("auth.revoke", {}, token=grant.token)

    async def _exchange(self, **what: str) -> Json:
        """In a form, as the SDK's own method takes a way of naming client and secret that aiohttp gives up."""
        who = {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
        return await self._call(EXCHANGE, {**who, **what})

    async def _call(self, method: str, values: dict[str, str], *, token: str | None = None) -> Json:
        web = AsyncWebClient(token=token, base_url=self._url, session=self._line.session(), retry_handlers=[])
        try:
            said: Any = (await web.api_call(method, data=values)).data
        except SlackApiError as error:
            refused: Any = error.response
            raise OauthError(_code(refused.data)) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise OauthError("") from None
        return said if isinstance(said, Mapping) else {}

    def _grant(self, said: Json) -> Grant:
        """The token, and with token rotation what it is renewed with and when it ends."""
        token, renewal = text_of(said, "access_token"), text_of(said, "refresh_token")
        lives = said.get("expires_in")
        if not token or not isinstance(lives, int | None) or not 0 <= (lives or 0) <= LONGEST_S:
            raise OauthError("no_bot_token")
        return Grant(token, renewal, self._clock.now() + timedelta(seconds=lives) if lives else None)


def _place(said: Json) -> tuple[str, str]:
    """The id and name of where it was installed: the organisation's, where that is all of it (`team` is null then)."""
    whole = said.get("is_enterprise_install") is True
    place = part_of(said, "enterprise" if whole else "team")
    ident = text_of(place, "id")
    if not ident:
        raise OauthError("no_workspace")
    return ident, shown(text_of(place, "name"), NAME) or ident


def _code(said: Any) -> str:
    return text_of(said, "error") if isinstance(said, Mapping) else ""
