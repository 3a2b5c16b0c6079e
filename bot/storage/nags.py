"""Messages that nobody asked for: rows to values and back; it must not know what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, select

from bot.core.nags import Nag
from bot.storage.fields import table
from bot.storage.scope import Scope, added, mine, own
from bot.storage.statements import Mine
from bot.storage.tables import CheckinRow, NagRow, PersonRow

_nag, _checkin, _person = table(NagRow), table(CheckinRow), table(PersonRow)

_answered = case((_checkin.c.outcome.in_(("answered", "nothing", "declined")), _checkin.c.done_at))
_line = (
    _nag.c.person_id,
    _nag.c.pilot_id,
    _nag.c.checkin_id,
    _nag.c.step,
    _nag.c.at,
    _answered.label("answered_at"),
)
_all_nags = select(*_line).join_from(_nag, _checkin, and_(_nag.c.checkin_id == _checkin.c.id, own(_checkin)))
_newest = (_nag.c.at.desc(), _nag.c.id.desc())
_nags = _all_nags.order_by(*_newest).limit(bindparam("top"))
NAGS_OF = mine(_nags.where(_nag.c.person_id == bindparam("person")), grown_by=[_nag], of_person=True)
NAGS_SINCE = mine(_nags.where(_nag.c.at >= bindparam("since")), grown_by=[_nag])
ADD_NAG = added(NagRow)
_near = _nag.alias("near")


def nags_of(people: Any) -> Mine:
    """So many of the newest of each of these people, by person."""
    before = (_near.c.person_id == _person.c.id, own(_near))
    few = select(_near.c.id).where(*before).order_by(_near.c.at.desc(), _near.c.id.desc())
    few = few.limit(bindparam("top")).correlate(_person)
    near = _all_nags.join_from(_nag, _person, _nag.c.person_id == _person.c.id)
    return mine(near.where(_person.c.id.in_(people), _nag.c.id.in_(few)).order_by(_nag.c.person_id, *_newest))


class Nags(Scope):
    """The unit's room for what was sent by itself."""

    def add_nag(self, nag: Nag) -> None:
        keys = {"person_id": nag.person, "pilot_id": nag.pilot, "checkin_id": nag.checkin}
        self._add_soon(ADD_NAG, {**keys, "step": nag.step, "at": nag.at})

    def nags_of(self, person: int, *, limit: int) -> Sequence[Nag]:
        return [Nag(*row) for row in self._all(NAGS_OF, person=person, top=limit)]

    def nags(self, *, since: datetime, limit: int) -> Sequence[Nag]:
        return [Nag(*row) for row in self._all(NAGS_SINCE, since=since, top=limit)]
