"""Empty databases to measure on, durable as in production, gone afterwards; it must not know what is measured."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage import migrate
from tests.databases import cloned, running_postgres

SQLITE, POSTGRES = "SQLite", "PostgreSQL"


def each_database() -> Iterator[tuple[str, str]]:
    """The name and the URL of one of each kind, one after the other."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as folder:
        with sqlite(Path(folder)) as url:
            yield SQLITE, url
        with running_postgres(Path(folder) / "postgres", fast=False) as server:
            yield POSTGRES, cloned(server)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The URL of a new file with all tables."""
    url = f"sqlite:///{folder / 'rampcheck.db'}"
    migrate.upgrade(url)
    yield url
