"""Brings the tables of a database to the version that this program needs; it must not touch what is in them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

import bot.storage.tables  # noqa: F401 - it is what fills Row.metadata
from bot.storage import tenancy
from bot.storage.database import POOLER, file_of, parsed
from bot.storage.errors import Busy, StorageError, explained
from bot.storage.fields import Row
from bot.storage.lock import WriterLock
from bot.storage.postgres import CONNECT_WAIT_S, spoken, told
from bot.storage.sqlite import writing_engine

HERE = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x72616D70  # "ramp": PostgreSQL's advisory lock of whoever upgrades
# Whoever waits for a lock on a table holds up all who come after: a step gives up soon, and tries again.
LOCK_WAIT = "500ms"
TRIES = 60
PAUSE_S = 0.5
BEHIND_A_POOLER = (
    "The tables are not changed through a pooler:"
    " run `rampcheck db upgrade` with the server's own address in DATABASE_URL."
)


def upgrade(url: str) -> None:
    """Create the tables, or take the steps that are missing; nothing when there are none. Raises StorageError."""
    for left in reversed(range(TRIES)):
        try:
            with _writing(url) as connection:
                command.upgrade(_config(connection), "head")
        except Busy:
            if not left:
                raise
            time.sleep(PAUSE_S)
        else:
            return


def current(url: str) -> str | None:
    """The version of the tables; None for a database without any. Raises StorageError."""
    with _reading(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_bound(url: str) -> bool:
    """Whether the policies of the tables bind the role in the URL. Raises StorageError."""
    with _reading(url) as connection:
        return tenancy.is_bound(connection)


def pending(url: str) -> Sequence[str]:
    """The versions still to go, the next one first."""
    script = ScriptDirectory(str(HERE))
    steps = script.iterate_revisions("head", current(url) or "base")
    return [step.revision for step in reversed(list(steps))]


def known() -> frozenset[str]:
    """Every version of the tables that this program can bring up to date."""
    return frozenset(step.revision for step in ScriptDirectory(str(HERE)).walk_revisions())


def differences(url: str) -> Sequence[object]:
    """What the tables in the database have other than the program's own, as Alembic finds it: nothing, when right."""
    with _reading(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: Sequence[object] = compare_metadata(context, Row.metadata)
        return found


@contextlib.contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """Nobody else upgrades meanwhile. On SQLite nobody else writes, and all steps are stored together or not at all;
    on PostgreSQL the others go on, and each step is stored by itself.
    """
    with contextlib.ExitStack() as stack:
        place = parsed(url)
        if place.drivername.startswith("sqlite"):
            stack.callback(WriterLock(file_of(place)).release)
            engine = writing_engine(place)
        else:
            if POOLER in place.query:  # what keeps others out belongs to a connection, not to a transaction
                raise StorageError(BEHIND_A_POOLER)
            engine = create_engine(
                place, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_WAIT_S}
            )
        stack.callback(engine.dispose)
        stack.enter_context(_explained())
        if engine.dialect.name == "sqlite":
            yield stack.enter_context(engine.begin())
            return
        connection = stack.enter_context(engine.connect())  # its end lets go of the lock
        while not _alone(connection):
            time.sleep(PAUSE_S)
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'")
        connection.commit()
        yield connection


def _alone(connection: Connection) -> bool:
    """Whether nobody else upgrades now. Asked for, not waited for: an index that is built beside others waits for all
    who have a statement open, and would wait for us.
    """
    taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({UPGRADE_LOCK})").scalar()
    connection.commit()
    return bool(taken)


@contextlib.contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """A connection that only looks."""
    place = parsed(url)
    if place.drivername.startswith("sqlite") and not file_of(place).exists():
        raise StorageError(f"There is no database {file_of(place).name} yet. Run `rampcheck db upgrade`.")
    given = {} if place.drivername.startswith("sqlite") else told(place)
    engine = create_engine(spoken(place), poolclass=NullPool, connect_args=given)
    with _explained(), engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise explained(error) from error


def _config(connection: Connection) -> Config:
    config = Config()  # no alembic.ini: it would have to be found from every working directory
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
