"""Rows of a sheet against the known pilots -> what an import would change; it reads the store and never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from bot.core.pilotmap import ROLES_IN_FILE
from bot.core.ports import Unit
from bot.core.records import Person, Pilot
from bot.service.importing.cells import in_words
from bot.service.importing.faults import Note, repaired, shortened
from bot.service.importing.filling import Filler
from bot.service.importing.gathering import Gathered, check_constants, gather
from bot.service.importing.people import Directory
from bot.service.importing.register import Refused, Register
from bot.service.importing.sheet import Line, Sheet
from bot.service.importing.text import fold

NO_NAME = "no name"
SHORT_ROW = "fewer cells than the header: the missing ones are read as empty"
_FLAGS = frozenset({"id", "owner_accepted", "sponsor_accepted"})  # they follow from the change that is shown


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    BLANK = "blank"  # nothing is in it


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a pilot that changes, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row's outcome. `pilot` is how it will be, `before` how it is; people not stored yet have ids below 0."""

    row: int
    line: int
    outcome: Outcome
    name: str = ""
    pilot: Pilot | None = None
    before: Pilot | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    reason: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do. `people` are new (ids below 0) or get their e-mail address.

    `partial`: rejected rows do not keep the others from being written.
    """

    sheet: Sheet
    rows: tuple[RowPlan, ...]
    people: tuple[Person, ...]
    partial: bool = False
    assumed: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(1 for row in self.rows if row.outcome is outcome)

    @property
    def blocked(self) -> bool:
        """Whether rejected rows keep everything from being written."""
        return not self.partial and any(row.outcome is Outcome.REJECTED for row in self.rows)

    @property
    def writes(self) -> Sequence[RowPlan]:
        """The rows that change something."""
        return [row for row in self.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]


def plan(unit: Unit, sheet: Sheet, *, today: date, partial: bool = False) -> Plan:
    """What importing a sheet would do today; reads pilots and people once. ImportProblem for a map's bad constant."""
    check_constants(sheet, today)
    planner = _Planner(unit, sheet, today)
    rows = tuple(planner.row(line) for line in sheet.lines)
    people = (*planner.people.new, *planner.people.completed)
    return Plan(sheet, rows, people, partial, (*sheet.assumed, *planner.assumed(rows)))


class _Planner:
    """The pilots and people known before the file and from its rows so far."""

    def __init__(self, unit: Unit, sheet: Sheet, today: date) -> None:
        self.sheet, self.today = sheet, today
        self.register = Register(unit.pilots())
        self.people = Directory(unit.people(), create=sheet.map.create_people)
        self.filler = Filler(self.people, today, sheet.map.clear_empty)
        self.undated = 0  # new pilots of which the file does not say when their stage began
        self.joined_id = any(source.map.name == "external" and len(source.at) > 1 for source in sheet.sources)

    def row(self, line: Line) -> RowPlan:
        """The outcome of one row."""
        if line.blank:
            return RowPlan(line.row, line.line, Outcome.BLANK)
        if line.fault:
            fix = f"Put texts that hold a {self.sheet.delimiter} or a quotation mark into quotation marks."
            return RowPlan(line.row, line.line, Outcome.REJECTED, reason=line.fault, fix=fix)
        found = gather(self.sheet, line, self.today)
        if line.short:
            remark = repaired(SHORT_ROW, "")
            found.notes.append(Note(line.row, line.line, "", f"{line.short} cells missing", remark))
        try:
            return self._planned(found)
        except Refused as refused:
            name, notes = shortened(found.text("name")), tuple(found.notes)
            bare = RowPlan(line.row, line.line, Outcome.REJECTED, name, notes=notes)
            return replace(bare, reason=refused.reason, fix=refused.fix)

    def _planned(self, found: Gathered) -> RowPlan:
        name, key, external = self._identity(found)
        before = self.register.match(name, key, external, whole_name=found.whole_name)
        new_key = self._key(before, key, name)
        after = self.filler.fill(before, new_key, found)
        self.undated += before is None and "stage_since" not in found.values
        self.register.claim(found.row, before, new_key, external)
        return self._outcome(before, after, found)

    def _identity(self, found: Gathered) -> tuple[str, str, str]:
        """Name, short name and external id of a row; Refused when nothing says which pilot it is."""
        if self.joined_id and "external" in found.values:
            found.values["external"] = self.register.counted(found.text("external"))
        key, external = self._own_key(found), found.text("external")
        known = self.register.known(key, external)
        name = found.text("name") or (known.name if known else "")
        if not name:
            raise Refused(NO_NAME, "Name the pilot, or remove the row.")
        return name, key, external

    def _own_key(self, found: Gathered) -> str:
        """The row's short name; one that a pilot has stays as it is, even if it is not of the usual form."""
        column, text = found.cells.get("key", ("", ""))
        if not self.register.takes(text.strip()):
            return found.text("key")
        found.notes[:] = [note for note in found.notes if note.column != column]
        return text.strip()

    def _key(self, before: Pilot | None, key: str, name: str) -> str:
        if before is None:
            return key or self.register.key_for(name)
        if key and key != before.key and self.register.takes(key):
            raise Refused(f"another pilot has the key {key!r}", "Choose another key, or leave it out.")
        return key or before.key

    def _outcome(self, before: Pilot | None, after: Pilot, found: Gathered) -> RowPlan:
        changes = tuple(self._changes(before, after)) if before else ()
        outcome = Outcome.NEW if before is None else Outcome.CHANGED if before != after else Outcome.UNCHANGED
        return RowPlan(found.row, found.line, outcome, after.name, after, before, changes, tuple(found.notes))

    def _changes(self, before: Pilot, after: Pilot) -> Iterator[Change]:
        for name in (part.name for part in fields(Pilot) if part.name not in _FLAGS):
            was, becomes = getattr(before, name), getattr(after, name)
            if was != becomes:
                yield Change(name, self._said(name, was), self._said(name, becomes))

    def _said(self, name: str, value: object) -> str:
        if name in ROLES_IN_FILE and (value is None or isinstance(value, int)):
            return self.people.name_of(value)
        return in_words(value)

    def assumed(self, rows: Sequence[RowPlan]) -> Iterator[str]:
        """What the rows took for granted, in sentences."""
        names = Counter(fold(row.pilot.name) for row in rows if row.pilot and not row.pilot.external)
        repeated = sum(count for count in names.values() if count > 1)
        if repeated:
            yield (
                f"{repeated:,} rows share their name with another row and have no id of their own: they are told apart "
                f"by their order in the file. Give them an external id."
            )
        if self.undated:
            pilots = "pilot counts as in its stage" if self.undated == 1 else "pilots count as in their stage"
            yield f"{self.undated:,} new {pilots} since today: the file gives no other day."
