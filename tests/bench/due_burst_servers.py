"""Who posts what has fallen due, each a process of its own: the program's worker, a bare loop, procrastinate.

`python -m tests.bench.due_burst_servers WHICH PORT ...`. The sink keeps what was posted and when. The two beside the
worker post the very bodies that the worker posted: they compose nothing, keep no check-in and plan nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from sqlalchemy import Engine, event

from tests.bench import servers
from tests.bench.outbox_servers import AT_ONCE, Sink
from tests.bench.web_load import Server

if TYPE_CHECKING:
    from procrastinate import App

SINK, WORKER, DIRECT, PROCRASTINATE = "sink", "worker", "direct", "procrastinate"
ARRIVED, BODIES, STATEMENTS, BEGIN, PLAN = "/arrived", "/bodies", "/statements", "/begin", "/plan"
BEFORE = timedelta(minutes=1)
PLATFORM_MS = 100  # that a platform takes for an answer
MOST_BODIES = 200 * 1024 * 1024  # bytes: of 10,000 messages of some kilobytes each


def sink(port: int) -> web.Application:
    """Takes each message after as long as a platform takes. `/arrived` tells when each came, and forgets them."""
    del port
    came: list[tuple[float, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        came.append((time.time(), await request.read()))
        await asyncio.sleep(PLATFORM_MS / 1000)
        return web.json_response({"ok": True, "ts": str(len(came))})

    async def arrived(_: web.Request) -> web.Response:
        return web.json_response([at for at, _ in came])

    async def bodies(_: web.Request) -> web.Response:
        kept = b"\n".join(body for _, body in came)
        came.clear()
        return web.Response(body=kept)

    site = web.Application()
    site.add_routes([web.post("/", take), web.get(ARRIVED, arrived), web.get(BODIES, bodies)])
    return site


class Line:
    """Posts to the sink over connections that stay open."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def put(self, body: str) -> str:
        """What the sink calls the message."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self._session.post(self._url, data=body.encode()) as answer:
            return str((await answer.json())["ts"])

    async def post(self, address: str, payload: Mapping[str, Any]) -> str:
        """The same, of a message that is still to be written down."""
        return await self.put(json.dumps({"channel": address, **payload}))


def worker(port: int, url: str, database: str, moment: str) -> web.Application:
    """The program's worker, a minute before `moment`; at `/begin` it is that moment."""
    from bot.app import build
    from bot.settings import load
    from bot.worker import Worker
    from tests.fakes.running_clock import RunningClock

    del port
    clock, due = RunningClock(), datetime.fromisoformat(moment)
    clock.move_to(due - BEFORE)
    app = build(load({"DATABASE_URL": database, "RAMPCHECK_LOCAL_CHAT": "off"}), clock=clock)
    app.adapters["local"] = Sink(Line(url))  # type: ignore[arg-type]  # a line of our own
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    running = Worker(app)

    async def told(_: web.Request) -> web.Response:
        return web.Response(text=str(statements))

    async def begin(_: web.Request) -> web.Response:
        clock.move_to(due)
        return web.Response()

    async def start(_: web.Application) -> None:
        await running.start()

    async def end(_: web.Application) -> None:
        await running.stop()
        app.close()

    site = web.Application()
    site.on_startup.append(start)
    site.on_cleanup.append(end)
    site.add_routes([web.get(STATEMENTS, told), web.get(BEGIN, begin)])
    return site


def direct(port: int, url: str) -> web.Application:
    """So many callers post the bodies, one after the other."""
    del port
    line, known = Line(url), list[str]()

    async def plan(request: web.Request) -> web.Response:
        known[:] = (await request.text()).splitlines()
        return web.Response()

    async def begin(_: web.Request) -> web.Response:
        left = iter(known)

        async def caller() -> None:
            for body in left:
                await line.put(body)

        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
        return web.Response()

    return _planned(plan, begin)


def procrastinate(port: int, url: str, database: str) -> web.Application:
    """A job for each body, with procrastinate's own worker."""
    del port
    app = _jobs(database, Line(url))

    async def plan(request: web.Request) -> web.Response:
        await app.open_async()
        await app.schema_manager.apply_schema_async()
        bodies = (await request.text()).splitlines()
        await app.tasks["post"].batch_defer_async(*({"body": body} for body in bodies))
        return web.Response()

    async def begin(_: web.Request) -> web.Response:
        await app.run_worker_async(
            wait=False, concurrency=AT_ONCE, install_signal_handlers=False, listen_notify=False
        )
        return web.Response()

    return _planned(plan, begin)


def _jobs(database: str, line: Line) -> App:
    from procrastinate import App, PsycopgConnector
    from sqlalchemy.engine import make_url

    url = make_url(database).set(drivername="postgresql")
    app = App(connector=PsycopgConnector(conninfo=url.render_as_string(hide_password=False), max_size=8))

    @app.task(name="post")
    async def post(body: str) -> None:
        await line.put(body)

    return app


def _planned(plan: Any, begin: Any) -> web.Application:
    site = web.Application(client_max_size=MOST_BODIES)
    site.add_routes([web.post(PLAN, plan), web.get(BEGIN, begin)])
    return site


def serving(*wanted: tuple[str, ...]) -> AbstractContextManager[list[Server]]:
    """All of them up; each as its name and what else it needs."""
    return servers.serving(__name__, *wanted)


SITES: Mapping[str, servers.Site] = {
    SINK: sink,
    WORKER: worker,
    DIRECT: direct,
    PROCRASTINATE: procrastinate,
}

if __name__ == "__main__":
    import sys

    servers.main(SITES, sys.argv[1:])
