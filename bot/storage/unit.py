"""One transaction of one organisation: every room of it in one object, and what belongs to no room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from bot.storage.bundles import Bundles
from bot.storage.checkins import Checkins
from bot.storage.decisions import Decisions
from bot.storage.erasing import Erasing
from bot.storage.evaluations import Evaluations
from bot.storage.fields import table
from bot.storage.foresight import Foresight
from bot.storage.forms import Forms
from bot.storage.homes import Homes
from bot.storage.messages import Messages
from bot.storage.nags import Nags
from bot.storage.people import People
from bot.storage.pilots import Pilots
from bot.storage.readiness import Readiness
from bot.storage.requests import Requests
from bot.storage.retaining import Retaining
from bot.storage.scope import added_once, mine, own
from bot.storage.seals import Seals
from bot.storage.seeking import Seeking
from bot.storage.tables import CheckinRow, EvaluationRow, MessageRow, ScheduleRow, SightRow, SubscriptionRow
from bot.storage.unproven import Proving

_checkin, _schedule, _subscription = table(CheckinRow), table(ScheduleRow), table(SubscriptionRow)
_message, _evaluation = table(MessageRow), table(EvaluationRow)
_older = _message.alias("older")

SEE = added_once(SightRow, "key")
# A message counts when it is the next of its lane: those behind it fall due when it is settled.
_behind = (
    select(_older.c.id)
    .where(
        own(_older),
        _older.c.connection_id == _message.c.connection_id,
        _older.c.conversation == _message.c.conversation,
        _older.c.settled_at.is_(None),
        _older.c.state != "held",  # that one lets the others pass
        _older.c.id < _message.c.id,
    )
    .correlate(_message)
    .exists()
)
NEXT = (
    mine(select(func.min(_schedule.c.next_due_at)).where(_schedule.c.next_due_at.is_not(None))),
    mine(select(func.min(_checkin.c.wake_at)).where(_checkin.c.wake_at.is_not(None))),
    mine(select(func.min(_subscription.c.next_due_at))),
    mine(select(func.min(_evaluation.c.due_at))),
    mine(
        select(_message.c.due_at)
        .where(_message.c.settled_at.is_(None), ~_behind)
        .order_by(_message.c.due_at)
        .limit(1),
        by_other=[_message],
    ),
)


class SqlUnit(
    Retaining,
    Foresight,
    People,
    Seeking,
    Pilots,
    Proving,
    Forms,
    Checkins,
    Readiness,
    Decisions,
    Evaluations,
    Requests,
    Homes,
    Messages,
    Bundles,
    Seals,
    Erasing,
    Nags,
):
    """The `Unit` of core.ports on a database."""

    def first_sight(self, key: str, now: datetime) -> bool:
        return self._add(SEE, {"key": key, "at": now}) is not None

    def next_moment(self) -> datetime | None:
        moments = [row[0] for statement in NEXT if (row := self._one(statement)) is not None]
        return min((moment for moment in moments if moment is not None), default=None)
