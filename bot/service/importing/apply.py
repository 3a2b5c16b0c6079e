"""A plan -> pilots, people and events, all in one unit of work; it must not know of files or cells."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import fields, replace
from datetime import date, datetime

from bot.core.pilotmap import ROLES_IN_FILE
from bot.core.ports import Unit
from bot.core.records import Event, PersonId, Pilot
from bot.core.values import Json
from bot.service.importing.faults import ImportProblem
from bot.service.importing.plan import Outcome, Plan, RowPlan

Enrol = Callable[[Unit, Pilot], None]
Progress = Callable[[int, int], None]

# What a pilot's schedules depend on.
SCHEDULED = frozenset({"stage", "target", "owner", "paused_until"})
CHANGED_MEANWHILE = (
    "The pilots or people changed while the file was being read, so nothing was written. Import again."
)


def apply(
    unit: Unit,
    plan: Plan,
    *,
    now: datetime,
    actor: PersonId | None = None,
    enrol: Enrol | None = None,
    progress: Progress | None = None,
) -> None:
    """Write what a plan says, with its events. `enrol` plans the schedules of pilots new or changed.

    ImportProblem, before anything is written: rejected rows stand in the way, or the plan is out of date.
    """
    if plan.blocked:
        raise ImportProblem(f"{plan.count(Outcome.REJECTED):,} rows were rejected, so nothing was written.")
    _refuse_stale(unit, plan)
    ids = {person.id: unit.save_person(replace(person, id=max(person.id, 0))).id for person in plan.people}
    writes = plan.writes
    for done, row in enumerate(writes, start=1):
        _write(unit, row, ids, now=now, actor=actor, enrol=enrol)
        if progress is not None:
            progress(done, len(writes))


def _refuse_stale(unit: Unit, plan: Plan) -> None:
    """A plan is made outside the transaction that applies it: what it saw must still be so."""
    pilots = {pilot.id: pilot for pilot in unit.pilots()}
    keys = {pilot.key for pilot in pilots.values()}
    ids = {pilot.external for pilot in pilots.values() if pilot.external}
    emails = {person.email.casefold() for person in unit.people() if person.email}
    changed = any(row.before and pilots.get(row.before.id) != row.before for row in plan.writes)
    taken = any(_takes(row, keys, ids) for row in plan.writes)
    if changed or taken or any(person.email.casefold() in emails for person in plan.people if person.email):
        raise ImportProblem(CHANGED_MEANWHILE)


def _takes(row: RowPlan, keys: Container[str], ids: Container[str]) -> bool:
    """Whether a row gives its pilot a short name or an id that another one has by now."""
    has = (row.before.key, row.before.external) if row.before else ("", "")
    gets = (row.pilot.key, row.pilot.external) if row.pilot else has
    return (gets[0] != has[0] and gets[0] in keys) or (gets[1] != has[1] and gets[1] in ids)


def _write(
    unit: Unit,
    row: RowPlan,
    ids: Mapping[PersonId, PersonId],
    *,
    now: datetime,
    actor: PersonId | None,
    enrol: Enrol | None,
) -> None:
    if row.pilot is None:
        return
    people = {role: ids.get(getattr(row.pilot, role), getattr(row.pilot, role)) for role in ROLES_IN_FILE}
    stored = unit.save_pilot(replace(row.pilot, **people))
    if row.before is None:
        unit.record(Event("pilot.created", now, actor, stored.id, after=_born(stored)))
    changed = _record_changes(unit, row.before, stored, now, actor) if row.before else SCHEDULED
    if enrol is not None and changed & SCHEDULED:
        enrol(unit, stored)


def _record_changes(
    unit: Unit, before: Pilot, after: Pilot, now: datetime, actor: PersonId | None
) -> frozenset[str]:
    """One event a changed field, of the kinds that every other change has (registry.LOGGED)."""
    changed = frozenset(
        part.name for part in fields(Pilot) if getattr(before, part.name) != getattr(after, part.name)
    )
    for name in sorted(changed):
        was, becomes = _json(getattr(before, name)), _json(getattr(after, name))
        unit.record(Event(f"pilot.{name}", now, actor, after.id, name, was, becomes))
    return changed


def _born(pilot: Pilot) -> Json:
    return {
        "name": pilot.name,
        "stage": pilot.stage,
        "stage_since": _json(pilot.stage_since),
        "owner": pilot.owner,
        "target": _json(pilot.target),
        "decide_by": _json(pilot.decide_by),
        "external": pilot.external,
    }


def _json(value: object) -> Json:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [str(part) for part in value]
        case str() | bool() | int() | float():
            return value
    return None
