"""Whose account is to be looked for, and what came of it: rows and back; it must not know who asks whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from bot.core.records import Finding, Person, Sought
from bot.storage.fields import table
from bot.storage.people import as_person
from bot.storage.scope import Scope, columns_of, mine, own, put
from bot.storage.tables import ConnectionRow, IdentityRow, PersonRow, SoughtRow

_person, _identity, _sought = table(PersonRow), table(IdentityRow), table(SoughtRow)
_connection = table(ConnectionRow)


def _there(other: Any, *conditions: Any) -> Any:
    """Whether a table has a row of the person on the connection."""
    here = (other.c.person_id == _person.c.id, other.c.connection_id == bindparam("connection"))
    return select(other.c.person_id).where(own(other), *here, *conditions).correlate(_person).exists()


_ours = select(_connection.c.id).where(own(_connection), _connection.c.id == bindparam("connection")).exists()
_rests = or_(_sought.c.due_at > bindparam("now"), _sought.c.finding == bindparam("apart"))
PEOPLE_TO_SEEK = mine(
    select(*columns_of(PersonRow, Person))
    .where(_person.c.active, _person.c.email != "", ~_there(_identity), ~_there(_sought, _rests), _ours)
    .order_by(_there(_sought), _person.c.id)
    .limit(bindparam("top"))
)
SOUGHT = mine(
    select(_sought.c.person_id, _sought.c.connection_id, _sought.c.due_at, _sought.c.finding).order_by(
        _sought.c.person_id, _sought.c.connection_id
    )
)
PUT_SOUGHT = put(SoughtRow, by=("person_id", "connection_id"), columns=("due_at", "finding"))


class Seeking(Scope):
    """The unit's room for looking for accounts."""

    def people_to_seek(self, connection: int, now: datetime, *, limit: int) -> Sequence[Person]:
        rows = self._all(PEOPLE_TO_SEEK, connection=connection, now=now, top=limit, apart=Finding.APART.value)
        return [as_person(row) for row in rows]

    def sought(self) -> Sequence[Sought]:
        return [Sought(row[0], row[1], row[2], Finding(row[3])) for row in self._all(SOUGHT)]

    def save_sought(self, sought: Sought) -> None:
        keys = {"person_id": sought.person, "connection_id": sought.connection}
        self._add(PUT_SOUGHT, {**keys, "due_at": sought.due_at, "finding": sought.finding.value})
