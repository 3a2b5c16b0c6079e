"""The report of an import, as its reader sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.service.pilots_in import Verdict
from tests.service.sheets import Office, csv_of, office_at

pytest_plugins = ["tests.databases"]

DATA = csv_of(
    "Name,Stage,Target date,Since,Colour",
    "Fraud check,POC,TBD,10/1/2023,red",
    "Call notes,Pilot,n/a,3/4/2024,",
    ",Pilot,,,",
    "HR helper,Prodction,whenever,,",
)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with office_at(sqlite_url) as office:
        yield office


def test_the_report_reads_like_this(office: Office) -> None:
    assert "\n".join(office.look(DATA).lines()) == (
        """\
the file: ASCII, split at each comma, 4 rows
new 3  changed 0  unchanged 0  rejected 1

Columns
  Name ← Name
  Stage ← Stage
  In stage since ← Since
  Target date ← Target date
  not used (1 of 5): Colour

Assumed
  Column 'Since': '10/1/2023' can be two days; read month first (nothing in the file decides it). \
If that is wrong, say `dates: day-first` or `dates: month-first` in a map.
  1 new pilot counts as in its stage since today: the file gives no other day.

Rejected rows
  row 4 (line 4): no name. Name the pilot, or remove the row.

Rejected cells: 2
  1 × Stage: not one of the words known here (row 5; e.g. 'Prodction'). Did you mean production? Use idea, framed, \
pilot, hardening, limited, production, paused, stopped or retired, or list it in the map.
  1 × Target date: not a date (row 5; e.g. 'whenever'). Write it like 2024-10-01. Leave the cell empty when there is \
none.

Repaired cells: 4
  2 × Target date: says that there is no date: left empty (rows 2, 3; e.g. 'TBD' → empty)
  1 × Stage: read as Pilot (row 2; e.g. 'POC' → 'pilot')
  1 × Stage: nothing usable in the file: a new pilot starts as an idea (row 5; e.g. 'Prodction' → 'idea')

1 row cannot be imported, so nothing would be written. Mend the file, or import the other 3 with --partial."""
    )


def test_the_full_report_names_every_cell(office: Office) -> None:
    lines = list(office.look(DATA).lines(full=True))
    assert (
        "  row 2 (line 2), Target date: repaired: 'TBD' → empty (says that there is no date: left empty)"
        in lines
    )
    assert sum(": repaired: " in line for line in lines) == 4


def test_scripts_get_everything_as_json(office: Office) -> None:
    report = office.import_(DATA, partial=True)
    found = json.loads(json.dumps(report.to_json()))
    assert found["counts"] == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 1, "blank": 0}
    assert found["written"] is True
    assert found["unused"] == ["Colour"]
    assert [row["outcome"] for row in found["rows"]] == ["new", "new", "rejected", "new"]
    assert found["cells"][0] == {
        "row": 2,
        "line": 2,
        "column": "Stage",
        "value": "POC",
        "verdict": "repaired",
        "reason": "read as Pilot",
        "fix": "",
        "now": "pilot",
    }


def test_changes_are_listed_with_before_and_after(office: Office) -> None:
    office.import_(csv_of("Name,Owner,Group", "One,Ann,HR"))
    lines = list(office.import_(csv_of("Name,Owner,Group", "One,Ben,IT")).lines())
    assert "  row 2 'One': owner 'Ann' → 'Ben'; group 'HR' → 'IT'" in lines
    assert lines[-1] == "1 row written."


def test_many_equal_cells_are_one_line(office: Office) -> None:
    report = office.look(csv_of("Name,Target date", *(f"P{number},N/A" for number in range(500))))
    [group] = report.groups(Verdict.REPAIRED)
    assert (group.count, group.rows) == (500, (2, 3, 4, 5, 6))
    assert len(list(report.lines())) < 20
