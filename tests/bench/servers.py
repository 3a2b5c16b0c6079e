"""Servers to be measured, each a process of its own that tells what it costs; it must not know what they serve.

A module of servers has SITES, one for each name, and is started as `python -m MODULE NAME PORT ...`.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.core.ports import Inbound, Nothing, Reply
from tests.bench import processes
from tests.bench.web_load import CPU, WATCH, WATCHED, Server

if TYPE_CHECKING:
    from bot.app import App  # what a server does not serve, it does not import

READY = "/ready"
EACH_S = 0.002  # between two looks at the loop: what it is held up for is known to that

Site = Callable[..., web.Application]  # of a port and whatever else it was started with


@contextmanager
def serving(module: str, *wanted: Sequence[str]) -> Iterator[list[Server]]:
    """The servers of a module, all of them up; each as its name and whatever else it needs."""
    with ExitStack() as stack:
        found = [_started(stack, module, *one) for one in wanted]
        for server, process in found:
            while not (processes.listens(server.port) and processes.answers(server.port, READY)):
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                time.sleep(processes.LOOK_S)
        yield [server for server, _ in found]


def _started(stack: ExitStack, module: str, which: str, *more: str) -> tuple[Server, Any]:
    port = processes.free_port()
    arguments = ("-m", module, which, str(port), *more)
    return Server(port), stack.enter_context(processes.running(arguments, processes.ROOT))


# --- in the process of a server ---------------------------------------------------------------------------------------


def main(sites: Mapping[str, Site], arguments: Sequence[str]) -> None:
    """Serve until it is told to stop."""
    from bot.app import settle
    from bot.log import configure

    which, port, *more = arguments
    unread = Path(os.devnull).open("w")  # noqa: SIM115  # written as in production until the process ends
    configure("INFO", "text", stream=unread)
    site, watch = sites[which](int(port), *more), Watch()
    settle()  # as in production
    site.add_routes([web.get(CPU, _cpu), web.get(WATCH, watch.begin), web.get(WATCHED, watch.end)])
    if READY not in {route.resource.canonical for route in site.router.routes() if route.resource}:
        site.add_routes([web.get(READY, _ready)])
    web.run_app(site, host="127.0.0.1", port=int(port), print=None, access_log=None)


def with_beside(site: web.Application, run: Callable[[], Coroutine[Any, Any, None]]) -> web.Application:
    """With something at work in the same loop for as long as it serves."""

    async def start(site: web.Application) -> None:
        site["running"] = asyncio.create_task(run())

    site.on_startup.append(start)
    return site


async def nothing(inbound: Inbound) -> Reply:
    """An engine that answers at once."""
    del inbound
    return Nothing()


def program(url: str, moment: str, **settings: str) -> App:
    """The program as it runs in production, at a moment of its own; its worker is another process."""
    from bot.app import MovableClock, build
    from bot.settings import load

    clock = MovableClock()
    clock.move_to(datetime.fromisoformat(moment))
    return build(load({"DATABASE_URL": url, "RAMPCHECK_LOCAL_CHAT": "off", **settings}), clock=clock)


class Watch:
    """How long the loop was held up at the most, between the beginning and the end of a watch."""

    def __init__(self) -> None:
        self._worst = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def begin(self, request: web.Request) -> web.Response:
        del request
        self._worst, self._looking = 0.0, asyncio.create_task(self._look())
        return web.Response()

    async def end(self, request: web.Request) -> web.Response:
        """The seconds."""
        del request
        await asyncio.sleep(EACH_S)  # what held the loop up until now counts
        if self._looking is not None:
            self._looking.cancel()
        return web.Response(text=repr(self._worst))

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(EACH_S)
            self._worst = max(self._worst, loop.time() - before - EACH_S)


async def _cpu(request: web.Request) -> web.Response:
    del request
    return web.Response(text=repr(time.process_time()))


async def _ready(request: web.Request) -> web.Response:
    del request
    return web.Response()
