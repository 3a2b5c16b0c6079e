"""The workers' side of the outbox: leased in order, settled once; it must not know how a message is sent.

Laws: of each lane only the oldest unsettled message is leased, and never two at once (a unique index says so); what
a worker does with a lease that ran out changes nothing (`attempt` and `until` fence it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from bot.core.card import Card
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
UNREADABLE = Card("", "")

WAITS = "waits"
Named = Mapping[tuple[int, str], Record]

_message, _connection = table(MessageRow), table(ConnectionRow)

_open = _message.c.settled_at.is_(None)
DROP_STALE = (
    update(_message)
    .where(
        _open,
        _message.c.stale_at.is_not(None),
        _message.c.stale_at < bindparam("now"),
        # What is in somebody's hands is his; what he let go of may be dropped.
        or_(_message.c.state != "leased", _message.c.due_at <= bindparam("now")),
        _message.c.parts == 0,  # what was begun is finished
    )
    .values(state="stale", reason="too late to send", settled_at=bindparam("now"))
)


def _in_lane(name: str, condition: Callable[[FromClause], Any]) -> ColumnElement[bool]:
    """Whether the lane of a message has another that meets the condition: one step in an index."""
    other = _message.alias(name)
    lane = (
        other.c.connection_id == _message.c.connection_id,
        other.c.conversation == _message.c.conversation,
    )
    return select(other.c.id).where(*lane, condition(other)).correlate(_message).exists()


def _comes_first(other: FromClause) -> ColumnElement[bool]:
    """Whether it is older and still to go; one that is held for later lets the others pass until then."""
    held = and_(other.c.state == "held", other.c.due_at > bindparam("now"))
    # The sum keeps PostgreSQL from looking along the primary key, through all that was ever sent.
    return and_(other.c.settled_at.is_(None), other.c.id + 0 < _message.c.id, ~held)


_older = _in_lane("older", _comes_first)
_held = _in_lane("held", lambda _: text("held.state = 'leased'"))  # in the words of its partial index
# No join but one: with more of them PostgreSQL looks at every message that is due, and SQLite has nothing to gain.
CANDIDATES = (
    select(_message, _connection.c.platform)
    .join_from(_message, _connection, _message.c.connection_id == _connection.c.id)
    .where(
        _open,
        _message.c.due_at <= bindparam("now"),
        or_(_message.c.state == "leased", and_(~_older, ~_held)),
        _message.c.id.not_in(bindparam("aside", expanding=True)),
    )
    .order_by(_message.c.due_at, _message.c.id)
    .limit(bindparam("top"))
    .with_for_update(of=_message, skip_locked=True)  # SQLite has one writer and leaves this out
)
# Follow the index of what is due and stop at the limit. Left alone, PostgreSQL trusts its statistics of a quiet hour
# and sorts all that is due for each lease: 100 times as long on a Monday morning with 10,000 messages.
IN_ORDER = text("SET LOCAL enable_sort = off")
_ref = (_message.c.ref_conversation, _message.c.ref_message, _message.c.ref_thread)
# Each organisation with each key, a few too many at worst: SQLite finds pairs by their first half only.
NAMED = select(
    _message.c.org_id,
    _message.c.key,
    _message.c.id,
    _message.c.state,
    _message.c.due_at,
    _message.c.settled_at,
    *_ref,
).where(
    _message.c.org_id.in_(bindparam("organisations", expanding=True)),
    _message.c.key.in_(bindparam("keys", expanding=True)),
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
PUT_OFF = update(_message).where(_message.c.id == bindparam("at_id"))
# `until` fences as well as `attempt`, which a pause gives back.
SETTLE = update(_message).where(
    _message.c.id == bindparam("at_id"),
    _message.c.state == "leased",
    _message.c.attempt == bindparam("at_attempt"),
    _message.c.due_at == bindparam("at_until"),
)


class LeaseLostError(Exception):
    """One of many leases was lost; what was settled with it is taken back."""


class SqlOutbox:
    """The `Outbox` of core.ports; `transact` runs a function in a write transaction of its own."""

    def __init__(self, transact: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._transact = transact

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Leased]:
        until = now + timedelta(seconds=hold)
        leased: list[Leased] = self._transact(lambda connection: _lease(connection, now, until, limit))
        return leased

    def sent(self, leased: Leased, ref: MessageRef, now: datetime) -> bool:
        return self._settle(leased, **_sent(ref, now))

    def sent_all(self, done: Sequence[tuple[Leased, MessageRef]], now: datetime) -> Sequence[bool]:
        rows = [_fence(leased) | _sent(ref, now) for leased, ref in done]
        try:
            self._transact(lambda connection: _settled_all(connection, rows))
        except LeaseLostError:  # nothing is settled: one by one they say whose it was
            return [self.sent(leased, ref, now) for leased, ref in done]
        return [True] * len(rows)

    def goes_on(self, leased: Leased, root: MessageRef, now: datetime) -> bool:
        refs = {"ref_conversation": root.conversation, "ref_message": root.message, "ref_thread": root.thread}
        fresh = {"attempt": 0, "again": False, "parts": leased.parts + 1}
        return self._settle(leased, state="pending", due_at=now, reason="", **fresh, **refs)

    def later(self, leased: Leased, at: datetime, reason: str, *, unsure: bool = False) -> bool:
        return self._settle(leased, state="pending", due_at=at, reason=reason, again=leased.again or unsure)

    def pause(self, leased: Leased, at: datetime, reason: str) -> bool:
        return self._settle(leased, state="pending", due_at=at, reason=reason, attempt=leased.attempt - 1)

    def hold(self, leased: Leased, at: datetime, reason: str) -> bool:
        return self._settle(leased, state="held", due_at=at, reason=reason, attempt=leased.attempt - 1)

    def dead(self, leased: Leased, now: datetime, reason: str) -> bool:
        state = "stale" if reason == STALE else "dead"
        return self._settle(leased, state=state, reason=reason, settled_at=now)

    def _settle(self, leased: Leased, **values: Any) -> bool:
        row = _fence(leased) | values
        found: bool = self._transact(lambda connection: _run(connection, SETTLE, row).rowcount > 0)
        return found


def _fence(leased: Leased) -> dict[str, Any]:
    return {"at_id": leased.id, "at_attempt": leased.attempt, "at_until": leased.until}


def _sent(ref: MessageRef, now: datetime) -> dict[str, Any]:
    refs = {"ref_conversation": ref.conversation, "ref_message": ref.message, "ref_thread": ref.thread}
    return {"state": "sent", "reason": "", "settled_at": now, **refs}


def _settled_all(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows and _run(connection, SETTLE, rows).rowcount != len(rows):
        raise LeaseLostError


def _run(connection: Connection, statement: Any, values: dict[str, Any] | Sequence[dict[str, Any]]) -> Any:
    try:
        return connection.execute(statement, values)
    except SQLAlchemyError as error:
        raise explained(error) from error


def _lease(connection: Connection, now: datetime, until: datetime, limit: int) -> list[Leased]:
    """Until `limit` are taken or nothing is left; each round may settle hopeless ones and so free their lanes."""
    if connection.dialect.name == "postgresql":
        _run(connection, IN_ORDER, {})
    _run(connection, DROP_STALE, {"now": now})
    taken: list[Leased] = []
    aside = [0]  # messages that wait for one of another lane
    while len(taken) < limit:
        rows = _run(connection, CANDIDATES, {"now": now, "top": limit - len(taken), "aside": aside}).all()
        named = _named(connection, rows)
        verdicts = [(row, _verdict(row, named)) for row in rows]
        aside += [row.id for row, verdict in verdicts if verdict == WAITS]
        _wait_with(connection, [row for row, verdict in verdicts if verdict == WAITS], named, now)
        _give_up(connection, [(row.id, why) for row, why in verdicts if why not in ("", WAITS)], now)
        good = [row for row, verdict in verdicts if not verdict]
        _hold(connection, [row.id for row in good], until)
        taken += [_leased(row, named, until) for row in good]
        if len(good) == len(rows):
            break
    return taken


def _named(connection: Connection, rows: Sequence[Record]) -> Named:
    """The messages that these amend or hang under, by organisation and key."""
    names = [(row.org_id, key) for row in rows for key in (row.replaces, row.under) if key]
    if not names:
        return {}
    organisations, keys = ({name[part] for name in names} for part in (0, 1))
    found = _run(connection, NAMED, {"organisations": list(organisations), "keys": list(keys)}).all()
    return {(row.org_id, row.key): row for row in found}


def _verdict(row: Record, named: Named) -> str:
    """Empty when the message can be sent, WAITS while one that it names is still to go, or why it never can be."""
    for key, why in ((row.replaces, NOTHING_TO_AMEND), (row.under, NOTHING_ABOVE)):
        other = named.get((row.org_id, key))
        if not key:
            continue
        if (
            other is None or other.id >= row.id
        ):  # a later one cannot have been meant, and would never come first
            return why
        if other.settled_at is None:
            return WAITS
        if other.state != "sent":
            return why
    return ""


def _give_up(connection: Connection, hopeless: Sequence[tuple[int, str]], now: datetime) -> None:
    for number, why in hopeless:
        _run(connection, GIVE_UP, {"at_id": number, "why": why, "now": now})


def _wait_with(connection: Connection, waiting: Sequence[Record], named: Named, now: datetime) -> None:
    """What changes a message that is held is held as long: it keeps nothing else of its lane waiting."""
    for row in waiting:
        others = [other for key in (row.replaces, row.under) if (other := named.get((row.org_id, key)))]
        until = max((other.due_at for other in others if other.state == "held"), default=now)
        if until > now:
            _run(connection, PUT_OFF.values(state="held", due_at=until), {"at_id": row.id})


def _hold(connection: Connection, ids: list[int], until: datetime) -> None:
    if not ids:
        return
    try:
        _run(connection, HOLD, {"ids": ids, "until": until})
    except Taken as error:  # an older one became visible only now, and another worker was faster
        raise Conflict("Another worker took a message of the same lane. Try again.") from error


def _leased(row: Record, named: Named, until: datetime) -> Leased:
    amended, root = named.get((row.org_id, row.replaces)), named.get((row.org_id, row.under))
    ref = MessageRef(amended.ref_conversation, amended.ref_message, amended.ref_thread) if amended else None
    thread = (root.ref_thread or root.ref_message) if root else row.thread
    begun = MessageRef(row.ref_conversation, row.ref_message, row.ref_thread) if row.parts else None
    card = _card(row)
    return Leased(
        row.id,
        row.org_id,
        _as_message(row, card or UNREADABLE),
        row.attempt + 1,
        until,
        ref,
        thread,
        again=row.again or row.state == "leased",
        parts=row.parts,
        root=begun,
        wanted_at=max(row.created_at, row.not_before or row.created_at),
        broken=card is None,
    )


def _card(row: Record) -> Card | None:
    """None for one that cannot be read: it is for the deliverer to give up, and must not keep the others waiting."""
    try:
        return from_json(row.card)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _as_message(row: Record, card: Card) -> Message:
    address = Address(row.connection_id, row.platform, row.conversation, row.service, row.thread)
    return Message(row.key, address, card, row.replaces, row.under, row.not_before, row.stale_at)
