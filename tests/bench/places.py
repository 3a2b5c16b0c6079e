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
    for name in (SQLITE, POSTGRES):
        with database(name) as url:
            yield name, url


@contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of a new one of a kind, with all tables."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as folder:
        if name == SQLITE:
            with sqlite(Path(folder)) as url:
                yield url
        else:
            with running_postgres(Path(folder) / "postgres", fast=False) as server:
                yield cloned(server)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The URL of a new file with all tables."""
    url = f"sqlite:///{folder / 'rampcheck.db'}"
    migrate.upgrade(url)
    yield url
