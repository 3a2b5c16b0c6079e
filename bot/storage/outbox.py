"""The workers' side of the outbox: leased in order, settled once; it must not know how a message is sent.

Laws: of each lane only the oldest unsettled message is leased, and never two at once (a unique index says so); what
a worker does with a lease that ran out changes nothing (`attempt` and `until` fence it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.core.card_json import from_json
from bot.core.ports import Leased, Message, MessageRef
from bot.core.records import Address
from bot.storage.errors import Conflict, Taken, explained
from bot.storage.fields import table
from bot.storage.scope import Record
from bot.storage.tables import ConnectionRow, MessageRow

NOTHING_TO_AMEND = "nothing to amend"
NOTHING_ABOVE = "the message it belongs under was not sent"
STALE = "stale"

_message, _connection = table(MessageRow), table(ConnectionRow)
_other = _message.alias("other")
_amended, _root = _message.alias("amended"), _message.alias("root")

_open = _message.c.settled_at.is_(None)
DROP_STALE = (
    update(_message)
    .where(
        _open,
        _message.c.stale_at.is_not(None),
        _message.c.stale_at < bindparam("now"),
        # What is in somebody's hands is his; what he let go of may be dropped.
        or_(_message.c.state == "pending", _message.c.due_at <= bindparam("now")),
    )
    .values(state="stale", reason="too late to send", settled_at=bindparam("now"))
)
_same_lane = and_(
    _other.c.connection_id == _message.c.connection_id,
    _other.c.conversation == _message.c.conversation,
    _other.c.settled_at.is_(None),
)
_in_the_way = (
    select(_other.c.id)
    .where(_same_lane, or_(_other.c.id < _message.c.id, _other.c.state == "leased"))
    .correlate(_message)
    .exists()
)


def _named(source: Any, key: Any) -> Any:
    """The join to an earlier message named by its key."""
    return and_(source.c.org_id == _message.c.org_id, source.c.key == key, source.c.id < _message.c.id)


# A message that names one of another lane waits until that one is settled.
_settled_or_none = and_(
    or_(_amended.c.id.is_(None), _amended.c.settled_at.is_not(None)),
    or_(_root.c.id.is_(None), _root.c.settled_at.is_not(None)),
)
CANDIDATES = (
    select(
        _message,
        _connection.c.platform,
        *(
            _amended.c[name].label(f"amended_{name}")
            for name in ("state", "ref_conversation", "ref_message", "ref_thread")
        ),
        *(_root.c[name].label(f"root_{name}") for name in ("state", "ref_message", "ref_thread")),
    )
    .join_from(_message, _connection, _message.c.connection_id == _connection.c.id)
    .outerjoin(_amended, and_(_message.c.replaces != "", _named(_amended, _message.c.replaces)))
    .outerjoin(_root, and_(_message.c.under != "", _named(_root, _message.c.under)))
    .where(
        _open,
        _message.c.due_at <= bindparam("now"),
        or_(_message.c.state == "leased", and_(_message.c.state == "pending", ~_in_the_way)),
        _settled_or_none,
    )
    .order_by(_message.c.due_at, _message.c.id)
    .limit(bindparam("top"))
    .with_for_update(of=_message, skip_locked=True)  # SQLite has one writer and leaves this out
)
HOLD = (
    update(_message)
    .where(_message.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="leased",
        due_at=bindparam("until"),
        attempt=_message.c.attempt + 1,
        again=or_(_message.c.again, _message.c.state == "leased"),
    )
)
GIVE_UP = (
    update(_message)
    .where(_message.c.id == bindparam("at_id"))
    .values(state="dead", reason=bindparam("why"), settled_at=bindparam("now"))
)
# `until` fences as well as `attempt`, which a pause gives back.
SETTLE = update(_message).where(
    _message.c.id == bindparam("at_id"),
    _message.c.state == "leased",
    _message.c.attempt == bindparam("at_attempt"),
    _message.c.due_at == bindparam("at_until"),
)


class SqlOutbox:
    """The `Outbox` of core.ports; `transact` runs a function in a write transaction of its own."""

    def __init__(self, transact: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._transact = transact

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Leased]:
        until = now + timedelta(seconds=hold)
        leased: list[Leased] = self._transact(lambda connection: _lease(connection, now, until, limit))
        return leased

    def sent(self, leased: Leased, ref: MessageRef, now: datetime) -> bool:
        refs = {"ref_conversation": ref.conversation, "ref_message": ref.message, "ref_thread": ref.thread}
        return self._settle(leased, state="sent", reason="", settled_at=now, **refs)

    def later(self, leased: Leased, at: datetime, reason: str) -> bool:
        return self._settle(leased, state="pending", due_at=at, reason=reason)

    def pause(self, leased: Leased, at: datetime, reason: str) -> bool:
        return self._settle(leased, state="pending", due_at=at, reason=reason, attempt=leased.attempt - 1)

    def dead(self, leased: Leased, now: datetime, reason: str) -> bool:
        state = "stale" if reason == STALE else "dead"
        return self._settle(leased, state=state, reason=reason, settled_at=now)

    def _settle(self, leased: Leased, **values: Any) -> bool:
        fence = {"at_id": leased.id, "at_attempt": leased.attempt, "at_until": leased.until}
        found: bool = self._transact(lambda connection: _run(connection, SETTLE, fence | values).rowcount > 0)
        return found


def _run(connection: Connection, statement: Any, values: dict[str, Any]) -> Any:
    try:
        return connection.execute(statement, values)
    except SQLAlchemyError as error:
        raise explained(error) from error


def _lease(connection: Connection, now: datetime, until: datetime, limit: int) -> list[Leased]:
    """Until `limit` are taken or nothing is left; each round may settle hopeless ones and so free their lanes."""
    _run(connection, DROP_STALE, {"now": now})
    taken: list[Leased] = []
    while len(taken) < limit:
        rows = _run(connection, CANDIDATES, {"now": now, "top": limit - len(taken)}).all()
        hopeless = [(row, why) for row in rows if (why := _hopeless(row))]
        for row, why in hopeless:
            _run(connection, GIVE_UP, {"at_id": row.id, "why": why, "now": now})
        good = [row for row in rows if not _hopeless(row)]
        if good:
            _hold(connection, [row.id for row in good], until)
        taken += [_leased(row, until) for row in good]
        if not hopeless:
            break
    return taken


def _hold(connection: Connection, ids: list[int], until: datetime) -> None:
    try:
        _run(connection, HOLD, {"ids": ids, "until": until})
    except (
        Taken
    ) as error:  # an older message of the lane became visible only now, and another worker was faster
        raise Conflict("Another worker took a message of the same lane. Try again.") from error


def _hopeless(row: Record) -> str:
    """Why a message can never be sent; empty when it can."""
    if row.replaces and row.amended_state != "sent":
        return NOTHING_TO_AMEND
    if row.under and row.root_state != "sent":
        return NOTHING_ABOVE
    return ""


def _leased(row: Record, until: datetime) -> Leased:
    ref = None
    if row.replaces:
        ref = MessageRef(row.amended_ref_conversation, row.amended_ref_message, row.amended_ref_thread)
    thread = (row.root_ref_thread or row.root_ref_message) if row.under else row.thread
    again = row.again or row.state == "leased"
    return Leased(row.id, row.org_id, _as_message(row), row.attempt + 1, until, ref, thread, again=again)


def _as_message(row: Record) -> Message:
    address = Address(row.connection_id, row.platform, row.conversation, row.service, row.thread)
    return Message(
        row.key, address, from_json(row.card), row.replaces, row.under, row.not_before, row.stale_at
    )
