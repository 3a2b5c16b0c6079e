"""Takes the README's pictures of the real demo: a check-in, its result, a digest, and a phone. `make screenshots`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import FLAGS, NO_BROWSER, chromium

ROOT = Path(__file__).resolve().parents[2]
WINDOW = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 60.0  # seconds for the demo to answer, seeding included


@contextmanager
def demo(port: int) -> Iterator[str]:
    """The demo with fresh data, for as long as the pictures take."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "demo", "--no-open", "--port", str(port), "--keep", folder]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"The demo did not answer at {url} within {PATIENCE:.0f} seconds.")


def take(browser: Browser, url: str, folder: Path) -> None:
    page = browser.new_page(viewport=WINDOW, device_scale_factor=1.5, color_scheme="light")
    be(page, url, "anna")
    page.screenshot(path=folder / "check-in.png")
    be(page, url, "lena")
    page.locator("#rooms").get_by_role("button", name="ai-pilots").click()
    page.screenshot(path=folder / "digest.png")
    page.close()
    phone = browser.new_page(viewport=PHONE, device_scale_factor=2, color_scheme="dark")
    be(phone, url, "anna")
    phone.screenshot(path=folder / "phone.png")
    phone.close()


def be(page: Page, url: str, user: str) -> None:
    page.goto("about:blank")
    page.goto(f"{url}#{user}")
    page.locator(".message").first.wait_for()
    page.wait_for_timeout(500)  # until the fonts and the movement of arriving messages have settled


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--to", type=Path, default=ROOT / "docs" / "images", help="the folder for the pictures"
    )
    options.add_argument("--port", type=int, default=8798)
    chosen = options.parse_args()
    if not chromium():
        raise SystemExit(f"No pictures taken: {NO_BROWSER}.")
    chosen.to.mkdir(parents=True, exist_ok=True)
    with demo(chosen.port) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        take(browser, url, chosen.to)
        browser.close()
    print(f"Wrote check-in.png, digest.png and phone.png to {chosen.to}.")


if __name__ == "__main__":
    main()
