"""What all tests share: where the databases come from, and one plain line when no browser could be tested in."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is slow, not wrong: nothing timed is asserted.
settings.register_profile("rampcheck", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rampcheck")

pytest_plugins = ["tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "tell on PostgreSQL too what no database can change"
    parser.addoption("--on-both", action="store_true", help=told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if "browser" in one.keywords]
    if skipped and isinstance(skipped[0].longrepr, tuple):
        reason = skipped[0].longrepr[2].removeprefix("Skipped: ")
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped: {reason}", yellow=True)
