"""The door of the import: a file's bytes to pilots, by the rooms of `importing`; it neither prints nor opens files."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.pilotmap import PilotMap
from bot.core.ports import Store
from bot.core.records import OrganisationId, PersonId
from bot.service.importing.apply import Enrol, Progress, apply
from bot.service.importing.faults import ImportProblem, Note, Verdict
from bot.service.importing.plan import Change, Outcome, Plan, RowPlan, plan
from bot.service.importing.report import Group, Report
from bot.service.importing.sheet import Sheet, read

__all__ = [
    "Change",
    "Enrol",
    "Group",
    "ImportProblem",
    "Note",
    "Outcome",
    "PilotMap",
    "Plan",
    "Progress",
    "Report",
    "RowPlan",
    "Sheet",
    "Verdict",
    "apply",
    "bring_in",
    "look",
    "plan",
    "read",
]


def look(
    store: Store, organisation: OrganisationId, sheet: Sheet, *, now: datetime, partial: bool = False
) -> Report:
    """The report of a dry run: what importing a sheet would do. ImportProblem when the map has a bad constant."""
    return Report(_planned(store, organisation, sheet, now, partial=partial), written=False, dry_run=True)


def bring_in(
    store: Store,
    organisation: OrganisationId,
    sheet: Sheet,
    *,
    now: datetime,
    actor: PersonId | None = None,
    partial: bool = False,
    enrol: Enrol | None = None,
    progress: Progress | None = None,
) -> Report:
    """Plan an import in a reading transaction and, unless rows stand in the way, write it in one other.

    ImportProblem when the map has a bad constant, or when pilots changed between the two.
    """
    made = _planned(store, organisation, sheet, now, partial=partial)
    if made.blocked or not (made.writes or made.people):
        return Report(made, written=False)
    store.write(
        organisation, lambda unit: apply(unit, made, now=now, actor=actor, enrol=enrol, progress=progress)
    )
    return Report(made, written=True)


def _planned(
    store: Store, organisation: OrganisationId, sheet: Sheet, now: datetime, *, partial: bool
) -> Plan:
    """A plan for the day it is where the organisation is."""
    return store.read(
        organisation,
        lambda unit: plan(
            unit, sheet, today=now.astimezone(ZoneInfo(unit.organisation.zone)).date(), partial=partial
        ),
    )
