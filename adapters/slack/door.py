"""slack-bolt as we use it: one listener for each kind of payload, everything else decided elsewhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.client import Account
from bot.log import get

EVERY: Final = re.compile(
    ""
)  # bolt's own routing is linear in listeners, so there is one (performance.md, 1)
UNREADABLE, UNKNOWN = 400, 404
ANSWER = "rampcheck.answer"

log = get("slack")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """What goes back to Slack: a status, a body, and whatever the listener left for afterwards."""

    status: int
    body: str
    then: Any = None


class Door:
    """Passes verified payloads to `listen`, which answers with a status, a body and what comes afterwards."""

    def __init__(
        self,
        listen: Callable[[Json], Awaitable[tuple[int, Json | None, Any]]],
        authorize: Callable[[str], Awaitable[Account]],
        *,
        url: str,
    ) -> None:
        self._listen = listen
        self._authorize = authorize
        self._bolt = self._built(url)

    async def take(self, body: Json, headers: Mapping[str, str]) -> Passed:
        """Pass one payload on. One that Slack cannot have sent gets a 400, whatever is wrong with it."""
        try:
            request = AsyncBoltRequest(body=dict(body), headers=dict(headers), mode="socket_mode")
            response = await self._bolt.async_dispatch(request)
        except Exception as error:  # noqa: BLE001  # a web route: what bolt cannot read is no reason for a traceback
            log.warning("slack.unreadable", kind=type(error).__name__)
            return Passed(UNREADABLE, "")
        status = UNREADABLE if response.status == UNKNOWN else response.status
        return Passed(status, response.body or "", request.context.get(ANSWER))

    def _built(self, url: str) -> AsyncApp:
        quiet = logging.getLogger("rampcheck.slack.bolt")
        quiet.setLevel(logging.CRITICAL)  # its warnings quote whole payloads, and so answers
        authorized, heard = self._functions()
        app = AsyncApp(
            client=AsyncWebClient(base_url=url),
            authorize=authorized,
            logger=quiet,
            name="rampcheck.slack.bolt",  # bolt sets the level of the logger of this name: it must not be ours
            process_before_response=True,
            request_verification_enabled=False,  # done before, on the raw bytes
            ssl_check_enabled=False,  # answered before; each of bolt's own steps costs every press
            attaching_function_token_enabled=False,  # we are no step of a workflow
        )
        app.error(_failed)
        for kind in (  # bolt asks them in this order: presses and forms are what somebody waits for
            app.action,
            app.view,
            app.command,
            app.event,
            app.view_closed,
            app.shortcut,
            app.options,
        ):
            kind(EVERY)(heard)
        return app

    def _functions(
        self,
    ) -> tuple[Callable[..., Awaitable[AuthorizeResult]], Callable[..., Awaitable[BoltResponse]]]:
        """Functions, as bolt looks at the names of arguments and trips over a method's `self`."""

        async def authorized(team_id: str | None) -> AuthorizeResult:
            """Our own, as bolt's asks auth.test for every event and takes a 429 for "not installed"."""
            found = await self._authorize(team_id or "")
            return AuthorizeResult(
                enterprise_id=None, team_id=found.team, bot_id=found.bot, bot_user_id=found.bot_user
            )

        async def heard(request: AsyncBoltRequest) -> BoltResponse:
            status, body, request.context[ANSWER] = await self._listen(request.body)
            return BoltResponse(status=status, body=dict(body) if body is not None else "")

        return authorized, heard


async def _failed(error: Exception) -> BoltResponse:
    log.warning("slack.unreadable", kind=type(error).__name__)
    return BoltResponse(status=UNREADABLE, body="")
