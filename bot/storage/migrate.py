"""Brings the tables of a database to the version that this program needs; it must not touch what is in them."""

from __future__ import annotations

import contextlib
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
from bot.storage.database import file_of, parsed
from bot.storage.errors import StorageError, explained
from bot.storage.fields import Row
from bot.storage.lock import WriterLock
from bot.storage.postgres import CONNECT_WAIT_S
from bot.storage.sqlite import writing_engine

HERE = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x72616D70  # "ramp": PostgreSQL's advisory lock of whoever upgrades


def upgrade(url: str) -> None:
    """Create the tables, or take the steps that are missing; nothing when there are none. Raises StorageError."""
    with _writing(url) as connection:
        command.upgrade(_config(connection), "head")


def current(url: str) -> str | None:
    """The version of the tables; None for a database without any. Raises StorageError."""
    with _reading(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def pending(url: str) -> Sequence[str]:
    """The versions still to go, the next one first."""
    script = ScriptDirectory(str(HERE))
    steps = script.iterate_revisions("head", current(url) or "base")
    return [step.revision for step in reversed(list(steps))]


def differences(url: str) -> Sequence[object]:
    """What the tables in the database have other than the program's own, as Alembic finds it: nothing, when right."""
    with _reading(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: Sequence[object] = compare_metadata(context, Row.metadata)
        return found


@contextlib.contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """A transaction that nobody else writes beside; all steps are stored together or not at all."""
    with contextlib.ExitStack() as stack:
        place = parsed(url)
        if place.drivername.startswith("sqlite"):
            stack.callback(WriterLock(file_of(place)).release)
            engine = writing_engine(place)
        else:
            engine = create_engine(
                place, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_WAIT_S}
            )
        stack.callback(engine.dispose)
        stack.enter_context(_explained())
        connection = stack.enter_context(engine.begin())
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
        yield connection


@contextlib.contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """A connection that only looks."""
    place = parsed(url)
    if place.drivername.startswith("sqlite") and not file_of(place).exists():
        raise StorageError(f"There is no database {file_of(place).name} yet. Run `rampcheck db upgrade`.")
    engine = create_engine(place, poolclass=NullPool)
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
