"""The demo from its command to its digest, as a newcomer meets it: the real program, database and browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
ANNA, BO, INGRID, LENA = "Anna Apron", "Bo Beacon", "Ingrid Inlet", "Lena Landing"
PATIENCE = 30_000  # milliseconds; a week of the portfolio is worked through while the page waits


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Until the page answers."""
    for _ in range(300):
        try:
            with urlopen(url, timeout=5) as answer:  # our own server on loopback
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {url}")


@pytest.fixture
def demo() -> Iterator[str]:
    """The address of a running demo; afterwards it must stop cleanly when it is asked to."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "demo", "--no-open", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LOG_LEVEL": "WARNING"})
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url)
        yield url
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()


def test_a_newcomer_sees_the_main_job_from_question_to_digest(demo: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(demo)

    be(page, ANNA)
    form = newest(page, "Invoice matcher: Pilot check-in")
    expect(form).to_contain_text("Last time")
    assert form.locator("input:checked").count() == 0
    form.get_by_label("Work went on, nothing was finished").check()
    form.get_by_role("combobox", name="What is most in the way now?").select_option(label="Money")
    form.get_by_role("textbox", name="How many people used it for real work").fill("9")
    form.get_by_label("About even: 40 to 60%").check()
    form.get_by_role("button", name="Next").click()

    expect(form).to_contain_text("Who can clear it?")
    panel = form.get_by_role("form", name="Ask a colleague")
    form.get_by_role("button", name="Ask a colleague").click()
    panel.get_by_label("Who can clear it?").check()
    panel.get_by_role("combobox", name="Who knows?").fill(BO)
    page.keyboard.press("Tab")
    panel.get_by_role("button").first.click()
    expect(form).not_to_contain_text("They get one message with what you need")
    form.get_by_role("textbox", name="What exactly do you need").fill("A budget line by Friday")
    form.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(re.compile(f"Waiting for {BO}")).first).to_be_visible()

    be(page, BO)
    asked = newest(page, f"Invoice matcher: one question from {ANNA}")
    asked.get_by_role("combobox", name="Who can clear it?").fill("Grace Glide")
    page.keyboard.press("Tab")
    asked.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your answer went back with your name on it").first).to_be_visible()

    be(page, ANNA)
    expect(page.get_by_text("I asked Grace Glide for help: money").first).to_be_visible()
    be(page, "Grace Glide")
    expect(page.get_by_text("A budget line by Friday").first).to_be_visible()

    be(page, LENA)
    channel(page)
    before = digests(page).count()
    page.get_by_role("button", name="+1 week").click()
    expect(page.get_by_text(re.compile("moved to", re.IGNORECASE)).first).to_be_visible()
    expect(digests(page)).to_have_count(before + 1)
    expect(digests(page).last).to_contain_text("open ·")

    be(page, INGRID)
    expect(page.get_by_text("I asked again further down; please answer there.").first).to_be_visible()
    expect(page.get_by_text("A late answer still counts").first).to_be_visible()

    be(page, LENA)
    page.get_by_label("Your message or command").fill("status invoice matcher")
    page.keyboard.press("Enter")
    status = newest(page, "Invoice matcher: Pilot for")
    expect(
        status.get_by_role("definition").filter(has_text="Money; Grace Glide can clear it")
    ).to_be_visible()


def be(page: Page, name: str) -> None:
    """Become somebody and look at their direct messages."""
    page.locator("#cast").get_by_role("button", name=re.compile(name)).click()
    conversation(page, "Rampcheck")


def channel(page: Page) -> None:
    conversation(page, "ai-pilots")


def conversation(page: Page, name: str) -> None:
    page.locator("#rooms").get_by_role("button", name=re.compile(name)).click()


def newest(page: Page, title: str) -> Locator:
    return (
        page.locator(".message")
        .filter(has=page.get_by_role("heading", name=re.compile(re.escape(title))))
        .last
    )


def digests(page: Page) -> Locator:
    return page.locator(".message").filter(
        has=page.get_by_role("heading", name=re.compile("AI pilots, week of"))
    )


def test_a_lead_decides_fix_from_the_digest(demo: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(demo)

    be(page, LENA)
    channel(page)
    digest = digests(page).last
    expect(digest).to_contain_text("Data suggests")
    digest.get_by_role("button", name="Decide: Invoice matcher").click()
    form = newest(page, "Invoice matcher: Scale, fix or stop")
    expect(form).to_contain_text("Suggested:")
    assert form.locator("input:checked").count() == 0
    form.get_by_label("Fix: one named gap, one date").check()
    form.get_by_role("combobox", name="Main reason").select_option(label="Risk or law")
    form.get_by_role("button", name="Next").click()
    form.get_by_role("textbox", name="Fix: which gap").fill("The security review is done")
    form.get_by_label("By when?").fill((date.today() + timedelta(days=30)).isoformat())  # noqa: DTZ011 - as the page's clock
    form.get_by_role("button", name="Send", exact=True).click()
    expect(digests(page).last).to_contain_text("Invoice matcher: decided, Fix by")

    be(page, ANNA)
    expect(page.get_by_text("Lena Landing decided about Invoice matcher: Fix by").first).to_be_visible()
