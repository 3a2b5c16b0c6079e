"""What a store needs of a database, and which one a URL means; it must not know any table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from bot.storage.errors import StorageError

T = TypeVar("T")
Work = Callable[[Connection], T]

POOLER = "pooler"  # in the query of a PostgreSQL URL: what hands connections on stands between
WRITE_ONE = "Write sqlite:///rampcheck.db or postgresql://user:password@host/name."


class Database(Protocol):
    """Runs work inside transactions; blocks the calling thread."""

    def write(self, work: Work[T]) -> T:
        """In a transaction that sees no other's half-done changes; `work` may be run again from the start."""
        ...

    def claim(self, work: Work[T]) -> T:
        """As `write`, for work that takes rows one after another and looks again at what others let go."""
        ...

    def read(self, work: Work[T]) -> T:
        """In one consistent view of what was committed."""
        ...

    def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        ...


def parsed(url: str) -> URL:
    """A database URL with the driver that we ship. Raises StorageError; its message never repeats the URL."""
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"DATABASE_URL is not a database URL. {WRITE_ONE}") from error
    match found.drivername:
        case "postgres" | "postgresql" | "postgresql+psycopg":
            if found.query.get(POOLER) not in {None, "transaction"}:
                raise StorageError(
                    f"DATABASE_URL has an odd {POOLER}=. Write {POOLER}=transaction, or leave it out."
                )
            return found.set(drivername="postgresql+psycopg")
        case "sqlite" | "sqlite+pysqlite" if found.database and found.database != ":memory:":
            return found.set(drivername="sqlite+pysqlite", query={})
        case "sqlite" | "sqlite+pysqlite":
            raise StorageError("A database in memory is not shared by web and worker. Name a file.")
    raise StorageError(f"{found.drivername} databases are not supported. {WRITE_ONE}")


def file_of(url: URL) -> Path:
    """The file of an SQLite URL, absolute: the process may change its folder later."""
    return Path(url.database or "").absolute()
