"""No statement of the daily work walks through a history: SQLite says by which index it goes.

Its planner has no figures here, so that it does the same with ten rows as with ten million.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from bot.core.ports import Show, Store
from bot.storage import open_store
from bot.storage.fields import Row
from tests.fakes.office import Office

HISTORIES = ("answer", "checkin", "event", "message", "request", "sight", "snapshot", "submission")
# What has a row for each pilot, or fewer, may be read from end to end; and so may an index of what still waits.
WAITING = tuple(
    f"INDEX {index.name}"
    for table in Row.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)


@pytest.fixture
def store(sqlite_url: str) -> Any:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def plans(store: Store) -> Any:
    """For each statement that is sent from here on, the steps of its plan."""
    found: dict[str, list[str]] = {}

    def note(connection: Connection, _: Any, statement: str, values: Any, *more: Any) -> None:
        many = more[-1]
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and statement not in found:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            cursor = raw.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values)
            found[statement] = [row[3] for row in cursor.fetchall()]

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_what_people_do_and_see_and_what_falls_due_goes_by_an_index(
    store: Store, plans: dict[str, list[str]]
) -> None:
    office = Office(store)
    lead = office.person("lena", standing="lead")
    owner = office.person("anna")
    office.pilot("Invoice matcher", owner, sponsor=lead.id, decider=lead.id)
    for _ in range(2):
        office.until_asked("anna")
        office.answers("anna")
        office.tick()
        office.deliver()
    for command in ("status invoice", "why invoice", "history invoice", "digest", "list", "todo"):
        assert isinstance(office.runs("anna", command), Show)
    assert len(plans) > 40, "it looked"
    walked = {
        statement: step
        for statement, steps in plans.items()
        for step in steps
        if walks_through_a_history(step)
    }
    assert walked == {}


def walks_through_a_history(step: str) -> bool:
    """From end to end, or through all that an organisation has of it, which is the same."""
    kind, place, *_ = step.split()
    of_all = kind == "SCAN" or (kind == "SEARCH" and step.endswith("(org_id=?)"))
    return of_all and place in HISTORIES and not any(name in step for name in WAITING)
