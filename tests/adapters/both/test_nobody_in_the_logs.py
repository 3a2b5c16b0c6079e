"""At DEBUG, through real doors and over faults: neither platform's adapter logs a name, an address or a word."""

from __future__ import annotations

import io
from datetime import timedelta

from bot import log
from bot.meter import Counted
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import told
from tests.adapters.teams import screen
from tests.adapters.teams.tenant import Tenant, run
from tests.fakes.slack.server import Fault
from tests.test_log import lines

__all__ = ["lines"]  # the fixture: pytest finds it by its name here
pytest_plugins = ["tests.databases"]

NAME, EMAIL, NEED = "Zebulon Quist", "zebulon.quist@example.org", "A walrus tender of Narvik"
PILOT = "Invoice matcher"
MARKS = (NAME, *NAME.split(), *EMAIL.split("@"), NEED, "walrus", "Narvik")


def found(text: str) -> list[str]:
    return [mark for mark in MARKS if mark.casefold() in text.casefold()]


def test_slack_logs_neither_who_nor_what(sqlite_url: str, lines: io.StringIO) -> None:
    log.configure("DEBUG", "text", stream=lines)
    pages: list[str] = []

    async def story(airport: Airport) -> None:
        zeb = airport.somebody("U0ZEB", NAME)
        stranger = airport.somebody("U0NEW", f"{NAME} Junior", known=False)
        airport.slack.workspace.users["U0NEW"].email = EMAIL
        airport.pilot(PILOT, "U0ZEB")
        for method in ("chat.postMessage", "users.info", "views.open", "chat.update"):
            faults = (Fault(status=500), Fault(drop=True, kept=True), Fault(code="fatal_error"))
            airport.slack.fail(method, *faults)
        await airport.until_asked("U0ZEB")
        for _ in range(6):
            await airport.pass_time(timedelta(minutes=20))
        await stranger.write(f"add {NEED}")
        await zeb.write(f"{NEED} {EMAIL}")
        await zeb.command(f"status {NEED}")
        for message in zeb.inbox[:1]:
            await zeb.press(message, "Answer")
            await airport.settled()
        if zeb.modal:
            await zeb.submit({"pulse.moved": "worked", "pulse.users": NEED})
        await airport.settled()
        pages.append(Counted().page(airport.app.store, airport.clock.now()).decode())

    told(story, sqlite_url, "http")
    written = lines.getvalue()
    assert "delivery" in written, "something is logged at all"
    assert "rampcheck_" in pages[0]
    assert found(written + pages[0]) == []


def test_teams_logs_neither_who_nor_what(sqlite_url: str, lines: io.StringIO) -> None:
    log.configure("DEBUG", "text", stream=lines)
    pages: list[str] = []

    async def story(tenant: Tenant) -> None:
        tenant.told(screen.ANNA, NAME, userPrincipalName=EMAIL, userRole="user", email=EMAIL)
        await tenant.says(screen.activity("installationUpdate", action="add"))
        for text in (f"add {NEED}", f"status {NEED}", f"{NEED} {EMAIL}", "todo"):
            await tenant.says(screen.wrote(text))
        stranger = {"type": "message", "text": NEED, "from": {"id": NAME}, "serviceUrl": "https://x.example"}
        await tenant.teams.post(stranger)
        pages.append(Counted().page(tenant.app.store, tenant.app.clock.now()).decode())

    run(sqlite_url, story)
    written = lines.getvalue()
    assert written.strip(), "something is logged at all"
    assert found(written + pages[0]) == []
