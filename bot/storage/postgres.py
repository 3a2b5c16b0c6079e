"""PostgreSQL: a bounded pool of connections in the callers' threads; what lost a race is run again.

Units of work see one moment of the database (REPEATABLE READ): where SQLite's single writer lets nobody in between,
PostgreSQL refuses the one who came second, and his work begins again.

Behind a pooler that hands connections on after each transaction (`?pooler=transaction`) nothing outlives one: what a
session is told otherwise is told to each transaction, and no statement is prepared.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, RootTransaction, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.database import POOLER, Work
from bot.storage.errors import CLOSED, Busy, Conflict, Lost, StorageError, explained
from bot.storage.turns import Turns

T = TypeVar("T")

CONNECTIONS = 8  # of one process: more threads than this would only queue inside the server
POOL_WAIT_S = 2.0  # then Busy: an answer has to be acknowledged within two seconds
CONNECT_WAIT_S = 3
TRIES = 8  # eight writers of one row are through after that many, one each time
PAUSE_S = 0.005  # before the second try, doubled each time, spread by chance
# No statement of ours runs long enough to gain from being compiled; the auditor would lose a tenth of a second.
SESSION = {
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "30000",  # ms
    "idle_in_transaction_session_timeout": "60000",  # ms
}
OPTIONS = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
HANDED_ON = {"prepare_threshold": None}  # a statement prepared on one connection is not there on the next
LOCALS = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in SESSION.items())


class Postgres:
    """The `Database` of a PostgreSQL server."""

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._closed = False
        self._turns = Turns(CONNECTIONS, wait_s=POOL_WAIT_S)
        self._first = LOCALS if POOLER in url.query else ""
        self._engine = create_engine(
            spoken(url),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            connect_args=told(url),
        )
        self._units = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._claims = self._engine.execution_options(isolation_level="READ COMMITTED")
        self._looks = self._units.execution_options(postgresql_readonly=True)

    def write(self, work: Work[T]) -> T:
        return self._changed(self._units, work)

    def claim(self, work: Work[T]) -> T:
        return self._changed(self._claims, work)

    def read(self, work: Work[T]) -> T:
        if self._closed:
            raise StorageError(CLOSED)
        return _again(lambda: self._in_turn(self._looks, work), tries=2)

    def close(self) -> None:
        """What is running in other threads ends by itself; nothing new begins."""
        self._closed = True
        self._engine.dispose()

    def _changed(self, engine: Engine, work: Work[T]) -> T:
        if self._closed:
            raise StorageError(CLOSED)
        if self._read_only:
            raise StorageError("This process opened the database for reading only. Nothing was stored.")
        return _again(lambda: self._in_turn(engine, work), tries=TRIES)

    def _in_turn(self, engine: Engine, work: Work[T]) -> T:
        with self._turns.turn():
            return _once(engine, work, self._first)


def spoken(url: URL) -> URL:
    """`url` without what is meant for us and not for the driver."""
    return url.difference_update_query([POOLER])


def told(url: URL) -> dict[str, Any]:
    """What the driver is told for a connection to `url`; a pooler takes no word for a session."""
    return {"connect_timeout": CONNECT_WAIT_S, **(HANDED_ON if POOLER in url.query else {"options": OPTIONS})}


def _again(once: Callable[[], T], *, tries: int) -> T:
    """Run until no conflict; a broken connection is replaced once, for the pool may be full of old ones."""
    lost = False
    for nth in range(tries):
        try:
            return once()
        except Lost:
            if lost:
                raise
            lost = True
        except Conflict:
            if nth == tries - 1:
                raise
        time.sleep(random.uniform(0.5, 1.5) * PAUSE_S * 2**nth)
    raise Busy("Too many change the same thing at once; nothing of this was stored. Try again in a moment.")


def _once(engine: Engine, work: Work[T], first: str) -> T:
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise explained(error) from error
    with connection:
        transaction = connection.begin()
        try:
            if first:
                connection.exec_driver_sql(first)
            result = work(connection)
        except BaseException:
            _undo(transaction)
            raise
        _confirm(transaction)
    return result


def _confirm(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except SQLAlchemyError as error:
        found = explained(error)
        if isinstance(found, Lost):  # the one moment at which running it again could store it twice
            raise StorageError(
                "The connection broke while storing: look whether it was stored, then go on."
            ) from error
        raise found from error


def _undo(transaction: RootTransaction) -> None:
    """What the server does by itself when the connection is gone."""
    with contextlib.suppress(SQLAlchemyError):
        transaction.rollback()
