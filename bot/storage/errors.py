"""What storage raises: plain sentences that say what to do next; it must not show SQL, paths of code or tracebacks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """The database did not do it. The message tells the reader what to do next."""


class Busy(StorageError):
    """Too much is waiting already; nothing was stored and trying again in a moment is right."""


class Taken(StorageError):
    """A value that has to be unique is there already."""


class Conflict(StorageError):
    """Another transaction was in the way; running the work again from the start is right."""


class Lost(StorageError):
    """The connection to the server broke."""


# SQLite's own names of what went wrong, each as (begins with, class, message).
SQLITE = (
    ("SQLITE_BUSY", StorageError, "The database is locked by another program. Close it, then try again."),
    ("SQLITE_LOCKED", StorageError, "The database is locked by another program. Close it, then try again."),
    ("SQLITE_FULL", StorageError, "The disk is full: nothing was stored. Make room, then try again."),
    (
        "SQLITE_READONLY",
        StorageError,
        "The database may not be written. Check the permissions of its file and folder.",
    ),
    (
        "SQLITE_CANTOPEN",
        StorageError,
        "The database cannot be opened. Check that its folder exists and may be written.",
    ),
    (
        "SQLITE_PERM",
        StorageError,
        "The database cannot be opened. Check the permissions of its file and folder.",
    ),
    ("SQLITE_NOTADB", StorageError, "The file is not an SQLite database. Check DATABASE_URL."),
    ("SQLITE_CORRUPT", StorageError, "The database file is damaged. Restore it from a backup."),
    ("SQLITE_IOERR", StorageError, "The disk refused to read or write. Check it, then try again."),
    ("SQLITE_CONSTRAINT_FOREIGNKEY", StorageError, "It names something that is not there. Look it up again."),
    (
        "SQLITE_CONSTRAINT_UNIQUE",
        Taken,
        "It is there already. Choose another name or change the one there is.",
    ),
    (
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        Taken,
        "It is there already. Choose another name or change the one there is.",
    ),
    ("SQLITE_CONSTRAINT_TRIGGER", StorageError, "Answers and events are append-only: add a new one instead."),
)
POOLED = "A pooler stands before the database: add ?pooler=transaction to DATABASE_URL."
# PostgreSQL's SQLSTATE, likewise.
POSTGRES = (
    ("40", Conflict, "Somebody else changed the same thing at the same moment. Try again."),
    ("23503", StorageError, "It names something that is not there. Look it up again."),
    ("23505", Taken, "It is there already. Choose another name or change the one there is."),
    ("RC001", StorageError, "Answers and events are append-only: add a new one instead."),
    ("22", StorageError, "A number is too large, or a text is not one that can be stored. Correct it."),
    ("25006", StorageError, "The database is read-only. Check that DATABASE_URL names the primary server."),
    ("26000", StorageError, POOLED),
    ("42P05", StorageError, POOLED),
    ("28", StorageError, "The database refused the user or password. Check DATABASE_URL."),
    ("3D000", StorageError, "There is no such database on the server. Create it, or check DATABASE_URL."),
    ("42501", StorageError, "The database user may not do this. Grant it the rights on Rampcheck's tables."),
    ("53100", StorageError, "The database's disk is full: nothing was stored. Make room, then try again."),
    ("53300", Busy, "The database server has no free connection. Try again in a moment."),
    ("55P03", Busy, "Others are at work on the same tables. Try again in a moment."),
    ("57014", StorageError, "The database took too long. Try again."),
    ("57P", Lost, "The database server is going down. Try again in a moment."),
    ("08", Lost, "The connection to the database broke. Try again in a moment."),
)
CLOSED = "The database was closed. Start Rampcheck again."
SCHEMA_BEHIND = "The database has other tables than this version needs. Run `rampcheck db upgrade`."


def explained(error: Exception) -> StorageError:
    """The one translation of what SQLAlchemy or a driver raises; the original stays as the cause."""
    found = _explained(error)
    found.__cause__ = error
    return found


def _explained(error: Exception) -> StorageError:
    original: Any = getattr(error, "orig", error)
    if isinstance(original, StorageError):  # raised by a column type
        return original
    if isinstance(error, PoolTimeout):
        return Busy("Every connection to the database is in use. Try again in a moment.")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Lost("The connection to the database broke. Try again in a moment.")
    for prefix, kind, message in (*SQLITE, *POSTGRES):
        if _code(original).startswith(prefix):
            return kind(f"{message}{_detail(original) if kind is Taken else ''}")
    return _unknown(original)


def _code(original: Any) -> str:
    return getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""


def _detail(original: Any) -> str:
    """Which rule was broken, as the database names it."""
    name = (
        getattr(getattr(original, "diag", None), "constraint_name", None) or str(original).rpartition(": ")[2]
    )
    return f" ({name})"


def _unknown(original: Any) -> StorageError:
    text = str(original or "").strip().splitlines()
    if any("unsupported startup parameter" in line for line in text):
        return StorageError(POOLED)
    if any("no such table" in line or "no such column" in line for line in text) or _code(
        original
    ).startswith("42P01"):
        return StorageError(SCHEMA_BEHIND)
    if type(original).__name__ == "OperationalError" and not _code(original):
        return Lost(
            "The database server cannot be reached. Check that it runs and that DATABASE_URL is right."
        )
    return StorageError(
        f"The database refused: {text[0] if text else 'no reason given'}. Report this with the log."
    )
