"""Pilots, their event log and their schedules: rows to values and back; it must not know what a change means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, literal, select, text, union

from bot.core.records import Condition, Event, PersonId, Pilot, PilotId, Schedule
from bot.core.values import Json
from bot.storage.columns import storable
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, changed, columns_of, mine, own, put, unsearched, values_of
from bot.storage.statements import Mine
from bot.storage.tables import EventRow, PilotRow, ScheduleRow

_pilot, _event, _schedule = table(PilotRow), table(EventRow), table(ScheduleRow)

IN_HAND = 0x52616D70 << 32  # where our advisory locks begin, one for each pilot: far from small numbers

_pilots = select(*columns_of(PilotRow, Pilot))
PILOT = mine(_pilots.where(_pilot.c.id == bindparam("id")))


def pilots_of(ids: Any) -> Mine:
    """Those of these numbers that no other unit which asks for them like this has in hand: it has, until it ends.

    SQLite has one writer. On PostgreSQL it is an advisory lock, for which nobody waits, and which no change of the
    row meets.
    """
    these = _pilots.where(_pilot.c.id.in_(ids))
    return mine(
        these, these.where(func.pg_try_advisory_xact_lock(literal(IN_HAND, BigInteger) + _pilot.c.id))
    )


PILOT_BY_KEY = mine(_pilots.where(_pilot.c.key == bindparam("key")))
# In words, so that SQLite sees the condition of the partial index.
PILOT_BY_EXTERNAL = mine(_pilots.where(_pilot.c.external == bindparam("external"), text("external <> ''")))
PILOTS = mine(_pilots.order_by(_pilot.c.folded, _pilot.c.id))
_role = _pilot.alias("role")
ROLES = ("owner", "deputy", "sponsor", "decider")


def in_roles(people: Any) -> Mine:
    """The pilots in which any of these people has a part, by name."""
    # One index after the other: an OR over four columns would look at every pilot.
    held = union(*(select(_role.c.id).where(own(_role), _role.c[role].in_(people)) for role in ROLES))
    return mine(_pilots.where(_pilot.c.id.in_(held)).order_by(_pilot.c.folded, _pilot.c.id))


_held = union(*(select(_role.c.id).where(own(_role), _role.c[role] == bindparam("person")) for role in ROLES))
PILOTS_OF = mine(_pilots.where(_pilot.c.id.in_(_held)).order_by(_pilot.c.folded, _pilot.c.id))
PILOT_NAMES = mine(select(_pilot.c.id, _pilot.c.key, _pilot.c.name).order_by(_pilot.c.folded, _pilot.c.id))
ADD_PILOT = added(PilotRow, "id")
CHANGE_PILOT = changed(PilotRow)

ADD_EVENT = added(EventRow)


def _events(*conditions: Any, at: ColumnElement[Any] = _event.c.at) -> Select[Any]:
    event = _event.c
    columns = (event.kind, event.at, event.actor_id, event.pilot_id, event.subject, event.before, event.after)
    newest = (at.desc(), event.id.desc())
    return select(*columns).where(*conditions).order_by(*newest).limit(bindparam("top"))


def _of_kinds(*conditions: Any) -> Mine:
    """The events of several kinds. SQLite would go through the log in its order to save sorting the few it wants."""
    return mine(_events(*conditions, at=unsearched(_event.c.at)), _events(*conditions))


OF_PILOT = _event.c.pilot_id == bindparam("pilot")
OF_KINDS = _event.c.kind.in_(bindparam("kinds", expanding=True))
SINCE = _event.c.at >= bindparam("since")
# By pilot, how many kinds (two stand for several), by time -> the statement: each one is planned for what it asks.
EVENTS = {
    (by_pilot, kinds, by_time): (_of_kinds if kinds > 1 else lambda *these: mine(_events(*these)))(
        *(each for each, on in ((OF_PILOT, by_pilot), (OF_KINDS, kinds), (SINCE, by_time)) if on)
    )
    for by_pilot in (False, True)
    for kinds in (0, 1, 2)
    for by_time in (False, True)
}

LAST_ACT = mine(
    select(_event.c.at)
    .where(OF_PILOT, _event.c.actor_id == bindparam("person"))
    .order_by(_event.c.at.desc(), _event.c.id.desc())
    .limit(1)
)

_schedules = select(
    _schedule.c.id,
    _schedule.c.pilot_id,
    _schedule.c.questionnaire,
    _schedule.c.next_due_at,
    _schedule.c.weeks,
    _schedule.c.last_due_at,
)
SCHEDULES = mine(_schedules.where(_schedule.c.pilot_id == bindparam("pilot")).order_by(_schedule.c.id))


def schedules_of(pilots: Any) -> Mine:
    """Those of these pilots."""
    return mine(_schedules.where(_schedule.c.pilot_id.in_(pilots)).order_by(_schedule.c.id))


DUE_SCHEDULES = mine(
    _schedules.where(_schedule.c.next_due_at.is_not(None), _schedule.c.next_due_at <= bindparam("now"))
    .order_by(_schedule.c.next_due_at, _schedule.c.id)
    .limit(bindparam("top"))
)
ADD_SCHEDULE = put(
    ScheduleRow, "id", by=("org_id", "pilot_id", "questionnaire"), columns=("next_due_at", "weeks")
)
CHANGE_SCHEDULE = changed(ScheduleRow)


class Pilots(Scope):
    """The unit's room for pilots, what happened to them and when they are next asked."""

    def pilot(self, pilot: PilotId) -> Pilot | None:
        return self._looked_at(self._one(PILOT, id=pilot))

    def pilot_by_key(self, key: str) -> Pilot | None:
        return self._looked_at(self._one(PILOT_BY_KEY, key=key)) if storable(key) else None

    def pilot_by_external(self, external: str) -> Pilot | None:
        return (
            self._looked_at(self._one(PILOT_BY_EXTERNAL, external=external)) if storable(external) else None
        )

    def pilots(self) -> Sequence[Pilot]:
        return [_read_pilot(row) for row in self._all(PILOTS)]

    def pilots_of(self, person: PersonId) -> Sequence[Pilot]:
        return [_read_pilot(row) for row in self._all(PILOTS_OF, person=person)]

    def pilot_names(self) -> Sequence[tuple[PilotId, str, str]]:
        return [(row[0], row[1], row[2]) for row in self._all(PILOT_NAMES)]

    def save_pilot(self, pilot: Pilot) -> Pilot:
        values = values_of(pilot) | {"folded": pilot.name.casefold(), "tags": list(pilot.tags)}
        values |= {"reviewers": [list(one) for one in pilot.reviewers] or None}
        values |= {"conditions": [_written(one) for one in pilot.conditions] or None}
        return replace(pilot, id=self._stored(ADD_PILOT, CHANGE_PILOT, values))

    def record(self, event: Event) -> None:
        values = values_of(event)
        keys = {"actor_id": values.pop("actor"), "pilot_id": values.pop("pilot")}
        self._add_soon(ADD_EVENT, values | keys)

    def events(
        self,
        *,
        pilot: PilotId | None = None,
        kinds: Iterable[str] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Event]:
        wanted = list(kinds)
        given = {"pilot": pilot, "kinds": wanted or None, "since": since}
        statement = EVENTS[pilot is not None, min(len(wanted), 2), since is not None]
        rows = self._all(
            statement, top=limit, **{name: value for name, value in given.items() if value is not None}
        )
        return [Event(*row) for row in rows]

    def last_act(self, pilot: PilotId, person: PersonId) -> datetime | None:
        row = self._one(LAST_ACT, pilot=pilot, person=person)
        return None if row is None else row[0]

    def schedules(self, pilot: PilotId) -> Sequence[Schedule]:
        found = [Schedule(*row) for row in self._all(SCHEDULES, pilot=pilot)]
        self.seen_schedules |= {one.id for one in found}
        return found

    def save_schedule(self, schedule: Schedule) -> Schedule:
        values = values_of(schedule)
        values["pilot_id"] = values.pop("pilot")
        if schedule.id in self.seen_schedules:
            self._change_soon(schedule.pilot, CHANGE_SCHEDULE, at_id=values.pop("id"), **values)
            return schedule
        return replace(schedule, id=self._stored(ADD_SCHEDULE, CHANGE_SCHEDULE, values))

    def due_schedules(self, now: datetime, *, limit: int) -> Sequence[Schedule]:
        return [Schedule(*row) for row in self._all(DUE_SCHEDULES, now=now, top=limit)]

    def _looked_at(self, row: Record | None) -> Pilot | None:
        """One pilot, whose people are likely to be asked for next."""
        if row is None:
            return None
        found = _read_pilot(row)
        holders = {found.owner, found.deputy, found.sponsor, found.decider}
        self.expected_people |= {person for person in holders if person is not None}
        return found


def _written(condition: Condition) -> Json:
    days = {"until": condition.until.isoformat(), "agreed": condition.agreed.isoformat()}
    return values_of(condition) | days


def _condition(stored: dict[str, Any]) -> Condition:
    days = {name: date.fromisoformat(stored[name]) for name in ("until", "agreed")}
    return Condition(**{**stored, **days})


def _read_pilot(row: Record) -> Pilot:
    lists = {
        "tags": tuple(row.tags),
        "reviewers": tuple((role, person) for role, person in row.reviewers or ()),
        "conditions": tuple(_condition(one) for one in row.conditions or ()),
    }
    return Pilot(**{**row._asdict(), **lists})
