"""Removes what has been kept long enough, a few rows at a time; it must not know how long that is.

Messages and check-ins stay as rows: they are walked in the order of their numbers, which is that of time, and how far
that came is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import bindparam, case, delete, literal, select, update

from bot.core.card import Card
from bot.core.card_json import to_json
from bot.core.retention import Kept
from bot.core.state import ASKING
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, changed, mine, own, put
from bot.storage.tables import CheckinRow, MessageRow, NagRow, RetentionRow, SightRow, StripRow

LONG_AGO = "kept long enough"

_message, _checkin, _sight, _nag = table(MessageRow), table(CheckinRow), table(SightRow), table(NagRow)
_retention, _strip = table(RetentionRow), table(StripRow)

UPTO = mine(select(_retention.c.upto).where(_retention.c.kind == bindparam("kind")))
PUT_UPTO = put(RetentionRow, by=("org_id", "kind"), columns=("upto",))
MESSAGES = mine(
    select(_message.c.id, _message.c.key, _message.c.settled_at)
    .where(_message.c.id > bindparam("behind"))
    .order_by(_message.c.id)
    .limit(bindparam("top")),
    by_other=[_message],
)
# What was given up and nobody sent again in all that time is not sent any more: nothing is left to send.
EMPTY = mine(
    update(_message)
    .where(_message.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        card=to_json(Card("", "")),
        state=case((_message.c.state == "dead", literal("cancelled")), else_=_message.c.state),
        reason=case((_message.c.state == "dead", literal(LONG_AGO)), else_=_message.c.reason),
    ),
    by_other=[_message],
)
EMPTY_STRIPS = mine(
    update(_strip)
    .where(_strip.c.host.in_(bindparam("hosts", expanding=True)))
    .values(card=to_json(Card("", "")))
)
CHECKINS = mine(
    select(_checkin.c.id, _checkin.c.phase, _checkin.c.closes_at, _checkin.c.detail)
    .where(_checkin.c.id > bindparam("behind"))
    .order_by(_checkin.c.id)
    .limit(bindparam("top")),
    by_other=[_checkin],
)
CHANGE_DETAIL = changed(CheckinRow)
_old_sights = (
    select(_sight.c.key).where(own(_sight), _sight.c.at < bindparam("before")).limit(bindparam("top"))
)
DROP_SIGHTS = mine(delete(_sight).where(_sight.c.key.in_(_old_sights)))
_old_nags = (
    select(_nag.c.id)
    .where(own(_nag), _nag.c.at < bindparam("before"))
    .order_by(_nag.c.at)
    .limit(bindparam("top"))
)
DROP_NAGS = mine(delete(_nag).where(_nag.c.id.in_(_old_nags)), by_other=[_nag])


class Retaining(Scope):
    """The unit's room for what is kept for a time only."""

    def forget(self, kind: Kept, before: datetime, *, limit: int) -> bool:
        """Whether there may be more of that kind from before a moment."""
        match kind:
            case Kept.MESSAGES:
                return self._walked(kind, MESSAGES, lambda row: _is_over(row, before), self._empty, limit)
            case Kept.DRAFTS:
                return self._walked(
                    kind, CHECKINS, lambda row: _is_closed(row, before), self._no_drafts, limit
                )
            case Kept.RECEIPTS:
                return self._change(DROP_SIGHTS, before=before, top=limit) == limit
            case Kept.REMINDERS:
                return self._change(DROP_NAGS, before=before, top=limit) == limit

    def _walked(
        self,
        kind: Kept,
        page: Any,
        is_old: Callable[[Record], bool],
        forget: Callable[[Sequence[Record]], None],
        limit: int,
    ) -> bool:
        """The next rows of a table up to the first that is not old enough."""
        done = self._one(UPTO, kind=kind.value)
        rows = self._all(page, behind=done.upto if done is not None else 0, top=limit)
        old = list(takewhile(is_old, rows))
        if old:
            forget(old)
            self._add(PUT_UPTO, {"kind": kind.value, "upto": old[-1].id})
        return len(old) == limit

    def _empty(self, rows: Sequence[Record]) -> None:
        self._change(EMPTY, ids=[row.id for row in rows])
        self._change(EMPTY_STRIPS, hosts=[row.key for row in rows])

    def _no_drafts(self, rows: Sequence[Record]) -> None:
        for row in rows:
            if row.detail and "drafts" in row.detail:
                left = {name: value for name, value in row.detail.items() if name != "drafts"}
                self._change(CHANGE_DETAIL, at_id=row.id, detail=left or None)


def _is_over(row: Record, before: datetime) -> bool:
    return row.settled_at is not None and row.settled_at < before


def _is_closed(row: Record, before: datetime) -> bool:
    return row.closes_at < before and row.phase not in ASKING
