"""Weeks of work are lived at DEBUG: no name, no address and nothing that anybody wrote is in the log or in /metrics."""

from __future__ import annotations

import io
from datetime import timedelta

from bot import log
from bot.core.ports import DeliveryError
from bot.meter import Counted
from tests.service.test_erasing import BEFORE, EMAIL, FIX, NAME, NEED, REASON, Leaving
from tests.test_log import lines

__all__ = ["lines"]  # the fixture: pytest finds it by its name here
pytest_plugins = ["tests.databases"]
MARKS = (NAME, BEFORE, EMAIL, NEED, FIX, REASON, *NAME.split(), *EMAIL.split("@"))


def test_nobody_and_nothing_that_was_written_is_logged(sqlite_url: str, lines: io.StringIO) -> None:
    log.configure("DEBUG", "text", stream=lines)
    at = Leaving(sqlite_url)
    at.office.platform.failing = [DeliveryError("gone", permanent=True), DeliveryError("busy", retry_after=5)]
    at.lives()
    at.office.says("dora", f"status {NAME}", channel="ai-pilots")
    at.office.says("dora", f"add {NEED}")
    at.erased()
    at.office.until(at.office.now + timedelta(days=9))
    page = Counted().page(at.office.store, at.office.now).decode()
    at.office.store.close()
    written = lines.getvalue()
    assert "delivery.dead" in written, "something is logged at all"
    assert "rampcheck_" in page
    found = [mark for mark in MARKS if mark.casefold() in (written + page).casefold()]
    assert found == []
