"""Fixtures: a folder to run commands in, without or with a fresh database, and no settings but its own."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import FIELDS


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to type in, and nothing set."""
    for name in (*FIELDS, *(name for name in os.environ if name.startswith("RAMPCHECK_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    root, ours = logging.getLogger(), logging.getLogger("rampcheck")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    logging.captureWarnings(capture=False)


@pytest.fixture
def home(bare: Path, sqlite_template: Path) -> Path:
    """A folder with a database whose tables are up to date."""
    shutil.copy(sqlite_template, bare / "rampcheck.db")
    return bare
