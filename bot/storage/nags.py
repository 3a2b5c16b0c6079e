"""Messages that nobody asked for: rows to values and back; it must not know what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, select

from bot.core.nags import Nag
from bot.storage.fields import table
from bot.storage.scope import Scope, added, mine, own
from bot.storage.tables import CheckinRow, NagRow

_nag, _checkin = table(NagRow), table(CheckinRow)

_answered = case((_checkin.c.outcome.in_(("answered", "nothing", "declined")), _checkin.c.done_at))
_nags = (
    select(
        _nag.c.person_id,
        _nag.c.pilot_id,
        _nag.c.checkin_id,
        _nag.c.step,
        _nag.c.at,
        _answered.label("answered_at"),
    )
    .join_from(_nag, _checkin, and_(_nag.c.checkin_id == _checkin.c.id, own(_checkin)))
    .order_by(_nag.c.at.desc(), _nag.c.id.desc())
    .limit(bindparam("top"))
)
NAGS_OF = mine(_nags.where(_nag.c.person_id == bindparam("person")))
NAGS_SINCE = mine(_nags.where(_nag.c.at >= bindparam("since")))
ADD_NAG = added(NagRow, "id")


class Nags(Scope):
    """The unit's room for what was sent by itself."""

    def add_nag(self, nag: Nag) -> None:
        keys = {"person_id": nag.person, "pilot_id": nag.pilot, "checkin_id": nag.checkin}
        self._add(ADD_NAG, {**keys, "step": nag.step, "at": nag.at})

    def nags_of(self, person: int, *, limit: int) -> Sequence[Nag]:
        return [Nag(*row) for row in self._all(NAGS_OF, person=person, top=limit)]

    def nags(self, *, since: datetime, limit: int) -> Sequence[Nag]:
        return [Nag(*row) for row in self._all(NAGS_SINCE, since=since, top=limit)]
