"""PostgreSQL's own tools bring everything back, by the two commands that docs/how-to/run-in-production.md names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest

from bot.storage import migrate, open_store
from tests.storage.scenes import fill, world
from tests.storage.test_upgrade_with_rows import read

pytest_plugins = ["tests.databases"]

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-in-production.md"


def tool(name: str, url: str, folder: Path) -> None:
    """The page's command of that name, as it came with the server."""
    [line] = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"{name} ")]
    command, *words = line.partition("#")[0].replace('"$DATABASE_URL"', url).split()
    subprocess.run([str(beside(url) / command), *words], cwd=folder, check=True, capture_output=True)


def beside(url: str) -> Path:
    """Where the server's programs are: of the same version."""
    with psycopg.connect(url) as connection:
        [(pid,)] = connection.execute("SELECT pg_read_file('postmaster.pid', 0, 12)::text").fetchall()
    return Path(psutil.Process(int(pid.split()[0])).exe()).parent


@pytest.mark.postgres
def test_what_is_dumped_is_restored_over_what_was_damaged(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url)
    at = world(store)
    store.write(at.organisation.id, lambda unit: fill(unit, at))
    store.close()
    before = read(postgres_url)
    tool("pg_dump", postgres_url, tmp_path)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP TABLE answer, level")
        connection.execute("UPDATE pilot SET name = 'Something else'")
    tool("pg_restore", postgres_url, tmp_path)
    migrate.upgrade(postgres_url)
    assert read(postgres_url) == before
    assert migrate.differences(postgres_url) == []
    store = open_store(postgres_url)
    assert [pilot.name for pilot in store.read(at.organisation.id, lambda unit: unit.pilots())] == [
        "Invoice matcher"
    ]
    store.close()
