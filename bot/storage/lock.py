"""A lock file beside an SQLite database: one writing process at a time; it must not touch the database itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.storage.errors import StorageError


class WriterLock:
    """Held from construction until `release`; the operating system lets go of it when the process dies."""

    def __init__(self, database: Path) -> None:
        """Raises StorageError when another process (or another store in this one) has it."""
        path = database.with_name(f"{database.name}.lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(
                f"Cannot write {path.name} beside the database. Check the folder's rights."
            ) from error
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise StorageError(
                f"Another Rampcheck process is writing to {database.name}. Stop it first; to run several, "
                "set DATABASE_URL to a PostgreSQL database."
            ) from error

    def release(self) -> None:
        """Let another process write; a second call changes nothing."""
        if self._file >= 0:
            os.close(self._file)  # the lock goes with its last file descriptor
            self._file = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
