"""A real PgBouncer before the tests' PostgreSQL: it hands a connection on after each transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

NO_POOLER = "no PgBouncer found; install the Debian package pgbouncer"
SERVER_USER = "pgserver"  # whom the tests' PostgreSQL runs as where root starts it; root may not run either
CONNECTIONS = 2  # to the server, for however many come: so that hardly anybody gets the same one twice


def program() -> str:
    """Where PgBouncer is; nothing where it is not."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or ""


@contextmanager
def pooler_before(url: str) -> Iterator[str]:
    """Yields the URL of the same database through a pooler; it ends with the block."""
    place = make_url(url)
    folder = Path(tempfile.mkdtemp(prefix="rampcheck-pooler-"))
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = host={place.query["host"]} user={place.username}
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {CONNECTIONS}
logfile = {folder}/log
""",
        encoding="utf-8",
    )
    user = SERVER_USER if os.geteuid() == 0 else None
    if user:
        for one in (folder, settings):
            shutil.chown(one, user)
    process = subprocess.Popen([program(), "-q", str(settings)], user=user)
    try:
        through = place.set(query={"host": str(folder), "port": "6432", "pooler": "transaction"})
        _wait_for(folder, place.database or "")
        yield through.render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _wait_for(folder: Path, database: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(f"host={folder} port=6432 dbname={database} user=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PgBouncer does not answer: {(folder / 'log').read_text(encoding='utf-8')}")
