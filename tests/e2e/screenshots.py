"""`make screenshots`: the pictures of the README, taken from the example at a moment that never changes."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

from bot import app as wiring
from bot import demo, log, settings
from bot.app import App, MovableClock
from bot.storage import migrate
from bot.web import application
from bot.worker import Worker
from tests.e2e.conftest import FLAGS, NO_BROWSER, chromium

START = datetime(
    2027, 3, 1, 8, 30, tzinfo=UTC
)  # a Monday, so that a week holds a Tuesday's questions and digest
PICTURES = Path(__file__).parents[2] / "docs" / "images"
DESK: ViewportSize = {"width": 1180, "height": 940}
PHONE: ViewportSize = {"width": 390, "height": 844}
HEAD = 94  # pixels left above a card, so that its sender and time are in the picture
PATIENCE = 60_000  # milliseconds; a week of the portfolio is worked through while the page waits


class StandingClock(MovableClock):
    """Time goes on only when it is moved, so that the same pictures come out on every day."""

    def now(self) -> datetime:
        return START + self.ahead

    def move_to(self, moment: datetime) -> None:
        self.ahead = max(self.ahead, moment - START)


def main(folder: Path = PICTURES) -> None:
    """Write every picture; the example lives in a folder that is gone afterwards."""
    if not chromium():
        sys.exit(f"No pictures taken: {NO_BROWSER}.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        asyncio.run(_take_all(Path(kept), folder))


async def _take_all(kept: Path, folder: Path) -> None:
    async with _example(kept) as url:
        await asyncio.to_thread(_shoot, url, folder)


@asynccontextmanager
async def _example(kept: Path) -> AsyncIterator[str]:
    """The address of the example, served with a worker beside it."""
    app = _prepared(kept, _free_port())
    worker, site = Worker(app), web.AppRunner(application(app), access_log=None)
    await site.setup()
    listening = [asyncio.ensure_future(door.run(app.on_inbound)) for door in app.adapters.values()]
    await web.TCPSite(site, app.settings.host, app.settings.port).start()
    await worker.start()
    await worker.beat()  # what is waiting at the start is on the page before anybody looks
    try:
        yield f"http://{app.settings.host}:{app.settings.port}/"
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await site.cleanup()
        await worker.stop()
        app.close()


def _prepared(kept: Path, port: int) -> App:
    log.configure("WARNING", "text")
    found = settings.load({"DATABASE_URL": f"sqlite:///{kept / 'pictures.db'}", "PORT": str(port)})
    migrate.upgrade(found.database_url)
    app = wiring.build(found, clock=StandingClock())
    demo.prepare(app)
    return app


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the pictures ---------------------------------------------------------------------------------------------------


def _shoot(url: str, folder: Path) -> None:
    """A day in the example: a question, a phone, a status, and a week later the digest."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        _phone(browser, url, folder / "phone.png")
        page = _page(browser, url, DESK)
        _check_in(page, folder / "check-in.png")
        _status(page, folder / "status.png")
        _digest(page, folder / "digest.png")
        browser.close()


def _page(browser: Browser, url: str, size: ViewportSize) -> Page:
    page = browser.new_context(
        viewport=size, color_scheme="light", reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
    ).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}#anna")
    page.locator("#cast button[aria-pressed=true]").wait_for(state="attached")
    return page


def _check_in(page: Page, file: Path) -> None:
    """The owner is about to answer."""
    form = (
        page.locator(".message")
        .filter(has=page.get_by_role("heading", name=re.compile("Pilot check-in")))
        .last
    )
    form.get_by_label("We were blocked").check()
    form.get_by_role("combobox", name="What is most in the way now?").select_option(label="Security review")
    _to_top(page, form.get_by_role("heading").first)
    _take(page, file)


def _phone(browser: Browser, url: str, file: Path) -> None:
    """The same form on a telephone, at its last question."""
    page = _page(browser, url, PHONE)
    page.get_by_label("Very unlikely: under 20%").check()
    _to_top(
        page, page.get_by_role("group", name="Planned date for first real production use?").first, head=16
    )
    _take(page, file)
    page.context.close()


def _status(page: Page, file: Path) -> None:
    """The lead asks how a pilot stands."""
    _become(page, "Lena Landing", "Rampcheck")
    page.get_by_label("Your message or command").fill("status contract summary")
    page.keyboard.press("Enter")
    _to_top(page, page.get_by_role("heading", name=re.compile("^Contract summary")).last)
    _take(page, file)


def _digest(page: Page, file: Path) -> None:
    """A week later, in the channel, with the first details unfolded."""
    page.get_by_role("button", name="+1 week").click()
    page.locator("#moved").get_by_text(re.compile("^Moved to")).wait_for()
    page.get_by_role("button", name="Dismiss").click()
    _become(page, "Lena Landing", "ai-pilots")
    digest = page.get_by_role("heading", name=re.compile("AI pilots, week of")).last
    page.locator("summary").filter(has_text=re.compile("repl")).last.click()
    _to_top(page, digest)
    _take(page, file)


def _become(page: Page, name: str, room: str) -> None:
    page.locator("#cast").get_by_role("button", name=re.compile(name)).click()
    page.locator("#rooms").get_by_role("button", name=re.compile(room)).click()


def _to_top(page: Page, what: Locator, *, head: int = HEAD) -> None:
    """Scroll the messages until this is at the top of them."""
    what.wait_for()
    what.evaluate(
        "(one, head) => { const box = document.getElementById('messages');"
        " box.scrollTop += one.getBoundingClientRect().top - box.getBoundingClientRect().top - head; }",
        head,
    )
    page.wait_for_timeout(400)  # the page marks as read what has come into view


def _take(page: Page, file: Path) -> None:
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=file, animations="disabled", caret="hide")
    print(f"{file.name}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
