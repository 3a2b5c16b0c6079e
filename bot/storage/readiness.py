"""Levels and snapshots of readiness: stored and read back; it must not know how a score is computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, lateral, or_, select, text, true

from bot.core.links import Due
from bot.core.questionnaire import PROOF_LEVEL, ItemId
from bot.core.records import ItemLevel, PilotId, ScoreRange, Snapshot, Verdict
from bot.core.values import Json
from bot.storage.columns import EPOCH
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, mine, own, put, values_of
from bot.storage.statements import Mine
from bot.storage.tables import LevelRow, PilotRow, SnapshotRow

_level, _snapshot, _pilot = table(LevelRow), table(SnapshotRow), table(PilotRow)

# In the order of ItemLevel.
LEVEL = (
    "item",
    "level",
    "at",
    "changed_at",
    "by_person",
    "link",
    "link_at",
    "not_applicable",
    "same",
    "checkin_id",
    "fresh_at",
    "verdicts",
    "link_checked_at",
    "link_failures",
)
VERDICTS = LEVEL.index("verdicts")
LEVELS = mine(
    select(*(_level.c[name] for name in LEVEL))
    .where(_level.c.pilot_id == bindparam("pilot"))
    .order_by(_level.c.item)
)


def levels_of(pilots: Any) -> Mine:
    """Those of these pilots, each with its pilot behind it."""
    levels = select(*(_level.c[name] for name in LEVEL), _level.c.pilot_id)
    return mine(levels.where(_level.c.pilot_id.in_(pilots)).order_by(_level.c.pilot_id, _level.c.item))


# By pilot, as levels have no index of their own by organisation.
LEVELS_OF_ALL = mine(
    select(_level.c.pilot_id, *(_level.c[name] for name in LEVEL))
    .join_from(_pilot, _level, _level.c.pilot_id == _pilot.c.id)
    .order_by(_level.c.pilot_id, _level.c.item),
    by_other=[_level],
)
SET_LEVEL = put(LevelRow, by=("pilot_id", "item"), columns=LEVEL[1:])

# By the index of links alone; one that was never looked at counts as looked at in 1970, on both databases first.
_checked = func.coalesce(_level.c.link_checked_at, bindparam("never", type_=_level.c.link_checked_at.type))
DUE_LINKS = mine(
    select(_level.c.pilot_id, _level.c.item, _level.c.link, _level.c.link_checked_at)
    .where(
        text("link <> ''"),
        _level.c.level >= PROOF_LEVEL,
        or_(
            _level.c.link_checked_at.is_(None),
            _level.c.link_checked_at < bindparam("before", type_=_level.c.link_checked_at.type),
            and_(
                _level.c.link_failures > 0,
                _level.c.link_checked_at < bindparam("failed", type_=_level.c.link_checked_at.type),
            ),
        ),
    )
    .order_by(_checked, _level.c.pilot_id, _level.c.item)
    .limit(bindparam("top"))
)

# In the order of Snapshot.
SHOT = ("pilot_id", "at", "overall", "dimensions", "weakest", "coverage", "policy", "model", "checkin_id")
ADD_SNAPSHOT = added(SnapshotRow)
DROP_SNAPSHOT = mine(
    delete(_snapshot).where(
        _snapshot.c.pilot_id == bindparam("at_pilot"), _snapshot.c.at == bindparam("moment")
    )
)
_shots = select(*(_snapshot.c[name] for name in SHOT))
_one = (
    _shots.where(_snapshot.c.pilot_id == bindparam("pilot"))
    .order_by(_snapshot.c.at.desc(), _snapshot.c.id.desc())
    .limit(1)
)
SNAPSHOT = mine(_one)
SNAPSHOT_BEFORE = mine(_one.where(_snapshot.c.at <= bindparam("before")))

# The score in force at the moment, and those since.
_before = _snapshot.alias("before")
_in_force = (
    select(func.max(_before.c.at))
    .where(own(_before), _before.c.pilot_id == bindparam("pilot"), _before.c.at <= bindparam("since"))
    .scalar_subquery()
)
SCORE_RANGE = mine(
    select(func.min(_snapshot.c.overall), func.max(_snapshot.c.overall), func.min(_snapshot.c.at)).where(
        _snapshot.c.pilot_id == bindparam("pilot"),
        _snapshot.c.overall.is_not(None),
        _snapshot.c.at >= func.coalesce(_in_force, bindparam("since", type_=_snapshot.c.at.type)),
    )
)

# The newest of each pilot by its index, in each database's best wording (see checkins.LATEST).
_near = _snapshot.alias("near")


def _newest(*conditions: Any) -> tuple[Any, Any]:
    last = (
        select(_near.c.id)
        .where(own(_near), _near.c.pilot_id == _pilot.c.id, *conditions)
        .order_by(_near.c.at.desc(), _near.c.id.desc())
        .limit(1)
        .correlate(_pilot)
    )
    beside = lateral(last.with_only_columns(*(_near.c[name] for name in SHOT)), name="newest")
    return (
        _shots.join_from(_pilot, _snapshot, _snapshot.c.id == last.scalar_subquery()),
        select(*(beside.c[name] for name in SHOT)).join_from(_pilot, beside, true()),
    )


SNAPSHOTS = mine(*_newest(), by_other=[_snapshot])
SNAPSHOTS_BEFORE = mine(*_newest(_near.c.at <= bindparam("before")), by_other=[_snapshot])


class Readiness(Scope):
    """The unit's room for levels and scores."""

    def levels(self, pilot: PilotId) -> Mapping[ItemId, ItemLevel]:
        return {row[0]: _as_level(row) for row in self._all(LEVELS, pilot=pilot)}

    def levels_of_all(self) -> Mapping[PilotId, Mapping[ItemId, ItemLevel]]:
        found: dict[PilotId, dict[ItemId, ItemLevel]] = defaultdict(dict)
        for pilot, *level in self._all(LEVELS_OF_ALL):
            found[pilot][level[0]] = _as_level(level)
        return dict(found)

    def due_links(self, before: datetime, *, failed: datetime, limit: int) -> Sequence[Due]:
        rows = self._all(DUE_LINKS, before=before, failed=failed, never=EPOCH, top=limit)
        return [Due(*row) for row in rows]

    def set_level(self, pilot: PilotId, level: ItemLevel) -> None:
        values = values_of(level)
        values |= {"by_person": values.pop("by"), "checkin_id": values.pop("checkin"), "pilot_id": pilot}
        values["verdicts"] = [_written(one) for one in level.verdicts] or None
        self._add(SET_LEVEL, values)

    def add_snapshot(self, snapshot: Snapshot) -> None:
        values = values_of(snapshot) | {"dimensions": dict(snapshot.dimensions)}
        self._add(
            ADD_SNAPSHOT, values | {"pilot_id": values.pop("pilot"), "checkin_id": values.pop("checkin")}
        )

    def drop_snapshot(self, pilot: PilotId, at: datetime) -> None:
        self._change(DROP_SNAPSHOT, at_pilot=pilot, moment=at)

    def snapshot(self, pilot: PilotId, *, before: datetime | None = None) -> Snapshot | None:
        if before is None:
            row = self._one(SNAPSHOT, pilot=pilot)
        else:
            row = self._one(SNAPSHOT_BEFORE, pilot=pilot, before=before)
        return None if row is None else _as_snapshot(row)

    def score_range(self, pilot: PilotId, *, since: datetime) -> ScoreRange | None:
        row = self._one(SCORE_RANGE, pilot=pilot, since=since)
        return None if row is None or row[0] is None else ScoreRange(*row)

    def snapshots(self, *, before: datetime | None = None) -> Mapping[PilotId, Snapshot]:
        rows = self._all(SNAPSHOTS) if before is None else self._all(SNAPSHOTS_BEFORE, before=before)
        return {row.pilot_id: _as_snapshot(row) for row in rows}


def _as_level(row: Sequence[Any]) -> ItemLevel:
    found, stored = ItemLevel(*row), row[VERDICTS]
    return replace(found, verdicts=tuple(_verdict(one) for one in stored or ()))


def _written(verdict: Verdict) -> Json:
    return values_of(verdict) | {"at": verdict.at.isoformat()}


def _verdict(stored: Mapping[str, Any]) -> Verdict:
    return Verdict(**{**stored, "at": datetime.fromisoformat(stored["at"])})


def _as_snapshot(row: Record) -> Snapshot:
    return Snapshot(*row)
