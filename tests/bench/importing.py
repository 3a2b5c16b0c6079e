"""How fast a CSV file of pilots is imported and what memory that takes: `python -m tests.bench.importing [FILE [MAP]]`.

Without a file it makes one of the size and shape of the federal inventory: 2,133 rows of 62 columns, long texts with
line breaks, Windows-1252. Everything is real but the clock: the file is read, planned, and written to SQLite.
"""

from __future__ import annotations

import csv
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.content.mapping import read_map
from bot.core.pilotmap import PilotMap
from bot.core.ports import Store, Unit
from bot.service import export, pilots_in
from bot.storage import open_store
from bot.storage.migrate import upgrade

ROWS, COLUMNS = 2133, 62
NOW = datetime(2025, 11, 24, 9, tzinfo=UTC)
STAGES = ("Planned", "POC", "Pilot", "On hold", "In production", "Retired")
T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One measured step."""

    name: str
    seconds: float
    rows: int


def main(arguments: list[str]) -> None:
    """Measure and print."""
    data = Path(arguments[0]).read_bytes() if arguments else made()
    mapping = read_map(Path(arguments[1]).read_bytes(), arguments[1]) if len(arguments) > 1 else None
    start = peak()
    with fresh_store() as (store, organisation):
        steps = list(measured(store, organisation, data, mapping))
    for step in steps:
        print(f"{step.name:<28}{step.seconds:>8.2f} s{step.rows / step.seconds:>12,.0f} rows/s")
    print(f"{'file':<28}{len(data) / 1e6:>8.2f} MB")
    print(f"{'peak memory':<28}{peak():>8.0f} MB, {peak() - start:,.0f} MB of it for the import")


def measured(store: Store, organisation: int, data: bytes, mapping: PilotMap | None) -> Iterator[Step]:
    """The steps of an import, its repetition, and an export."""
    sheet, seconds = timed(lambda: pilots_in.read(data, mapping))
    rows = len(sheet.lines)
    yield Step("read", seconds, rows)
    _, seconds = timed(lambda: pilots_in.look(store, organisation, sheet, now=NOW))
    yield Step("dry run", seconds, rows)
    report, seconds = timed(lambda: pilots_in.bring_in(store, organisation, sheet, now=NOW, partial=True))
    yield Step(f"import ({report.counts()['new']:,} new)", seconds, rows)
    again, seconds = timed(lambda: pilots_in.bring_in(store, organisation, sheet, now=NOW, partial=True))
    yield Step(f"again ({again.counts()['unchanged']:,} unchanged)", seconds, rows)

    def write_out(unit: Unit) -> int:
        return sum(len(line) for line in export.csv_lines(export.pilots_rows(unit), export.PILOT_COLUMNS))

    _, seconds = timed(lambda: store.read(organisation, write_out))
    yield Step("export", seconds, rows)


def made() -> bytes:
    """A file like the federal inventory, about 3 MB."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = [
        "Name",
        "Business unit",
        "Stage",
        "Since",
        "Target date",
        "Description",
        "Owner",
        "Owner email",
        "Tags",
    ]
    writer.writerow(names + [f"Question {number}" for number in range(COLUMNS - len(names))])
    for row in range(ROWS):
        person = f"Person {row % 400}"
        writer.writerow(
            [
                f"Use case {row} – " + "reading of long letters " * (row % 5),
                f"Department {row % 40}",
                STAGES[row % len(STAGES)],
                ("10/1/2023", "N/A", "", "7/15/1905", "Oct-24")[row % 5],
                ("3/31/2026", "", "TBD")[row % 3],
                "What it is for.\nWhat it saves – in hours, and why. " * 8,
                person,
                f"{person.replace(' ', '.').lower()}@example.org",
                "Health; Cash",
                *("Yes", "No", "N/A", "Described in the annex of the yearly report.", "") * 11,
            ][:COLUMNS]
        )
    return text.getvalue().encode("cp1252")


@contextmanager
def fresh_store() -> Iterator[tuple[Store, int]]:
    """An SQLite database in a folder that goes afterwards, with one organisation."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        upgrade(url)
        store = open_store(url)
        try:
            yield store, store.add_organisation("Northwind", "UTC").id
        finally:
            store.close()


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What work gives, and the seconds it takes."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def peak() -> float:
    """The most memory this process has had, in MB (10^6 bytes)."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6


if __name__ == "__main__":
    main(sys.argv[1:])
