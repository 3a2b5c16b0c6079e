"""The servers that Slack's posts are sent to, each a process of its own: ours, and slack-bolt as its docs show it.

`python -m tests.bench.slack_servers WHICH PORT [DATABASE_URL [MOMENT]]`. Each has a page that tells its processor time.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from adapters.slack.ingress import MAX_BODY, PATH
from bot.core.ports import Inbound, Nothing, Reply
from tests.bench import processes
from tests.bench.answering import ROWS
from tests.bench.web_load import CPU, Server
from tests.fakes.slack.server import BOT_TOKEN, SECRET
from tests.fakes.slack.workspace import BOT, BOT_USER, TEAM

OURS, WHOLE, STOCK, DEFAULT, STORING, MANY = "ours", "whole", "stock", "default", "storing", "many"
LISTENERS = 40
READY = "/ready"


class Everybody:
    """An office that knows everybody."""

    async def connected(self, team: str) -> None:
        """It need not be kept."""
        del team

    async def knows(self, team: str, user: str) -> bool:
        """Of course."""
        del team, user
        return True


async def nothing(inbound: Inbound) -> Reply:
    """An engine that answers at once."""
    del inbound
    return Nothing()


def ours(port: int) -> web.Application:
    """Our ingress, door and parser, and nothing behind them."""
    from bot.app import SystemClock

    office: Any = Everybody()
    adapter = SlackAdapter(
        SystemClock(), office, bot_token=BOT_TOKEN, signing_secret=SECRET, url=_slack(port)
    )
    site = web.Application(client_max_size=MAX_BODY)
    site.add_routes(adapter.routes())
    return _running(site, adapter, lambda: adapter.run(nothing))


def whole(port: int, url: str, moment: str) -> web.Application:
    """The program as it runs in production, at a moment of its own; its worker is another process."""
    from bot.app import MovableClock, build
    from bot.settings import load
    from bot.web import application

    settings = {
        "DATABASE_URL": url,
        "RAMPCHECK_LOCAL_CHAT": "off",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": _slack(port),
    }
    clock = MovableClock()
    clock.move_to(datetime.fromisoformat(moment))
    app = build(load(settings), clock=clock)
    adapter: Any = app.adapters["slack"]
    return _running(application(app), adapter, lambda: adapter.run(app.on_inbound, app.on_search))


def bolt(*, listeners: int = 1, before_response: bool = True) -> web.Application:
    """slack-bolt with listeners that acknowledge; the last is the one that is meant."""
    app = _stock(before_response=before_response)
    for number in range(listeners):
        app.action(re.compile(rf"press\.{number}") if number == 0 else f"press.{number}")(_acknowledge)
    return app.web_app(path=PATH)  # type: ignore[no-any-return]


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

    return app.web_app(path=PATH)  # type: ignore[no-any-return]


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

    async def start(site: web.Application) -> None:
        site["running"] = asyncio.create_task(run())

    site.add_routes([web.post("/api/auth.test", identity), web.get(READY, ready)])
    site.on_startup.append(start)
    return site


def _slack(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/"


async def _cpu(request: web.Request) -> web.Response:
    del request
    return web.Response(text=repr(time.process_time()))


async def _ready(request: web.Request) -> web.Response:
    del request
    return web.Response()


# --- started and stopped by who measures -----------------------------------------------------------------------------


@contextmanager
def serving(*wanted: Sequence[str]) -> Iterator[list[Server]]:
    """The servers, all of them up; each as its name and, where it has one, its database and moment."""
    with ExitStack() as stack:
        found = [_started(stack, *one) for one in wanted]
        for server, process in found:
            while not (processes.listens(server.port) and processes.answers(server.port, READY)):
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                time.sleep(processes.LOOK_S)
        yield [server for server, _ in found]


def _started(stack: ExitStack, which: str, *more: str) -> tuple[Server, Any]:
    port = processes.free_port()
    arguments = ("-m", "tests.bench.slack_servers", which, str(port), *more)
    return Server(port), stack.enter_context(processes.running(arguments, processes.ROOT))


def main(which: str, port: int, *more: str) -> None:
    """Serve until it is told to stop."""
    from bot.log import configure

    unread = Path(os.devnull).open("w")  # noqa: SIM115  # written as in production until the process ends
    configure("INFO", "text", stream=unread)
    site = {
        OURS: lambda: ours(port),
        WHOLE: lambda: whole(port, *more),
        STOCK: bolt,
        DEFAULT: lambda: bolt(before_response=False),
        MANY: lambda: bolt(listeners=LISTENERS),
        STORING: lambda: storing(*more),
    }[which]()
    site.add_routes([web.get(CPU, _cpu)])
    if which not in {OURS, WHOLE}:
        site.add_routes([web.get(READY, _ready)])
    web.run_app(site, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
