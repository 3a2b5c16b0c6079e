"""A small organisation on a database of its own, gone afterwards; it must not break anything itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage import migrate, open_store
from tests.fakes.office import Office


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-faults-") as made:
        yield Path(made)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a database with all tables."""
    with folder() as made:
        url = f"sqlite:///{made / 'rampcheck.db'}"
        migrate.upgrade(url)
        yield url


@contextmanager
def office() -> Iterator[Office]:
    """An organisation at work."""
    with sqlite() as url:
        store = open_store(url)
        try:
            yield Office(store)
        finally:
            store.close()
