"""The servers that Teams' posts are sent to, each a process of its own: ours, and botbuilder as it is shipped.

`python -m tests.bench.teams_servers WHICH PORT MICROSOFT [DATABASE_URL MOMENT]`. MICROSOFT publishes the keys.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from aiohttp import web

from tests.adapters.teams import screen
from tests.bench import servers
from tests.bench.web_load import Server
from tests.fakes.teams.microsoft import ISSUER
from tests.fakes.teams.program import here

OURS, WHOLE, STOCK = "ours", "whole", "stock"


class Everybody:
    """An office that knows everybody."""

    async def connected(self, tenant: str, name: str) -> None:
        """It need not be kept."""
        del tenant, name

    async def knows(self, tenant: str, account: str) -> bool:
        """Of course."""
        del tenant, account
        return True

    async def introduced(self, tenant: str, account: str) -> bool:
        """By the same word."""
        return await self.knows(tenant, account)

    async def tenant(self, connection: int) -> str:
        """The only one."""
        del connection
        return screen.TENANT


def ours(port: int, microsoft: str) -> web.Application:
    """Our ingress, gate, turn and parser, and an engine behind them that answers at once."""
    from adapters.teams.adapter import Bot, TeamsAdapter
    from adapters.teams.credentials import Secret
    from bot.app import SystemClock
    from bot.web import MAX_BODY

    del port
    bot = Bot(screen.APP, screen.TENANT, (screen.TENANT,), Secret("s"), here(microsoft))
    adapter = TeamsAdapter(SystemClock(), Everybody(), bot)
    site = web.Application(client_max_size=MAX_BODY)
    site.add_routes(adapter.routes())
    return servers.with_beside(site, lambda: adapter.run(servers.nothing))


def whole(port: int, microsoft: str, url: str, moment: str) -> web.Application:
    """The program as in production, but for where Microsoft is."""
    from adapters.teams import cloud
    from bot.web import application

    del port
    cloud.CLOUDS["public"] = here(microsoft)
    app = servers.program(
        url,
        moment,
        TEAMS_APP_TYPE="SingleTenant",
        TEAMS_APP_ID=screen.APP,
        TEAMS_TENANT_ID=screen.TENANT,
        TEAMS_APP_SECRET="s",
    )
    adapter: Any = app.adapters["teams"]
    return servers.with_beside(application(app), lambda: adapter.run(app.on_inbound, app.on_search))


def stock(port: int, microsoft: str) -> web.Application:
    """CloudAdapter as botbuilder's samples start it, with a bot that answers a press at once."""
    from botbuilder.core import ActivityHandler, InvokeResponse
    from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
    from botbuilder.schema import AdaptiveCardInvokeResponse

    class Configuration:
        PORT = port
        APP_ID, APP_PASSWORD = screen.APP, "s"
        APP_TYPE, APP_TENANTID = "SingleTenant", screen.TENANT
        TO_CHANNEL_FROM_BOT_LOGIN_URL = "https://login.microsoftonline.com/botframework.com"
        TO_CHANNEL_FROM_BOT_OAUTH_SCOPE = ISSUER
        TO_BOT_FROM_CHANNEL_TOKEN_ISSUER = ISSUER
        OAUTH_URL = ISSUER
        TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL = f"{microsoft}/openid"
        TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL = f"{microsoft}/openid"

    class Bot(ActivityHandler):  # type: ignore[misc]  # botbuilder ships no types
        async def on_invoke_activity(self, turn_context: Any) -> InvokeResponse:
            del turn_context
            kind = "application/vnd.microsoft.activity.message"
            return InvokeResponse(
                status=200,
                body=AdaptiveCardInvokeResponse(status_code=200, type=kind, value={"text": "Done."}),
            )

    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(Configuration())), Bot()

    async def messages(request: web.Request) -> web.Response:
        answer = await adapter.process(request, bot)
        assert answer is not None
        return answer

    site = web.Application()
    site.add_routes([web.post("/api/messages", messages)])
    return site


def serving(*wanted: Sequence[str]) -> AbstractContextManager[list[Server]]:
    """The servers, all of them up; each as its name, Microsoft's address and whatever else it needs."""
    return servers.serving(__name__, *wanted)


SITES: Mapping[str, servers.Site] = {OURS: ours, WHOLE: whole, STOCK: stock}

if __name__ == "__main__":
    servers.main(SITES, sys.argv[1:])
