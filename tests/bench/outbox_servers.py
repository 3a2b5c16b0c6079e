"""Whoever sends messages to a sink, each a process of its own: our outbox, a loop that only posts, and procrastinate.

`python -m tests.bench.outbox_servers WHICH PORT [SINK [DATABASE_URL]]`. `/fill?many=` puts messages where they wait,
`/drain?ms=` sends them all, to a sink that takes so many milliseconds for each, and answers how many they were.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from adapters.local.render import render
from bot.core.card import Card
from bot.core.ports import Inbound, MessageRef, Payload, Traits
from bot.core.records import Address, Connection
from tests.bench import servers
from tests.bench.slack_senders import INVITATION
from tests.bench.web_load import Server

if TYPE_CHECKING:
    from procrastinate import App

SINK, DIRECT, OUTBOX, PROCRASTINATE = "sink", "direct", "outbox", "procrastinate"
AT_ONCE = 100  # messages in flight, of each way
FILL, DRAIN = "/fill", "/drain"

_numbers = itertools.count(1)

Fill, Drain = Callable[[int], Awaitable[None]], Callable[[int], Awaitable[int]]


def sink(port: int) -> web.Application:
    """Takes a message after so many milliseconds."""
    del port

    async def take(request: web.Request) -> web.Response:
        await request.json()
        await asyncio.sleep(int(request.match_info["ms"]) / 1000)
        return web.json_response({"ok": True, "ts": str(next(_numbers))})

    site = web.Application()
    site.add_routes([web.post("/{ms}", take)])
    return site


class Line:
    """Posts to the sink over connections that stay open."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self.ms = 0

    async def post(self, address: str, payload: Payload) -> str:
        """What the sink calls the message."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        message = {"channel": address, **payload}
        async with self._session.post(f"{self._url}/{self.ms}", json=message) as answer:
            return str((await answer.json())["ts"])


def direct(port: int, url: str) -> web.Application:
    """Nothing is kept: so many callers post what is left."""
    del port
    line, waiting = Line(url), 0

    async def fill(many: int) -> None:
        nonlocal waiting
        waiting += many

    async def drain(ms: int) -> int:
        nonlocal waiting
        line.ms, many, waiting = ms, waiting, 0
        left = iter(range(many))
        await asyncio.gather(*(_caller(line, left) for _ in range(AT_ONCE)))
        return many

    return _site(fill, drain)


async def _caller(line: Line, left: Iterator[int]) -> None:
    for number in left:
        await line.post(f"dm:{number}", render(INVITATION))


class Sink:
    """A platform that takes everything, and can be asked what it took, as Slack can."""

    name = "local"
    traits = Traits(
        can_amend=True, can_start=True, modal=False, max_payload_bytes=1_000_000, can_look_up=True
    )

    def __init__(self, line: Line) -> None:
        self.line = line

    def render(self, card: Card) -> Payload:
        return render(card)

    def parse(self, raw: Any) -> Inbound | None:
        del raw

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        del key
        return MessageRef(address.conversation, await self.line.post(address.conversation, payload))

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        del ref
        await self.line.post(address.conversation, payload)

    async def find(self, address: Address, key: str) -> MessageRef | None:
        del address, key

    async def run(self, on_inbound: Any, on_search: Any = None) -> None:
        del on_inbound, on_search


def outbox(port: int, url: str, database: str) -> web.Application:
    """What the worker does with what waits; each message goes to somebody else."""
    from bot.app import SystemClock
    from bot.content.loader import load
    from bot.core.ports import Message
    from bot.service import deliver
    from bot.storage import open_store

    del port
    store, clock, line = open_store(database), SystemClock(), Line(url)
    organisation = store.add_organisation("Acme", "Europe/Riga")  # of its own: several start at one moment
    wanted = Connection(0, "local", f"local-{os.getpid()}")
    connection = store.write(organisation.id, lambda unit: unit.save_connection(wanted))
    post = deliver.Post(
        store, {"local": Sink(line)}, clock.now, load(Path(__file__).parents[2] / "questionnaires")
    )

    def stored(many: int) -> None:
        def work(unit: Any) -> None:
            for number in range(many):
                address = Address(connection.id, "local", f"dm:{number}")
                key = f"bench:{os.getpid()}:{next(_numbers)}"
                unit.enqueue(Message(key, address, INVITATION), clock.now())

        store.write(organisation.id, work)

    async def fill(many: int) -> None:
        await asyncio.to_thread(stored, many)

    async def drain(ms: int) -> int:
        line.ms = ms
        return await deliver.drain(post)

    return _site(fill, drain)


def procrastinate(port: int, url: str, database: str) -> web.Application:
    """The same message, a job each, with procrastinate's own worker."""
    del port
    app, done = _jobs(database, Line(url))
    opened = asyncio.Event()

    async def fill(many: int) -> None:
        if not opened.is_set():
            await app.open_async()
            await app.schema_manager.apply_schema_async()
            opened.set()
        messages = [{"address": f"dm:{number}", "payload": render(INVITATION)} for number in range(many)]
        await app.tasks["post"].batch_defer_async(*messages)

    async def drain(ms: int) -> int:
        before, done.line.ms = done.many, ms
        await app.run_worker_async(
            wait=False, concurrency=AT_ONCE, install_signal_handlers=False, listen_notify=False
        )
        return done.many - before

    return _site(fill, drain)


class Done:
    """How many jobs were done, and the line that they use."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.many = 0


def _jobs(database: str, line: Line) -> tuple[App, Done]:
    from procrastinate import App, PsycopgConnector
    from sqlalchemy.engine import make_url

    url = make_url(database).set(drivername="postgresql")
    connector = PsycopgConnector(conninfo=url.render_as_string(hide_password=False), max_size=8)
    app, done = App(connector=connector), Done(line)

    @app.task(name="post")
    async def post(address: str, payload: Payload) -> None:
        await line.post(address, payload)
        done.many += 1

    return app, done


def _site(fill: Fill, drain: Drain) -> web.Application:
    async def filled(request: web.Request) -> web.Response:
        await fill(int(request.query["many"]))
        return web.Response()

    async def drained(request: web.Request) -> web.Response:
        return web.Response(text=str(await drain(int(request.query["ms"]))))

    site = web.Application()
    site.add_routes([web.get(FILL, filled), web.get(DRAIN, drained)])
    return site


def serving(*wanted: Sequence[str]) -> AbstractContextManager[list[Server]]:
    """All of them up; each as its name, the sink and its database where it has them."""
    return servers.serving(__name__, *wanted)


SITES: Mapping[str, servers.Site] = {
    SINK: sink,
    DIRECT: direct,
    OUTBOX: outbox,
    PROCRASTINATE: procrastinate,
}

if __name__ == "__main__":
    servers.main(SITES, sys.argv[1:])
