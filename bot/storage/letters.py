"""Dead letters and how much waits: the admin's side of the outbox; it must not know how a message is sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bot.core.card_json import from_json
from bot.core.ports.letters import Backlog, Letter
from bot.storage.errors import explained
from bot.storage.fields import table
from bot.storage.scope import Record
from bot.storage.tables import ConnectionRow, MessageRow

DROPPED = "dropped by an admin"

_message, _connection = table(MessageRow), table(ConnectionRow)
_open = _message.c.settled_at.is_(None)
_dead = text("state = 'dead'")  # in the words of its partial index
_due = _message.c.due_at <= bindparam("now")
WAITING = select(
    func.count().filter(_due).label("due"),
    func.count().filter(~_due).label("later"),
    func.min(_message.c.due_at).filter(_due).label("since"),
).where(_open)
DEAD = select(func.count()).select_from(_message).where(_dead)
_letters = (
    select(_message, _connection.c.platform)
    .join_from(_message, _connection, _message.c.connection_id == _connection.c.id)
    .where(text("message.state = 'dead'"))
    .order_by(_message.c.settled_at.desc(), _message.c.id.desc())
    .limit(bindparam("top"))
)
LETTERS = _letters
THESE = _letters.where(_message.c.id.in_(bindparam("ids", expanding=True)))
_one = update(_message).where(_message.c.id == bindparam("at_id"), _message.c.state == "dead")
# `again`: an attempt may have reached the platform, whatever was said. Somebody wants it now, however late it is.
RETRY = _one.values(
    state="pending",
    settled_at=None,
    due_at=bindparam("now"),
    stale_at=None,
    attempt=0,
    again=_message.c.again | (_message.c.attempt > 0),
    reason="",
)
DROP = _one.values(state="cancelled", reason=DROPPED)

Run = Callable[[Callable[[Connection], Any]], Any]


class SqlLetters:
    """The `Letters` of core.ports; `transact` and `look` run a function in a transaction that writes, or looks."""

    def __init__(self, transact: Run, look: Run) -> None:
        self._transact = transact
        self._look = look

    def backlog(self, now: datetime) -> Backlog:
        found: Backlog = self._look(lambda connection: _backlog(connection, now))
        return found

    def dead(self, *, limit: int, only: Collection[int] = ()) -> Sequence[Letter]:
        statement, values = (THESE, {"ids": list(only)}) if only else (LETTERS, {})
        rows = self._look(lambda connection: _run(connection, statement, {"top": limit, **values}).all())
        return [_letter(row) for row in rows]

    def retry(self, letter: Letter, now: datetime) -> bool:
        return self._changed(RETRY, letter, now=now)

    def drop(self, letter: Letter, now: datetime) -> bool:
        return self._changed(DROP, letter)

    def _changed(self, statement: Any, letter: Letter, **values: Any) -> bool:
        values["at_id"] = letter.id
        found: bool = self._transact(lambda connection: _run(connection, statement, values).rowcount > 0)
        return found


def _run(connection: Connection, statement: Any, values: dict[str, Any]) -> Any:
    try:
        return connection.execute(statement, values)
    except SQLAlchemyError as error:
        raise explained(error) from error


def _backlog(connection: Connection, now: datetime) -> Backlog:
    waiting = _run(connection, WAITING, {"now": now}).one()
    dead = _run(connection, DEAD, {}).scalar_one()
    return Backlog(waiting.due, waiting.later, dead, waiting.since)


def _letter(row: Record) -> Letter:
    return Letter(
        row.id,
        row.org_id,
        row.key,
        row.platform,
        row.conversation,
        from_json(row.card).title,
        row.reason,
        row.attempt,
        row.settled_at,
    )
