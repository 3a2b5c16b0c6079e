"""The command line as a person runs it, and the office whose database it looks at."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import FIELDS
from bot.storage import open_store
from tests.fakes.office import Office

ROOT = Path(__file__).parents[2]
# Every command that shows or exports without being told of what: what nobody may see stands in none of them.
LISTINGS = (
    ("status",),
    ("status", "--json"),
    ("digest",),
    ("digest", "--json"),
    ("pilots", "list"),
    ("pilots", "list", "--json"),
    ("pilots", "export"),
    ("pilots", "export", "--format", "jsonl"),
    ("answers", "export", "--with-texts"),
    ("answers", "export", "--with-texts", "--format", "jsonl"),
    ("decisions", "export", "--with-texts"),
    ("people", "list"),
    ("people", "list", "--json"),
    ("channels", "list"),
    ("outbox", "list"),
    ("outbox", "list", "--json"),
    ("report", "nags"),
    ("audit", "verify"),
    ("calibrate",),
    ("verify",),
)


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """The organisation in a folder's database, as it is now; closed before a command is run."""
    store = open_store(f"sqlite:///{folder / 'rampcheck.db'}")
    try:
        yield Office(store, now=datetime.now(UTC))
    finally:
        store.close()


def run(*words: str) -> Result:
    """A command as typed; its result with what it printed."""
    return CliRunner().invoke(app, list(words), prog_name="rampcheck")


def ran(*words: str) -> str:
    """What a command that succeeds prints."""
    result = run(*words)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def refused(*words: str, code: int = 1) -> str:
    """What a command that fails says on stderr: never a traceback."""
    result = run(*words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.stderr)


def elsewhere(folder: Path, *words: str, **environment: str) -> Result:
    """A command as typed in a folder, with these settings alone, and what it printed: never a traceback.

    In this process: it may be asked of a thread while a loop answers what the command asks.
    """
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        for name in FIELDS:
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        result = run(*words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def command(*words: str) -> list[str]:
    """What starts a process that runs it."""
    return [sys.executable, "-m", "bot", *words]


def process(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """A command in a process of its own, with these settings alone."""
    clean = {name: value for name, value in os.environ.items() if name not in FIELDS}
    settings: dict[str, Any] = {**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*words), cwd=folder, env=settings, stdout=pipe, stderr=pipe, text=True)
