"""The workers' side of homes: leased, drawn, settled once; it must not know what a home shows.

What has changed is deleted when a home is leased, before anybody looks up what it shows: whatever is committed after
that has it drawn once more, and nobody else draws it meanwhile (the end of the lease fences).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.core.ports import Stale
from bot.core.records import Address
from bot.storage.errors import explained
from bot.storage.fields import table
from bot.storage.tables import ConnectionRow, HomeChangeRow, HomeRow

_home, _change, _connection = table(HomeRow), table(HomeChangeRow), table(ConnectionRow)

_changed = select(_change.c.home_id).where(_change.c.due_at <= bindparam("now"))
CANDIDATES = (
    select(_home, _connection.c.platform)
    .join_from(_home, _connection, _home.c.connection_id == _connection.c.id)
    .where(
        _connection.c.active,
        _home.c.looked_at,
        or_(_home.c.due_at <= bindparam("now"), and_(_home.c.due_at.is_(None), _home.c.id.in_(_changed))),
    )
    .order_by(_home.c.id)
    .limit(bindparam("top"))
    .with_for_update(of=_home, key_share=True, skip_locked=True)  # SQLite has one writer and leaves this out
)
HOLD = update(_home).where(_home.c.id.in_(bindparam("ids", expanding=True))).values(due_at=bindparam("until"))
COVER = delete(_change).where(_change.c.home_id.in_(bindparam("ids", expanding=True)))
# The end of the lease fences: whoever took it later has another one.
SETTLE = update(_home).where(_home.c.id == bindparam("at_id"), _home.c.due_at == bindparam("at_until"))


class SqlHomes:
    """The `Homes` of core.ports; `transact` runs a function in a write transaction of its own."""

    def __init__(self, transact: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._transact = transact

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Stale]:
        until = now + timedelta(seconds=hold)
        leased: list[Stale] = self._transact(lambda connection: _lease(connection, now, until, limit))
        return leased

    def drawn(self, home: Stale, *, lead: bool) -> bool:
        return self._settle(home, due_at=None, failures=0, lead=lead)

    def later(self, home: Stale, at: datetime) -> bool:
        return self._settle(home, due_at=at, failures=home.failures + 1)

    def gone(self, home: Stale) -> bool:
        return self._settle(home, due_at=None, failures=0, lead=False, looked_at=False)

    def _settle(self, home: Stale, **values: Any) -> bool:
        fenced = {"at_id": home.id, "at_until": home.until} | values
        found: bool = self._transact(lambda connection: _run(connection, SETTLE, fenced).rowcount > 0)
        return found


def _lease(connection: Connection, now: datetime, until: datetime, limit: int) -> list[Stale]:
    rows = _run(connection, CANDIDATES, {"now": now, "top": limit}).all()
    if rows:
        ids = [row.id for row in rows]
        _run(connection, HOLD, {"ids": ids, "until": until})
        _run(connection, COVER, {"ids": ids})
    return [_stale(row, until) for row in rows]


def _stale(row: Any, until: datetime) -> Stale:
    address = Address(row.connection_id, row.platform, row.conversation)
    return Stale(row.id, row.org_id, row.person_id, address, until, row.failures)


def _run(connection: Connection, statement: Any, values: dict[str, Any]) -> Any:
    try:
        return connection.execute(statement, values)
    except SQLAlchemyError as error:
        raise explained(error) from error
