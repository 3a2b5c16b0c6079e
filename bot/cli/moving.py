"""Pilots in from a file, pilots and answers out to files; it must not know how a cell is read or written."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import App
from bot.cli import opening, screen
from bot.content.mapping import read_map
from bot.core.ports import Unit
from bot.core.records import Pilot
from bot.service import evaluations, export, schedules
from bot.service.export import (
    ANSWER_COLUMNS,
    DECISION_COLUMNS,
    PILOT_COLUMNS,
    Row,
    answers_rows,
    csv_lines,
    decisions_rows,
    json_lines,
)
from bot.service.pilots_in import Progress as Told
from bot.service.pilots_in import Report, Sheet, look, read
from bot.service.pilots_in import bring_in as write_all
from bot.service.work import Work

Rows = Callable[[Unit], Iterable[Row]]
LONG = 200  # rows from which a progress bar is worth its line


def bring_in(
    file: Path, mapping: Path | None, *, dry_run: bool, partial: bool, full: bool, as_json: bool
) -> None:
    """Import a file, or say what importing it would do; exit code 1 where rows stand in the way."""
    known = read_map(mapping.read_bytes(), mapping.name) if mapping else None
    sheet = read(file.read_bytes(), known, file=file.name)
    report = _dry(sheet, partial=partial) if dry_run else _wet(sheet, partial=partial)
    if as_json:
        screen.as_json(report.to_json())
    else:
        for line in report.lines(full=full):
            screen.say(line)
    if report.plan.blocked:
        raise typer.Exit(1)


def _dry(sheet: Sheet, *, partial: bool) -> Report:
    with opening.reading() as app:
        return look(app.store, app.organisation.id, sheet, now=app.clock.now(), partial=partial)


def _wet(sheet: Sheet, *, partial: bool) -> Report:
    with opening.writing() as app, _bar(len(sheet.lines)) as progress:
        return write_all(
            app.store,
            app.organisation.id,
            sheet,
            now=app.clock.now(),
            partial=partial,
            enrol=_enrolment(app),
            progress=progress,
        )


def _enrolment(app: App) -> Callable[[Unit, Pilot], None]:
    """Puts imported pilots on their schedules, and has them evaluated."""
    now = app.clock.now()

    def enrol(unit: Unit, pilot: Pilot) -> None:
        work = Work(unit, app.content, now)
        schedules.plan(work, pilot)
        evaluations.ask(work, pilot.id)

    return enrol


@contextlib.contextmanager
def _bar(rows: int) -> Iterator[Told | None]:
    """A progress bar on a terminal, where there is enough to wait for."""
    terminal = screen.console(err=True)
    if rows < LONG or not terminal.is_terminal:
        yield None
        return
    columns = TextColumn("Writing pilots"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=terminal, transient=True) as shown:
        task = shown.add_task("", total=rows)
        yield lambda done, total: shown.update(task, completed=done, total=total)


# --- out ------------------------------------------------------------------------------------------------------------


def export_pilots(out: Path | None, *, form: str) -> None:
    """Every pilot."""
    with opening.reading() as app:
        _export(app, export.pilots_rows, PILOT_COLUMNS, out, form=form)


def export_answers(out: Path | None, *, form: str, with_texts: bool) -> None:
    """Every answer; free text only when it was asked for."""
    with opening.reading() as app:
        _export(app, lambda unit: answers_rows(unit, with_texts=with_texts), ANSWER_COLUMNS, out, form=form)


def export_decisions(out: Path | None, *, form: str, with_texts: bool) -> None:
    """Every decision with what it rests on."""
    with opening.reading() as app:
        _export(
            app, lambda unit: decisions_rows(unit, with_texts=with_texts), DECISION_COLUMNS, out, form=form
        )


def export_all(folder: Path, *, form: str, with_texts: bool) -> None:
    """All of them, each in a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    export_pilots(folder / f"pilots.{form}", form=form)
    export_answers(folder / f"answers.{form}", form=form, with_texts=with_texts)
    export_decisions(folder / f"decisions.{form}", form=form, with_texts=with_texts)


def _export(app: App, rows: Rows, columns: Mapping[str, str], out: Path | None, *, form: str) -> None:
    """Rows one by one, so that a large portfolio needs no more memory than a small one."""

    def written(unit: Unit) -> int:
        found = rows(unit)
        lines = csv_lines(found, columns, bom=out is not None) if form == "csv" else json_lines(found)
        return _to_terminal(lines) if out is None else _to_file(lines, out)

    count = app.store.read(app.organisation.id, written)
    if out is not None:
        screen.warn(f"Wrote {count - (form == 'csv'):,} rows to {out}.")  # the header is no row


def _to_terminal(lines: Iterable[str]) -> int:
    """UTF-8 whatever the terminal's encoding: what is exported must not lose a letter."""
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 - the last number is the result
        sys.stdout.buffer.write(line.encode())
    sys.stdout.flush()
    return count


def _to_file(lines: Iterable[str], out: Path) -> int:
    """The whole file or nothing: what was there stays until the last line is written."""
    count, beside = 0, out.with_name(f"{out.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        for count, line in enumerate(lines, start=1):  # noqa: B007 - as above
            file.write(line)
    beside.replace(out)
    return count
