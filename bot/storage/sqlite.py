"""SQLite: readers as many as wanted, and one writer thread that commits several units of work together.

One process writes (a lock file says which). Group commit makes one fsync serve all who wait for it; each unit runs in
a savepoint of its own, so that one that fails does not harm its neighbours.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.database import Work, file_of
from bot.storage.errors import CLOSED, Busy, StorageError, explained
from bot.storage.lock import WriterLock

T = TypeVar("T")

OLDEST = (3, 35, 0)  # RETURNING
LOCK_WAIT_MS = 1_500  # for another program's lock: an answer has to be acknowledged within two seconds
MOST_WAITING = 512  # units; at 0.2 to 2 ms each the last one is through in about a second
MOST_TOGETHER = 64  # units in one commit: more would make the first wait without making the disk any faster
READERS = 8  # connections; a process has hardly more threads that read
READER_WAIT_S = 2.0
READING: Mapping[str, str | int] = {"query_only": 1}
# FULL: an acknowledged answer survives a power cut; under group commit it costs an eighth more CPU.
WRITING: Mapping[str, str | int] = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": 1}


@dataclass(slots=True, eq=False)
class Job:
    """One unit of work on its way through the writer thread."""

    work: Callable[[Connection], Any]
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None


class Sqlite:
    """The `Database` of an SQLite file. With `read_only`, writing is refused and no lock is taken."""

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        """Raises StorageError when another process is writing, or the file cannot be opened."""
        if sqlite3.sqlite_version_info < OLDEST:
            raise StorageError(
                f"SQLite {sqlite3.sqlite_version} is too old. Use a Python with SQLite 3.35 or newer."
            )
        file = file_of(url)
        if not file.exists():
            raise StorageError(f"There is no database {file.name} yet. Run `rampcheck db upgrade`.")
        self._closed = False
        self._lock = None if read_only else WriterLock(file)
        self._readers = _engine(url, begin="BEGIN", connections=READERS, pragmas=READING)
        self._writer = None if self._lock is None else Writer(writing_engine(url))

    def write(self, work: Work[T]) -> T:
        if self._writer is None:
            raise StorageError("This process opened the database for reading only. Nothing was stored.")
        return self._writer.run(work)

    claim = write  # one writer: nobody else lets go of anything meanwhile

    def read(self, work: Work[T]) -> T:
        if self._closed:
            raise StorageError(CLOSED)
        try:
            with self._readers.connect() as connection, connection.begin():
                return work(connection)
        except SQLAlchemyError as error:
            raise explained(error) from error

    def close(self) -> None:
        self._closed = True
        if self._writer is not None:
            self._writer.close()
        self._readers.dispose()
        if self._lock is not None:
            self._lock.release()


class Writer:
    """The one thread that writes. It outlives every error: a unit's own goes to its caller alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[Job | None] = queue.Queue()
        self._open = True
        self._gate = threading.Lock()  # between `run` and `close`: nothing is accepted behind the last word
        self._thread = threading.Thread(target=self._loop, name="storage-writer", daemon=True)
        self._thread.start()

    def run(self, work: Work[T]) -> T:
        """Queue the work and wait until it is committed. Raises Busy when too many wait, or what the work raised."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a unit of work may not begin another one: it would wait for itself")
        job = Job(work)
        with self._gate:
            if not self._open:
                raise StorageError(CLOSED)
            if self._waiting.qsize() >= MOST_WAITING:
                raise Busy("Too much is waiting to be stored; nothing of this was. Try again in a moment.")
            self._waiting.put(job)
        job.done.wait()
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def close(self) -> None:
        """Do what is queued, then stop."""
        with self._gate:
            if self._open:
                self._open = False
                self._waiting.put(None)
        self._thread.join()
        self._engine.dispose()

    def _loop(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[Job]:
        """What waits, at least one and at most MOST_TOGETHER; empty after the last word."""
        batch: list[Job] = []
        while len(batch) < MOST_TOGETHER and not (batch and self._waiting.empty()):
            job = self._waiting.get()
            if job is None:
                self._waiting.put(None)  # to be found again by the next round
                break
            batch.append(job)
        return batch

    def _commit(self, batch: list[Job]) -> None:
        """Run the batch in one transaction and wake its callers."""
        began = False
        try:
            with self._engine.begin() as connection:
                began = True
                for job in batch:
                    _attempt(job, connection)
        except (SQLAlchemyError, sqlite3.Error, LostTransactionError) as error:
            self._rescue([job for job in batch if job.error is None], error, began=began)
        for job in batch:
            job.done.set()

    def _rescue(self, batch: list[Job], error: Exception, *, began: bool) -> None:
        """Nothing of the batch was stored: run each unit again by itself, so that the one to blame fails alone.

        Not when the transaction could not begin: then the database is locked, for each of them, and for those who
        came meanwhile. They are not made to wait as long once more: a click is answered within three seconds.
        """
        if began and len(batch) > 1:
            for job in batch:
                self._commit([job])
            return
        late = [] if began else self._waiting_now()
        for job in (*batch, *late):
            job.error = error.cause if isinstance(error, LostTransactionError) else explained(error)
        for job in late:
            job.done.set()

    def _waiting_now(self) -> list[Job]:
        """Everything in the queue, taken out of it; the last word stays."""
        found: list[Job] = []
        while not self._waiting.empty():
            job = self._waiting.get()
            if job is None:
                self._waiting.put(None)
                break
            found.append(job)
        return found


class LostTransactionError(Exception):
    """SQLite gave up the whole transaction and not only a statement: the disk is full, or it refused."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _attempt(job: Job, connection: Connection) -> None:
    """Run one unit inside a savepoint. Raises LostTransactionError when SQLite rolled everything back."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("SAVEPOINT unit")
    try:
        job.result = job.work(connection)
    except BaseException as error:  # whatever it is belongs to the caller, and the thread lives on
        if not raw.in_transaction:
            raise LostTransactionError(error) from error
        raw.execute("ROLLBACK TO unit")
        job.error = error
    raw.execute("RELEASE unit")


def writing_engine(url: URL) -> Engine:
    """One connection whose transactions write from their first word on."""
    return _engine(url, begin="BEGIN IMMEDIATE", connections=1, pragmas=WRITING)


def _engine(url: URL, *, begin: str, connections: int, pragmas: Mapping[str, str | int]) -> Engine:
    """Connections that begin transactions as told: sqlite3's own deferred BEGIN fails when it turns to writing."""
    engine = create_engine(
        url.set(database=str(file_of(url))),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=READER_WAIT_S,
        connect_args={"check_same_thread": False, "timeout": LOCK_WAIT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _: object) -> None:
        raw.isolation_level = None
        for name, value in pragmas.items():
            raw.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
