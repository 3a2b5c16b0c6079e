"""Row 26: every later step of the tables is taken on PostgreSQL while others write to what has been kept for years."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.script import ScriptDirectory

from bot.storage import migrate
from tests.databases import database, running_postgres
from tests.faults.matrix import Row, struck
from tests.faults.places import folder

FROM = "0008"  # the first version whose steps are held to docs/adr/0015
ANSWERS, MESSAGES = 15_000_000, 500_000  # what ten years of 1,000 pilots leave
MOST_S = 1.0
FILL = (
    f"""INSERT INTO answer (submission_id, question_id, org_id, value)
        SELECT n, 1, 1, '"moved"' FROM generate_series(1, {ANSWERS}) AS n""",
    f"""INSERT INTO message (id, org_id, key, connection_id, conversation, service, thread, card, replaces, under,
            created_at, due_at, state, attempt, again, reason, settled_at, ref_conversation, ref_message, ref_thread)
        SELECT n, 1, 'checkin:' || n || ':invite', 1, 'D' || n % 1000, '', '', '{{}}', '', '', now(), now(),
            CASE n % 500 WHEN 0 THEN 'dead' ELSE 'sent' END, 1, false, '', now(), '', '', ''
        FROM generate_series(1, {MESSAGES}) AS n""",
)
WRITES = (
    "INSERT INTO answer (submission_id, question_id, org_id, value) VALUES (%s, 2, 1, '1')",
    "UPDATE message SET attempt = attempt + 1 WHERE id = %s",
    "SELECT count(*) FROM schedule WHERE pilot_id = %s",
)


def rows() -> Iterator[Row]:
    """The one."""
    with folder() as place, running_postgres(place / "pg", fast=False) as server:
        with psycopg.connect(database(server, "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE grown")
        yield grown(database(server, "grown"))


def grown(url: str) -> Row:
    """Fill an older version, then upgrade it under load."""
    with migrate._writing(url) as connection:  # an older version is no business of the program's
        command.upgrade(migrate._config(connection), FROM)  # as above
    with psycopg.connect(url) as filling:
        filling.execute("SET session_replication_role = replica")  # rows that stand for themselves
        for statement in FILL:
            filling.execute(statement)
    steps = list(ScriptDirectory(str(migrate.HERE)).iterate_revisions("head", FROM))
    with writing(url) as waited:
        began = time.perf_counter()
        migrate.upgrade(url)
        took = time.perf_counter() - began
    with psycopg.connect(url) as asking:
        size = asking.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]  # type: ignore[index]  # it is there
    done = migrate.current(url) == steps[0].revision
    return Row(
        26,
        "The tables are brought up to date while others write",
        struck(
            len(steps) * done,
            f"steps in {took:.1f} s over {ANSWERS:,} answers and {MESSAGES:,} messages, {size}",
        ),
        f"Nobody waits longer than {MOST_S:g} s for a lock",
        f"{len(waited):,} writes meanwhile, the slowest {max(waited) * 1e3:.0f} ms",
        max(waited) < MOST_S,
    )


@contextmanager
def writing(url: str) -> Iterator[list[float]]:
    """Others at work, in one transaction after another; how long each took, in seconds."""
    waited: list[float] = []
    stop = threading.Event()

    def work() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            number = 0
            while not stop.is_set():
                number += 1
                for statement in WRITES:
                    began = time.perf_counter()
                    connection.execute(statement, (number,))
                    waited.append(time.perf_counter() - began)

    thread = threading.Thread(target=work)
    thread.start()
    while len(waited) < len(WRITES):
        time.sleep(0.01)
    try:
        yield waited
    finally:
        stop.set()
        thread.join()
