"""What all tests share: where the databases come from, and one plain line when no browser could be tested in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.content.loader import load
from bot.core.questionnaire import Content

# A loaded machine is slow, not wrong: nothing timed is asserted.
settings.register_profile("rampcheck", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rampcheck")

pytest_plugins = ["tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "tell on PostgreSQL too what no database can change"
    parser.addoption("--on-both", action="store_true", help=told)
    through = "tell what storage promises of PostgreSQL through a pooler (PgBouncer, transaction mode)"
    parser.addoption("--pooled", action="store_true", help=through)


@pytest.fixture(scope="session", autouse=True)
def _questionnaires_are_read_once() -> Iterator[None]:
    """A program reads them once, at its start; the tests start hundreds, a quarter of a second each."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("bot.app.load", "bot.cli.opening.load_content"):
            patch.setattr(module, _read)
        yield


def _read(folder: Path) -> Content:
    """The content of a folder; read again once any of its files is another."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return _same(folder, tuple((file.name, file.read_bytes()) for file in files if file.is_file()))


@lru_cache(maxsize=32)
def _same(folder: Path, files: tuple[tuple[str, bytes], ...]) -> Content:
    return load(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if "browser" in one.keywords]
    if skipped and isinstance(skipped[0].longrepr, tuple):
        reason = skipped[0].longrepr[2].removeprefix("Skipped: ")
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped: {reason}", yellow=True)
