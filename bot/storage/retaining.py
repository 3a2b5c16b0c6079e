"""Removes what has been kept long enough, a few rows at a time; it must not know how long that is.

Messages, check-ins and answers stay as rows: they are walked in the order of their numbers, which is that of time, and
how far that came is kept. What is passed on the way and is not over yet is kept by its number, and looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any, assert_never

from sqlalchemy import Text, bindparam, case, delete, literal, select, type_coerce, update

from bot.core.card import Card
from bot.core.card_json import to_json
from bot.core.erasure import REMOVED
from bot.core.retention import Forgotten, Kept
from bot.core.state import ASKING
from bot.storage.answer_texts import AnswerTexts
from bot.storage.fields import table
from bot.storage.scope import Record, changed, mine, own, put
from bot.storage.statements import Mine
from bot.storage.tables import (
    CheckinRow,
    MessageRow,
    NagRow,
    RequestRow,
    RetentionRow,
    SightRow,
    StripRow,
    SubmissionRow,
)

LONG_AGO = "kept long enough"

_message, _checkin, _sight, _nag = table(MessageRow), table(CheckinRow), table(SightRow), table(NagRow)
_retention, _strip = table(RetentionRow), table(StripRow)
_submission, _request = table(SubmissionRow), table(RequestRow)

UPTO = mine(select(_retention.c.upto).where(_retention.c.kind == bindparam("kind")))
PUT_UPTO = put(RetentionRow, by=("org_id", "kind"), columns=("upto",))
_letter = (_message.c.id, _message.c.created_at.label("began"), _message.c.key, _message.c.settled_at)
# As it is written: what cannot be read is no reason to keep what others entered.
_run = (
    *(_checkin.c.id, _checkin.c.opened_at.label("began"), _checkin.c.phase, _checkin.c.closes_at),
    type_coerce(_checkin.c.detail, Text).label("detail"),
)
_sent = (_submission.c.id, _submission.c.at.label("began"))
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
_old_helps = (
    select(_request.c.id)
    .where(
        own(_request),
        _request.c.kind == "help",  # the other kinds hold no words of anybody's
        _request.c.replied_at < bindparam("before"),
        _request.c.text.not_in(("", REMOVED)),
    )
    .limit(bindparam("top"))
)
NO_HELP_TEXTS = mine(
    update(_request).where(_request.c.id.in_(_old_helps)).values(text=REMOVED), by_other=[_request]
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


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A table in the order of time: its next rows behind a number, and those that were left behind as not over."""

    page: Mine
    left: Mine
    is_over: Callable[[Record, datetime], bool]


def _walk(columns: Sequence[Any], is_over: Callable[[Record, datetime], bool]) -> Walk:
    source = columns[0].table
    ahead = select(*columns).where(source.c.id > bindparam("behind")).order_by(source.c.id)
    behind = select(*columns, _retention.c.kind).where(
        _retention.c.upto == source.c.id, _retention.c.kind.like(bindparam("left"))
    )
    return Walk(
        mine(ahead.limit(bindparam("top")), by_other=[source]),
        mine(behind, by_other=[source]),
        is_over,
    )


def _is_settled(row: Record, before: datetime) -> bool:
    return row.settled_at is not None and row.settled_at < before


def _is_closed(row: Record, before: datetime) -> bool:
    return row.closes_at < before and row.phase not in ASKING


MESSAGES, CHECKINS = _walk(_letter, _is_settled), _walk(_run, _is_closed)
SUBMISSIONS = _walk(_sent, lambda _, __: True)
LEAVE = put(RetentionRow, by=("org_id", "kind"), columns=("upto",))
COLLECT = mine(delete(_retention).where(_retention.c.kind.in_(bindparam("kinds", expanding=True))))


class Retaining(AnswerTexts):
    """The unit's room for what is kept for a time only."""

    def forget(self, kind: Kept, before: datetime, *, limit: int) -> Forgotten:
        """Remove at most so many of a kind from before a moment."""
        match kind:
            case Kept.MESSAGES:
                return self._walked(kind, MESSAGES, self._empty, before, limit)
            case Kept.DRAFTS:
                return self._walked(kind, CHECKINS, self._no_drafts, before, limit)
            case Kept.RECEIPTS:
                return _dropped(self._change(DROP_SIGHTS, before=before, top=limit), limit)
            case Kept.REMINDERS:
                return _dropped(self._change(DROP_NAGS, before=before, top=limit), limit)
            case Kept.TEXTS:
                asked = _dropped(self._change(NO_HELP_TEXTS, before=before, top=limit), limit)
                words = partial(self.forget_words, now=before)
                given = self._walked(kind, SUBMISSIONS, words, before, limit)
                return Forgotten(asked.rows + given.rows, asked.more or given.more)
        assert_never(kind)

    def _walked(
        self,
        kind: Kept,
        walk: Walk,
        forget: Callable[[Sequence[Record]], int],
        before: datetime,
        limit: int,
    ) -> Forgotten:
        """The next rows of a table up to the first from after that moment, and those left behind that are over now."""
        done = self._one(UPTO, kind=kind.value)
        rows = self._all(walk.page, behind=done.upto if done is not None else 0, top=limit)
        passed = list(takewhile(lambda row: row.began < before, rows))
        over = [row for row in passed if walk.is_over(row, before)]
        late = [row for row in self._all(walk.left, left=f"{kind.value}:%") if walk.is_over(row, before)]
        lost = forget([*late, *over]) if late or over else 0
        if late:
            self._change(COLLECT, kinds=[row.kind for row in late])
        for row in passed:
            if row not in over:
                self._add(LEAVE, {"kind": f"{kind.value}:{row.id}", "upto": row.id})
        if passed:
            self._add(PUT_UPTO, {"kind": kind.value, "upto": passed[-1].id})
        return Forgotten(lost, len(passed) == limit)

    def _empty(self, rows: Sequence[Record]) -> int:
        self._change(EMPTY_STRIPS, hosts=[row.key for row in rows])
        return self._change(EMPTY, ids=[row.id for row in rows])

    def _no_drafts(self, rows: Sequence[Record]) -> int:
        held = [(row.id, left) for row in rows if (left := _without_drafts(row.detail)) is not None]
        for number, left in held:
            self._change(CHANGE_DETAIL, at_id=number, detail=left or None)
        return len(held)


def _dropped(rows: int, limit: int) -> Forgotten:
    return Forgotten(rows, rows == limit)


def _without_drafts(raw: str | None) -> dict[str, Any] | None:
    """What stays of a check-in's detail; None where nothing has to go, or nobody can read it."""
    try:
        detail = json.loads(raw or "{}")
    except ValueError:
        return None
    if not isinstance(detail, dict) or "drafts" not in detail:
        return None
    return {name: value for name, value in detail.items() if name != "drafts"}
