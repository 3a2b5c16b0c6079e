"""The unit's side of homes: who opened one, and what has changed on it since; it must not know what it shows.

A change is a row that is only added, in the transaction of what changed, so that no crash loses it and no two
transactions meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.core.records import Address, PersonId
from bot.storage.fields import table
from bot.storage.scope import Scope, added, added_once, mine, own
from bot.storage.tables import HomeChangeRow, HomeRow

# A change that is due sooner may be taken while this transaction still runs, and would not cover it.
SURELY_LATER = timedelta(seconds=10)

_home, _change = table(HomeRow), table(HomeChangeRow)

HOME = mine(
    select(_home.c.id, _home.c.person_id, _home.c.looked_at).where(
        _home.c.connection_id == bindparam("connection"), _home.c.conversation == bindparam("at")
    )
)
ADD_HOME = added_once(HomeRow, "id")
MOVE_IN = mine(
    update(_home)
    .where(_home.c.id == bindparam("at_id"))
    .values(person_id=bindparam("person"), looked_at=True)
)
ADD_CHANGE = added(HomeChangeRow)
_looked_at = select(_home.c.id).where(_home.c.looked_at)
OF_PEOPLE = mine(
    _looked_at.add_columns(_home.c.person_id).where(
        _home.c.person_id.in_(bindparam("people", expanding=True))
    )
)
_coming = (
    select(_change.c.id)
    .where(own(_change), _change.c.home_id == _home.c.id, _change.c.due_at > bindparam("surely"))
    .correlate(_home)
    .exists()
)
OF_LEADS = mine(_looked_at.where(_home.c.lead, ~_coming))


class Homes(Scope):
    """The unit's room for homes."""

    def open_home(self, person: PersonId, address: Address, now: datetime) -> None:
        where = {"connection": address.connection, "at": address.conversation}
        fresh: dict[str, Any] = {"connection_id": address.connection, "conversation": address.conversation}
        fresh |= {"person_id": person, "lead": False, "looked_at": True, "due_at": None, "failures": 0}
        self.seen_homes.clear()
        self._add(ADD_HOME, fresh)  # one that is there stays: it may be in somebody's hands
        home = self._one(HOME, **where)
        if home is None:
            return
        if home.person_id != person or not home.looked_at:
            self._change(MOVE_IN, at_id=home.id, person=person)
        self._add_all(ADD_CHANGE, [{"home_id": home.id, "due_at": now}])

    def outdate_homes(self, people: Iterable[PersonId], *, at: datetime, leads_at: datetime) -> None:
        wanted = sorted(set(people) - self.outdated)
        own_homes = self.homes_of(wanted)
        leads = (
            set() if self.portfolio_outdated else self._all(OF_LEADS, surely=min(at, leads_at) + SURELY_LATER)
        )
        self.outdated |= set(wanted)
        self.portfolio_outdated = True
        changes = {row.id: leads_at for row in leads} | dict.fromkeys(own_homes, at)
        self._add_all(ADD_CHANGE, [{"home_id": home, "due_at": due} for home, due in sorted(changes.items())])

    def homes_of(self, people: Iterable[PersonId]) -> set[int]:
        """The homes that these people look at."""
        wanted = set(people)
        unknown = sorted(wanted - self.seen_homes.keys())
        rows = self._all(OF_PEOPLE, people=unknown) if unknown else ()
        self.seen_homes |= dict.fromkeys(unknown, ())
        for row in rows:
            self.seen_homes[row.person_id] += (row.id,)
        return {home for person in wanted for home in self.seen_homes[person]}
