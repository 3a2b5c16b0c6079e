"""Reads of many pilots at once what is about to be read of each: a unit that opens twenty check-ins asks once for all.

It changes no answer: what it reads is remembered as if it had been asked for, and forgotten when the unit changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import bindparam

from bot.core.records import PersonId, PilotId
from bot.storage.checkins import ANSWERS, HISTORY_OF, LATEST_OF, LIVE_OF_PILOT, Checkins, live_of
from bot.storage.evaluations import EVALUATION, Evaluations, evaluations_of
from bot.storage.homes import Homes
from bot.storage.messages import SILENT, SILENT_OF_MANY, Messages
from bot.storage.nags import NAGS_OF, Nags, nags_of
from bot.storage.people import IDENTITIES, People, identities_of
from bot.storage.pilots import (
    PILOT,
    PILOTS_OF,
    ROLES,
    SCHEDULES,
    Pilots,
    in_roles,
    pilots_of,
    schedules_of,
)
from bot.storage.readiness import LEVELS, Readiness, levels_of
from bot.storage.scope import Record
from bot.storage.statements import Mine, asked_of

PILOTS_TOGETHER = pilots_of(bindparam("ids", expanding=True))
IDENTITIES_TOGETHER = identities_of(bindparam("people", expanding=True))
ROLES_TOGETHER = in_roles(bindparam("people", expanding=True))
NAGS_TOGETHER = nags_of(bindparam("people", expanding=True))
_pilots: Any = bindparam("pilots", expanding=True)
# By pilot: what is asked of one -> what is asked of many. Their rows name the pilot; the levels' last of all.
OF_ONE: Mapping[Mine, Mine] = {
    SCHEDULES: schedules_of(_pilots),
    EVALUATION: evaluations_of(_pilots),
    LIVE_OF_PILOT: live_of(_pilots),
}
LEVELS_TOGETHER = levels_of(_pilots)


class Foresight(People, Pilots, Checkins, Readiness, Evaluations, Homes, Messages, Nags):
    """The unit's room for what is known beforehand."""

    def foresee(self, pilots: Mapping[PilotId, str], *, back: int, nags: int) -> Set[PilotId]:
        found = self._all(PILOTS_TOGETHER, ids=sorted(pilots)) if pilots else ()
        wanted = sorted(row.id for row in found)
        if not wanted:
            return frozenset()
        for row in found:
            self._foreseen(PILOT, [row], id=row.id)
            self._looked_at(row)
        for one, many in OF_ONE.items():
            self._of_each(one, wanted, ((row.pilot_id, row) for row in self._all(many, pilots=wanted)))
        levels = self._all(LEVELS_TOGETHER, pilots=wanted)
        self._of_each(LEVELS, wanted, ((row.pilot_id, row[:-1]) for row in levels))
        people = sorted(self.expected_people)
        self._addresses(people)
        self._parts(people)
        self._sent_by_itself(people, nags)
        self.homes_of(people)
        for form in sorted({pilots[pilot] for pilot in wanted}):
            self._past(wanted, form, back)  # of all: one that is due for two is seldom alone
        return frozenset(wanted)

    def _past(self, pilots: Sequence[PilotId], form: str, back: int) -> None:
        """The newest check-ins of each pilot, with their answers."""
        number = self._old_number(form)
        if number is None:
            return
        how: dict[str, Any] = {"questionnaire": number, "top": back}
        lines = _grouped((row.pilot_id, row) for row in self._all(LATEST_OF, **how, pilots=list(pilots)))
        known = [row.id for rows in lines.values() for row in rows]
        answers = _grouped((row.checkin_id, row) for row in self._all(ANSWERS, checkins=known) if known)
        for pilot in pilots:
            self._foreseen(HISTORY_OF, lines[pilot], pilot=pilot, **how)
            ids = [row.id for row in lines[pilot]]
            told = [row for one in ids for row in answers[one]]
            self._foreseen(ANSWERS, told, checkins=ids)

    def _addresses(self, people: Sequence[PersonId]) -> None:
        found = _grouped((row.person_id, row) for row in self._all(IDENTITIES_TOGETHER, people=list(people)))
        for person in people:
            self._foreseen(IDENTITIES, found[person], person=person)
        self._silences({(row.connection_id, row.conversation) for rows in found.values() for row in rows})

    def _silences(self, places: Set[tuple[int, str]]) -> None:
        """Which of these conversations were switched off."""
        ats = sorted({at for _, at in places})
        found = {tuple(row) for one in SILENT_OF_MANY for row in self._all(one, ats=ats)} if ats else set()
        for connection, at in places:
            row = [(1,)] if (connection, at) in found else []
            self._foreseen(SILENT, row, connection=connection, at=at)

    def _sent_by_itself(self, people: Sequence[PersonId], most: int) -> None:
        found = _grouped(
            (row.person_id, row) for row in self._all(NAGS_TOGETHER, people=list(people), top=most)
        )
        for person in people:
            self._foreseen(NAGS_OF, found[person], person=person, top=most)

    def _parts(self, people: Sequence[PersonId]) -> None:
        """The pilots of each of these people: what else is due of them goes out in one message."""
        found = self._all(ROLES_TOGETHER, people=list(people))
        for person in people:
            theirs = [row for row in found if person in {getattr(row, role) for role in ROLES}]
            self._foreseen(PILOTS_OF, theirs, person=person)

    def _of_each(self, one: Mine, pilots: Iterable[PilotId], rows: Iterable[tuple[PilotId, Any]]) -> None:
        found = _grouped(rows)
        for pilot in pilots:
            self._foreseen(one, found[pilot], pilot=pilot)

    def _foreseen(self, statement: Mine, rows: Sequence[Any], **values: Any) -> None:
        self._note(asked_of(statement, values), rows)


def _grouped(rows: Iterable[tuple[int, Any]]) -> dict[int, list[Record]]:
    """In the order in which they come."""
    found: dict[int, list[Record]] = defaultdict(list)
    for key, row in rows:
        found[key].append(row)
    return found
