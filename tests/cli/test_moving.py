"""Pilots in from a file, pilots and answers out to files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import moving
from tests.cli.terminal import office, ran, refused, run

pytestmark = pytest.mark.usefixtures("home")
GOOD = "Name,Stage,Owner,Owner email\nInvoice matcher,pilot,Dana Ozola,dana@example.com\nShift planner,framed,,\n"


@pytest.fixture
def good(home: Path) -> str:
    (home / "pilots.csv").write_text(GOOD, encoding="utf-8")
    return "pilots.csv"


def test_a_dry_run_writes_nothing(good: str) -> None:
    assert "2 rows ready to be written; nothing was written yet." in ran(
        "pilots", "import", good, "--dry-run"
    )
    assert json.loads(ran("pilots", "list", "--json")) == []


def test_importing_twice_changes_nothing(good: str) -> None:
    assert "2 rows written." in ran("pilots", "import", good)
    assert "Nothing to do: all pilots are as the file says." in ran("pilots", "import", good)
    assert [one["owner"] for one in json.loads(ran("pilots", "list", "--json"))] == ["Dana Ozola", ""]


def test_imported_pilots_are_asked_about(good: str) -> None:
    ran("pilots", "import", good)
    assert json.loads(ran("status", "Invoice matcher", "--json"))["next_checkin"] is not None


def test_an_import_tells_scripts_everything(good: str) -> None:
    told = json.loads(ran("pilots", "import", good, "--json"))
    assert told["written"] is True
    assert told["counts"]["new"] == 2


def test_rejected_rows_keep_everything_from_being_written_unless_told_otherwise(home: Path) -> None:
    (home / "bad.csv").write_text("Name,Stage\nInvoice matcher,pilot\n,pilot\n", encoding="utf-8")
    result = run("pilots", "import", "bad.csv")
    assert result.exit_code == 1
    assert "1 row cannot be imported, so nothing was written." in result.stdout
    assert json.loads(ran("pilots", "list", "--json")) == []
    assert "1 row written. 1 row left out." in ran("pilots", "import", "bad.csv", "--partial")


def test_columns_are_told_by_a_map(home: Path) -> None:
    (home / "other.csv").write_text("Projekt;Phase\nInvoice matcher;Test\n", encoding="utf-8")
    (home / "map.yaml").write_text(
        "fields:\n  name: Projekt\n  stage:\n    column: Phase\n    values: {Test: pilot}\n", encoding="utf-8"
    )
    ran("pilots", "import", "other.csv", "--map", "map.yaml")
    assert json.loads(ran("pilots", "list", "--json"))[0]["stage"] == "pilot"


def test_a_map_with_a_mistake_is_named_by_file_and_line(good: str, home: Path) -> None:
    (home / "map.yaml").write_text("fields:\n  name: Name\n  stge: Stage\n", encoding="utf-8")
    assert refused("pilots", "import", good, "--map", "map.yaml").startswith(
        "map.yaml:3: pilots have no field 'stge'"
    )


def test_a_file_that_is_not_there_is_a_slip_of_usage() -> None:
    assert "file 'nowhere.csv' does not exist" in refused("pilots", "import", "nowhere.csv", code=2)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04whatever", "This is a workbook or zip archive, not CSV."),
        (b"Name\n", "The file has column names and nothing below them."),
    ],
)
def test_a_file_that_is_no_list_of_pilots(home: Path, data: bytes, told: str) -> None:
    (home / "file.csv").write_bytes(data)
    assert refused("pilots", "import", "file.csv").startswith(told)


def test_what_is_exported_imports_without_a_change(good: str) -> None:
    ran("pilots", "import", good)
    assert "Wrote 2 rows to out.csv." in run("pilots", "export", "--out", "out.csv").stderr
    assert "Nothing to do" in ran("pilots", "import", "out.csv")


def test_pilots_are_exported_to_the_terminal(good: str) -> None:
    ran("pilots", "import", good)
    rows = list(csv.DictReader(ran("pilots", "export").splitlines()))
    assert [row["Name"] for row in rows] == ["Invoice matcher", "Shift planner"]
    lines = [json.loads(line) for line in ran("pilots", "export", "--format", "jsonl").splitlines()]
    assert [line["name"] for line in lines] == ["Invoice matcher", "Shift planner"]


def test_answers_are_exported_without_what_people_wrote_unless_told(home: Path) -> None:
    with office(home) as scene:
        dana = scene.person("dana")
        scene.pilot("Invoice matcher", dana)
        scene.until_asked("dana")
        scene.answers("dana")
    rows = list(csv.DictReader(ran("answers", "export").splitlines()))
    assert {row["Question id"]: row["Value"] for row in rows}["pulse.moved"] == "worked"
    assert "--with-texts" in ran("answers", "export", "--help")
    assert ran("answers", "export", "--with-texts", "--format", "jsonl").count("\n") == len(rows)


def test_everything_goes_into_a_folder(good: str, home: Path) -> None:
    ran("pilots", "import", good)
    ran("export", "out/of/here")
    assert sorted(path.name for path in (home / "out/of/here").iterdir()) == [
        "answers.csv",
        "decisions.csv",
        "pilots.csv",
    ]
    assert (home / "out/of/here/pilots.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the mark"


def test_a_format_that_is_none_is_a_slip_of_usage() -> None:
    assert "'csv', 'jsonl'" in refused("pilots", "export", "--format", "xlsx", code=2)


def test_a_file_that_cannot_be_written_is_named(good: str) -> None:
    ran("pilots", "import", good)
    assert "No such file or directory. Check the path" in refused(
        "pilots", "export", "--out", "no/such/out.csv"
    )


def test_a_long_import_shows_how_far_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"Pilot {number}\n" for number in range(moving.LONG))
    (home / "long.csv").write_text(f"Name\n{rows}", encoding="utf-8")
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=100)
    monkeypatch.setattr(moving.screen, "console", lambda **_: terminal)
    ran("pilots", "import", "long.csv")
    assert "Writing pilots" in shown.getvalue()
    assert f"{moving.LONG}/{moving.LONG}" in shown.getvalue()
