"""What an import did or would do, for people and for scripts; it must not know how it is shown, and never prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.pilotmap import FIELDS, FieldMap, Join
from bot.core.values import Json
from bot.service.importing.faults import Note, Remark, Verdict, shortened
from bot.service.importing.plan import Outcome, Plan, RowPlan

SHOWN_ROWS = 5  # row numbers that a group of equal faults names
SHOWN_COLUMNS = 8  # unused columns that are named
SAMPLES = 20  # changed or rejected rows that the short form lists


@dataclass(frozen=True, slots=True)
class Group:
    """Equal faults of one column: how many, where the first ones are, and one of them as an example."""

    verdict: Verdict
    column: str
    reason: str
    count: int
    rows: tuple[int, ...]
    example: Note

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.rows) else ""
        rows = f"row{'s' if self.count > 1 else ''} {', '.join(map(str, self.rows))}{more}"
        became = f" → {_quoted(self.example.remark.now)}" if self.verdict is Verdict.REPAIRED else ""
        fix = f". {self.example.remark.fix}" if self.example.remark.fix else ""
        column = f"{self.column}: " if self.column else ""
        return f"{self.count:,} × {column}{self.reason} ({rows}; e.g. {_quoted(self.example.value)}{became}){fix}"


@dataclass(frozen=True, slots=True)
class Report:
    """A plan and what became of it. `written` is False for a dry run, and where rejected rows stood in the way."""

    plan: Plan
    written: bool
    dry_run: bool = False

    @property
    def failed(self) -> bool:
        """Whether nothing could be written that should have been."""
        return self.plan.blocked and not self.dry_run

    @property
    def notes(self) -> Sequence[Note]:
        """Every cell rejected or repaired, in the order of the file."""
        return [note for row in self.plan.rows for note in row.notes]

    @property
    def rejected_rows(self) -> Sequence[RowPlan]:
        """Rows that are not imported."""
        return [row for row in self.plan.rows if row.outcome is Outcome.REJECTED]

    @property
    def changed_rows(self) -> Sequence[RowPlan]:
        """Rows that change a known pilot."""
        return [row for row in self.plan.rows if row.outcome is Outcome.CHANGED]

    def counts(self) -> dict[str, int]:
        """Outcome -> rows; they add up to the rows below the header."""
        return {outcome.value: self.plan.count(outcome) for outcome in Outcome}

    def groups(self, verdict: Verdict) -> list[Group]:
        """Rejected or repaired cells, equal ones together, the most frequent first."""
        alike: dict[tuple[str, str], list[Note]] = {}
        for note in self.notes:
            if note.remark.verdict is verdict:
                alike.setdefault((note.column, note.remark.reason), []).append(note)
        groups = [
            Group(
                verdict, column, reason, len(notes), tuple(note.row for note in notes[:SHOWN_ROWS]), notes[0]
            )
            for (column, reason), notes in alike.items()
        ]
        return sorted(groups, key=lambda group: -group.count)

    def status(self) -> str:
        """One sentence: what happened and how to go on."""
        writes = len(self.plan.writes)
        rejected = len(self.rejected_rows)
        if self.plan.blocked:
            would = "would be" if self.dry_run else "was"
            rest = f", or import the other {writes:,} with --partial" if writes else ""
            return f"{_rows(rejected)} cannot be imported, so nothing {would} written. Mend the file{rest}."
        left = f" {_rows(rejected)} left out." if rejected else ""
        if not writes:
            return f"Nothing to do: all pilots are as the file says.{left}"
        done = "written" if self.written else "ready to be written; nothing was written yet"
        return f"{_rows(writes)} {done}.{left}"

    def lines(self, *, full: bool = False) -> Iterator[str]:
        """The report as text; `full` names every cell and row, otherwise equal ones are counted."""
        yield from self._head()
        yield from _section("Assumed", self.plan.assumed)
        yield from _section(
            "Rejected rows", self._some([_rejected_line(row) for row in self.rejected_rows], full=full)
        )
        for title, verdict in (("Rejected cells", Verdict.REJECTED), ("Repaired cells", Verdict.REPAIRED)):
            notes = [note for note in self.notes if note.remark.verdict is verdict]
            details = map(str, notes) if full else map(str, self.groups(verdict))
            yield from _section(f"{title}: {len(notes):,}", list(details))
        yield from _section(
            "Changes", self._some([_changed_line(row) for row in self.changed_rows], full=full)
        )
        yield self.status()

    def _head(self) -> Iterator[str]:
        sheet, counts = self.plan.sheet, self.counts()
        sure = "" if sheet.encoding.certain else " (assumed)"
        yield f"{sheet.file}: {sheet.encoding.name}{sure}, split at each {sheet.delimiter}, {_rows(len(sheet.lines))}"
        yield "  ".join(
            f"{name} {count:,}" for name, count in counts.items() if count or name != Outcome.BLANK
        )
        new = sum(1 for person in self.plan.people if person.id < 0)
        if self.plan.people:
            known = len(self.plan.people) - new
            yield f"people: {new:,} new" + (
                f", {known:,} known ones get their e-mail address" if known else ""
            )
        yield from _section("Columns", [_tied(source.map) for source in sheet.sources])
        if sheet.unused:
            yield f"  not used ({len(sheet.unused)} of {sheet.width}): {_names(sheet.unused)}"

    @staticmethod
    def _some(lines: Sequence[str], *, full: bool) -> Sequence[str]:
        if full or len(lines) <= SAMPLES:
            return lines
        return [*lines[:SAMPLES], f"… and {len(lines) - SAMPLES:,} more"]

    def to_json(self) -> dict[str, Json]:
        """Everything, for scripts: every row with its outcome, every cell with its place."""
        sheet = self.plan.sheet
        encoding: Json = {
            "name": sheet.encoding.name,
            "why": sheet.encoding.why,
            "certain": sheet.encoding.certain,
        }
        return {
            "file": sheet.file,
            "encoding": encoding,
            "delimiter": sheet.delimiter,
            "status": self.status(),
            "written": self.written,
            "counts": dict(self.counts()),
            "columns": {source.map.name: list(source.map.columns) for source in sheet.sources},
            "unused": list(sheet.unused),
            "assumed": list(self.plan.assumed),
            "people": [
                {"name": person.name, "email": person.email, "new": person.id < 0}
                for person in self.plan.people
            ],
            "rows": [_row_json(row) for row in self.plan.rows if row.outcome is not Outcome.UNCHANGED],
            "cells": [_note_json(note) for note in self.notes],
        }


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)
    if title == "Changes":
        yield ""


def _quoted(text: str) -> str:
    return repr(text) if text else "empty"


def _names(names: Sequence[str]) -> str:
    short = [shortened(name, 30) for name in names[:SHOWN_COLUMNS]]
    return ", ".join(short) + (", …" if len(names) > SHOWN_COLUMNS else "")


def _tied(tie: FieldMap) -> str:
    heading = FIELDS[tie.name].heading
    if tie.constant:
        return f"{heading} = {tie.constant!r}"
    mark = " and " if tie.join is Join.ALL else ", else "
    return f"{heading} ← " + mark.join(shortened(column, 60) for column in tie.columns)


def _rejected_line(row: RowPlan) -> str:
    name = f" {row.name!r}" if row.name else ""
    return f"row {row.row} (line {row.line}){name}: {row.reason}. {row.fix}"


def _changed_line(row: RowPlan) -> str:
    changes = "; ".join(f"{change.field} {change.before!r} → {change.after!r}" for change in row.changes)
    return f"row {row.row} {row.name!r}: {changes}"


def _row_json(row: RowPlan) -> dict[str, Json]:
    changes: list[Json] = [{"field": c.field, "before": c.before, "after": c.after} for c in row.changes]
    key = row.pilot.key if row.pilot else ""
    bare: dict[str, Json] = {
        "row": row.row,
        "line": row.line,
        "outcome": row.outcome.value,
        "key": key,
        "name": row.name,
    }
    return {**bare, "changes": changes, "reason": row.reason, "fix": row.fix}


def _note_json(note: Note) -> dict[str, Json]:
    about: Remark = note.remark
    place: dict[str, Json] = {"row": note.row, "line": note.line, "column": note.column, "value": note.value}
    said: dict[str, Json] = {
        "verdict": about.verdict.value,
        "reason": about.reason,
        "fix": about.fix,
        "now": about.now,
    }
    return {**place, **said}
