"""A browser for the pages of the local chat, and the scripted bot behind them on a port of this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, sync_playwright

from adapters.local.adapter import LocalAdapter
from tests.fakes.desk import FakeBot, FakeDesk, application, scripted

T = TypeVar("T")

NO_BROWSER = "no Chromium found; install the Debian package chromium"
FLAGS = (  # no sandbox: CI runs as root; the rest keeps the browser off the network
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


def chromium() -> str:
    """The browser to test in: CHROMIUM where it is set, else Debian's or one on the path; nothing if there is none."""
    named = os.environ.get("CHROMIUM")
    usual = ["/usr/bin/chromium", *(shutil.which(name) or "" for name in ("chromium", "google-chrome"))]
    return next((path for path in ([named] if named else usual) if path and Path(path).exists()), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium():
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


class Stage:
    """The local chat with the scripted bot, served from a thread of its own."""

    def __init__(self, journal: Path | None = None) -> None:
        self.adapter: LocalAdapter
        self.desk: FakeDesk
        self.bot: FakeBot
        self._journal = journal
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it where the server lives."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(20)

    def start(self) -> None:
        """Serve on the port it had before, or a free one."""
        self.adapter, self.desk, self.bot = scripted(self._journal)
        self._runner = web.AppRunner(application(self.adapter))
        self.do(self._start())

    async def _start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._life = asyncio.ensure_future(self.adapter.run(self.bot))

    def stop(self) -> None:
        """As when the process ends."""
        self.do(self._stop())

    async def _stop(self) -> None:
        self._life.cancel()
        await self._runner.cleanup()

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module: longer would leave Playwright's event loop running under other tests' own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "journal.jsonl")
    made.do(made.bot.open())
    yield made
    made.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(stage: Stage, browser: Browser) -> Iterator[Visit]:
    """Opens the chat as somebody; a script error or a request to elsewhere fails the test."""
    contexts, wrong = [], []

    def open_page(user: str = "anna", *, errors: bool = True, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # a loaded machine is slow, not wrong
        if errors:
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on(
                "console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None
            )
        page.on("request", lambda asked: None if asked.url.startswith(stage.url) else wrong.append(asked.url))
        page.goto(f"{stage.url}#{user}")
        page.locator("#cast button[aria-pressed=true]").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
