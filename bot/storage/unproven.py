"""What should be there and is not: slots without a check-in, check-ins without a delivered message; it changes nothing.

One look at the schedules, and for each slot of the period three steps in indexes, whatever has been kept for years.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, cast, func, or_, select

from bot.core.records import Unproven
from bot.storage.fields import table
from bot.storage.scope import Scope, mine, own
from bot.storage.tables import CheckinRow, EventRow, MessageRow, ScheduleRow, StripRow, WordRow

_schedule, _checkin, _message = table(ScheduleRow), table(CheckinRow), table(MessageRow)
_event, _word, _strip = table(EventRow), table(WordRow), table(StripRow)

_named = (
    select(_word.c.id)
    .where(own(_word), _word.c.word == _schedule.c.questionnaire)
    .correlate(_schedule)
    .scalar_subquery()
)
_of_slot = (
    own(_checkin),
    _checkin.c.pilot_id == _schedule.c.pilot_id,
    _checkin.c.questionnaire_id == _named,
    _checkin.c.slot == _schedule.c.last_due_at,
)
_invitation = "checkin:" + cast(_checkin.c.id, Text) + ":invite"
_host = (
    select(_strip.c.host)
    .where(own(_strip), _strip.c.key == _invitation)
    .correlate(_checkin)
    .scalar_subquery()
)
_settled = (
    select(_message.c.id)
    .where(
        own(_message),
        _message.c.key == func.coalesce(_host, _invitation),  # alone, or in a message with others
        or_(_message.c.settled_at.is_not(None), _message.c.created_at > bindparam("late")),
    )
    .correlate(_checkin)
    .exists()
)
_asked = select(_checkin.c.id).where(*_of_slot).correlate(_schedule).exists()
_told = select(_checkin.c.id).where(*_of_slot, _settled).correlate(_schedule).exists()
_accounted_for = (  # left out for a reason, or told of in a message that is no check-in
    select(_event.c.id)
    .where(
        own(_event),
        _event.c.pilot_id == _schedule.c.pilot_id,
        _event.c.at >= _schedule.c.last_due_at,
        _event.c.kind.in_(("slot.skipped", "slot.told")),
        _event.c.subject == _schedule.c.questionnaire,
    )
    .correlate(_schedule)
    .exists()
)
UNPROVEN = mine(
    select(_schedule.c.pilot_id, _schedule.c.questionnaire, _asked.label("asked"))
    .where(
        _schedule.c.last_due_at > bindparam("since"),
        _schedule.c.last_due_at <= bindparam("late"),
        ~_told,
        ~_accounted_for,
    )
    .order_by(_schedule.c.pilot_id, _schedule.c.questionnaire)
)


class Proving(Scope):
    """The unit's room for what is missing."""

    def unproven(self, *, since: datetime, late: datetime) -> Sequence[Unproven]:
        return [
            Unproven(row.pilot_id, row.questionnaire, asked=bool(row.asked))
            for row in self._all(UNPROVEN, since=since, late=late)
        ]
