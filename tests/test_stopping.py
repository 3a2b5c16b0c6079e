"""Told to stop, the web server answers what it has taken, and sends away whoever would stay for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp import web as http

from bot import web
from bot.app import App, build
from bot.settings import load


class Door:
    """An adapter with a request that takes its time, and one that lasts until it is sent away."""

    def __init__(self) -> None:
        self.on_inbound: Any = None
        self.taken = asyncio.Event()
        self.gone = asyncio.Event()

    def routes(self) -> list[http.RouteDef]:
        return [http.get("/act", self._act), http.get("/stay", self._stay)]

    def send_away(self) -> None:
        self.gone.set()

    async def run(self, on_inbound: Any, on_search: Any = None) -> None:
        del on_search
        self.on_inbound = on_inbound
        try:
            await asyncio.Event().wait()
        finally:
            self.on_inbound = None

    async def _act(self, request: http.Request) -> http.Response:
        del request
        self.taken.set()
        await asyncio.sleep(0.05)
        return http.Response(text="stored" if self.on_inbound else "busy, press again")

    async def _stay(self, request: http.Request) -> http.Response:
        del request
        self.taken.set()
        await self.gone.wait()
        return http.Response(text="come back later")


@pytest.fixture
def app(sqlite_url: str) -> App:
    return build(load({"DATABASE_URL": sqlite_url, "RAMPCHECK_LOCAL_CHAT": "off"}))


def said_by(app: App, path: str) -> str:
    """What somebody gets who asked just before the server was told to stop."""

    async def story() -> str:
        door = Door()
        app.adapters["door"] = door  # type: ignore[assignment]  # as much of one as the server needs
        site = http.AppRunner(web.application(app), access_log=None, shutdown_timeout=5)
        await site.setup()
        await http.TCPSite(site, "127.0.0.1", 0).start()
        running = [asyncio.create_task(door.run("the engine"))]
        async with ClientSession() as client:
            asked = asyncio.create_task(client.get(f"http://127.0.0.1:{site.addresses[0][1]}{path}"))
            await door.taken.wait()
            await web._stop(app, site, running, None)
            return await (await asked).text()

    return asyncio.run(story())


def test_what_was_taken_before_the_end_is_stored_and_not_sent_back(app: App) -> None:
    assert said_by(app, "/act") == "stored"


def test_a_page_that_would_stay_for_ever_is_sent_away(app: App) -> None:
    assert said_by(app, "/stay") == "come back later"
