"""Copies an SQLite database while it is in use, and puts a copy back; it must not know what is in the tables.

A server's database is backed up by its own tools: `server_only` says which.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.storage import migrate
from bot.storage.database import file_of, parsed
from bot.storage.errors import SCHEMA_BEHIND, StorageError, explained
from bot.storage.lock import WriterLock

PAGES = 2_000  # copied at a time, 8 MB: writers get in between
PAUSE_S = 0.01
READERS_MS = 500  # that whoever still reads what is put aside is waited for
ANOTHER = "Name a file that `rampcheck backup` wrote."
SERVER = (
    "PostgreSQL has its own tools, and nothing is kept outside it: `pg_dump --format=custom --file=rampcheck.dump` "
    "writes a backup, `pg_restore --clean --if-exists --dbname=...` puts it back; docs/how-to/run-in-production.md."
)


def backup(url: str, to: Path) -> int:
    """Write a whole copy of the database to a new file, whatever else happens to it meanwhile; its size in bytes.

    Raises StorageError where the file is there already, or the copy is not whole.
    """
    source = _file(url)
    if not source.exists():
        raise StorageError(f"There is no database {source.name}. Check DATABASE_URL.")
    if to.exists():
        raise StorageError(f"{to.name} is there already. Name a new file, or remove that one.")
    _copy(source, to)
    return to.stat().st_size


def restore(url: str, copy: Path) -> Path | None:
    """Put a copy in the place of the database, its tables up to date; where the one that was there is now, if any.

    Raises StorageError where another process has the database, or the copy is not one that this version can use.
    """
    target = _file(url)
    lock = WriterLock(target)
    fresh = target.with_name(f"{target.name}.restoring")
    try:
        _usable(copy)
        _copy(copy, fresh)
        _made_ours(fresh, copy)
        aside = _put_aside(target)
        fresh.replace(target)
    finally:
        for left in ("", "-wal", "-shm", ".lock"):
            fresh.with_name(fresh.name + left).unlink(missing_ok=True)
        lock.release()
    return aside


def _file(url: str) -> Path:
    place = parsed(url)
    if not place.drivername.startswith("sqlite"):
        raise StorageError(SERVER)
    return file_of(place)


def _copy(source: Path, to: Path) -> None:
    """Whole or not at all: it is written beside its place, looked through, and only then given its name."""
    partial = to.with_name(f"{to.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        with _opened(source, mode="ro") as old, _opened(partial, mode="rwc") as new:
            old.backup(new, pages=PAGES, sleep=PAUSE_S)
            _whole(new, source)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        _to_disk(partial)
        partial.replace(to)
    except sqlite3.Error as error:
        raise explained(error) from error
    except OSError as error:
        raise StorageError(f"{to} cannot be written: {error.strerror}. Name another place.") from error
    finally:
        partial.unlink(missing_ok=True)


def _usable(copy: Path) -> None:
    """Raises StorageError unless it is a Rampcheck database, whole, and not of a later version."""
    if not copy.is_file():
        raise StorageError(f"There is no file {copy}. Name the copy that `rampcheck backup` wrote.")
    try:
        with _opened(copy, mode="ro") as connection:
            _whole(connection, copy)
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StorageError(f"{copy.name} is no backup of Rampcheck ({error}). Name another file.") from error
    if not row or row[0] not in migrate.known():
        found = row[0] if row else "none"
        raise StorageError(
            f"{copy.name} is of version {found}, which this Rampcheck does not know. Install a newer one."
        )


def _made_ours(fresh: Path, copy: Path) -> None:
    """Bring its tables up to date. Raises StorageError where they, or what runs when they change, are not ours.

    A file says of itself what it is: without what keeps answers and the log as they were written, or with a trigger
    of somebody else's in it, it would be believed.
    """
    url = f"sqlite:///{fresh}"
    try:
        migrate.upgrade(url)
        alike = not migrate.differences(url) and _rules(fresh) == _rules_of_ours()
    except StorageError as error:
        if str(error) != SCHEMA_BEHIND:  # the disk is full, say
            raise
        alike = False
    if not alike:
        raise StorageError(f"{copy.name} has not the tables and rules of a Rampcheck database. {ANOTHER}")
    with _opened(fresh, mode="rw") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    _to_disk(fresh)


def _rules(file: Path) -> frozenset[tuple[str, ...]]:
    """Triggers and views: what SQLite does by itself where a table is read or changed."""
    with _opened(file, mode="ro") as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
        return frozenset(found.fetchall())


@cache
def _rules_of_ours() -> frozenset[tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.db"
        migrate.upgrade(f"sqlite:///{empty}")
        return _rules(empty)


def _whole(connection: sqlite3.Connection, source: Path) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise StorageError(f"{source.name} is damaged: {found}. Restore it from an earlier backup.")


def _put_aside(target: Path) -> Path | None:
    """Keep what was there under another name, with what is still in its log taken in."""
    if not target.exists():
        return None
    with (
        contextlib.suppress(sqlite3.Error),
        _opened(target, mode="rw") as old,
    ):  # it may be damaged: that is why
        old.execute(f"PRAGMA busy_timeout = {READERS_MS}")
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    number = 1
    while (aside := target.with_name(f"{target.name}.before-restore-{number}")).exists():
        number += 1
    target.replace(aside)
    log = target.with_name(f"{target.name}-wal")
    if log.exists():  # it could not be taken in, as while another program reads there: it goes along
        log.replace(aside.with_name(f"{aside.name}-wal"))
    target.with_name(f"{target.name}-shm").unlink(missing_ok=True)
    return aside


@contextlib.contextmanager
def _opened(file: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True)
    ) as connection:
        yield connection


def _to_disk(file: Path) -> None:
    """A copy that a power cut may take away is none."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
