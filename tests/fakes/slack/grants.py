"""Who may call the fake Slack: tokens of several workspaces, codes good once, tokens that rotate; it speaks no HTTP."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.api import Api, Refusal
from tests.fakes.slack.laws import ALL_SCOPES
from tests.fakes.slack.workspace import APP, BOT_USER

CLIENT_ID, CLIENT_SECRET = "111.222", "fake-client-secret"

Json = dict[str, Any]


@dataclass
class Token:
    """A token: for which workspace, until when, and whether it was taken back."""

    api: Api
    ends: float = float("inf")
    revoked: bool = False


@dataclass
class Grants:
    """The tokens there are. With `rotating`, new ones live for `lives` seconds and come with a refresh token."""

    rotating: bool = False
    lives: int = 43_200  # twelve hours, as Slack has it
    installer: str = "U0ANNA"
    clock: Callable[[], float] = time.monotonic
    tokens: dict[str, Token] = field(default_factory=dict)
    renewals: dict[str, str] = field(default_factory=dict)  # refresh token -> the token that came with it
    exchanged: list[str] = field(default_factory=list)  # refresh tokens that were used, each once
    revoked: list[str] = field(default_factory=list)  # tokens handed back

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._codes: dict[str, tuple[Api, str]] = {}

    def code(self, api: Api, redirect: str) -> str:
        """What somebody brings back who confirmed an installation."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = (api, redirect)
        return code

    def api_of(self, token: str) -> Api:
        """The workspace that a token is good in. Raises Refusal."""
        known = self.tokens.get(token)
        if known is None:
            raise Refusal("invalid_auth")
        if known.revoked:
            raise Refusal("token_revoked")
        if self.clock() >= known.ends:
            raise Refusal("token_expired")
        return known.api

    def expire(self) -> None:
        """Every token that rotates has ended."""
        for token in self.tokens.values():
            if token.ends != float("inf"):
                token.ends = self.clock()

    def revoke(self, api: Api) -> None:
        """Every token of a workspace is taken back."""
        for token in self.tokens.values():
            token.revoked = token.revoked or token.api is api

    def exchange(self, args: Mapping[str, Any]) -> Json:
        """`oauth.v2.access`. Raises Refusal."""
        if args.get("client_id") != CLIENT_ID:
            raise Refusal("invalid_client_id")
        if args.get("client_secret") != CLIENT_SECRET:
            raise Refusal("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            return self._renewed(str(args.get("refresh_token", "")))
        api, redirect = self._codes.pop(str(args.get("code", "")), (None, ""))
        if api is None:
            raise Refusal("invalid_code")
        if args.get("redirect_uri") != redirect:
            raise Refusal("bad_redirect_uri")
        return self._granted(api)

    def _renewed(self, renewal: str) -> Json:
        """A refresh token is good once, and takes the token that it came with along."""
        old = self.tokens.get(self.renewals.pop(renewal, ""))
        self.exchanged.append(renewal)
        if old is None or old.revoked:
            raise Refusal("invalid_refresh_token")
        old.ends = self.clock()
        return self._granted(old.api)

    def _granted(self, api: Api) -> Json:
        number = next(self._numbers)
        token = f"xoxe.xoxb-fake-{number}" if self.rotating else f"xoxb-fake-{number}"
        self.tokens[token] = Token(api, self.clock() + self.lives if self.rotating else float("inf"))
        more: Json = {}
        if self.rotating:
            renewal = f"xoxe-fake-{number}"
            self.renewals[renewal] = token
            more = {"expires_in": self.lives, "refresh_token": renewal}
        place = api.workspace
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(sorted(ALL_SCOPES)),
            "bot_user_id": BOT_USER,
            "app_id": APP,
            "authed_user": {"id": self.installer},
            "is_enterprise_install": bool(place.enterprise),
            "team": None if place.enterprise else {"id": place.team, "name": place.name},
            "enterprise": {"id": place.enterprise, "name": place.name} if place.enterprise else None,
            **more,
        }
