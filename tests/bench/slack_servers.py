"""The servers that Slack's posts are sent to, each a process of its own: ours, and slack-bolt as its docs show it.

`python -m tests.bench.slack_servers WHICH PORT [DATABASE_URL [MOMENT]]`. Each has a page that tells its processor time.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from adapters.slack.ingress import MAX_BODY, PATH
from tests.bench import servers
from tests.bench.answering import ROWS
from tests.bench.web_load import Server
from tests.fakes.slack.server import BOT_TOKEN, SECRET
from tests.fakes.slack.workspace import BOT, BOT_USER, TEAM

OURS, WHOLE, STOCK, DEFAULT, STORING, MANY = "ours", "whole", "stock", "default", "storing", "many"
LISTENERS = 40


class Everybody:
    """An office that knows everybody."""

    async def connected(self, team: str) -> None:
        """It need not be kept."""
        del team

    async def knows(self, team: str, user: str) -> bool:
        """Of course."""
        del team, user
        return True


def ours(port: int) -> web.Application:
    """Our ingress, door and parser, and nothing behind them."""
    from bot.app import SystemClock

    office: Any = Everybody()
    adapter = SlackAdapter(
        SystemClock(), office, bot_token=BOT_TOKEN, signing_secret=SECRET, url=_slack(port)
    )
    site = web.Application(client_max_size=MAX_BODY)
    site.add_routes(adapter.routes())
    return _running(site, adapter, lambda: adapter.run(servers.nothing))


def whole(port: int, url: str, moment: str) -> web.Application:
    """The program as it runs in production, at a moment of its own; its worker is another process."""
    from bot.web import application

    app = servers.program(
        url, moment, SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=_slack(port)
    )
    adapter: Any = app.adapters["slack"]
    return _running(application(app), adapter, lambda: adapter.run(app.on_inbound, app.on_search))


def bolt(*, listeners: int = 1, before_response: bool = True) -> web.Application:
    """slack-bolt with listeners that acknowledge; the last is the one that is meant."""
    app = _stock(before_response=before_response)
    for number in range(listeners):
        app.action(re.compile(rf"press\.{number}") if number == 0 else f"press.{number}")(_acknowledge)
    return app.web_app(path=PATH)


def storing(url: str) -> web.Application:
    """slack-bolt as it comes, with a listener that reads a row and inserts one by SQLModel's async sessions."""
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
    from sqlmodel import Field, SQLModel

    from bot.storage.database import parsed

    class Bare(SQLModel, table=True):
        id: int = Field(primary_key=True)
        text: str

    engine = create_async_engine(parsed(url).set(drivername="postgresql+psycopg"), pool_size=8)
    numbers = itertools.count(1)
    app = _stock(before_response=False)

    @app.action(re.compile("press"))
    async def store(ack: Any) -> None:
        async with AsyncSession(engine) as session:
            number = next(numbers)
            await session.get(Bare, number % ROWS)
            session.add(Bare(id=ROWS + number, text="worked"))
            await session.commit()
        await ack()

    return app.web_app(path=PATH)


def _stock(*, before_response: bool) -> Any:
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize() -> AuthorizeResult:  # its own asks auth.test for every event
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_id=BOT, bot_user_id=BOT_USER)

    return AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=before_response)


async def _acknowledge(ack: Any) -> None:
    await ack()


def _running(site: web.Application, adapter: Any, run: Any) -> web.Application:
    """With the adapter at work, and what it asks of Slack answered right here."""

    async def identity(request: web.Request) -> web.Response:
        del request
        return web.json_response({"ok": True, "team_id": TEAM, "bot_id": BOT, "user_id": BOT_USER})

    async def ready(request: web.Request) -> web.Response:
        del request
        return web.Response(status=200 if adapter._ready else 503)

    site.add_routes([web.post("/api/auth.test", identity), web.get(servers.READY, ready)])
    return servers.with_beside(site, run)


def _slack(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/"


def serving(*wanted: Sequence[str]) -> AbstractContextManager[list[Server]]:
    """The servers, all of them up; each as its name and, where it has one, its database and moment."""
    return servers.serving(__name__, *wanted)


SITES: Mapping[str, servers.Site] = {
    OURS: ours,
    WHOLE: whole,
    STOCK: lambda _: bolt(),
    DEFAULT: lambda _: bolt(before_response=False),
    MANY: lambda _: bolt(listeners=LISTENERS),
    STORING: lambda _, url: storing(url),
}

if __name__ == "__main__":
    servers.main(SITES, sys.argv[1:])
