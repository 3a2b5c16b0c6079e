"""The table of faults: it says whether each really happened, and which rows do not hold."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.faults import __main__ as runner
from tests.faults.matrix import Calm, Row, struck, table

ROOT = Path(__file__).parents[2]


def row(number: int, *, held: bool = True) -> Row:
    return Row(number, "it breaks", "2 breaks", "nothing is lost", "0 lost", held)


def test_a_fault_that_did_not_happen_proves_nothing() -> None:
    assert struck(1200, "kills") == "1,200 kills"
    with pytest.raises(Calm, match="kills: not once"):
        struck(0, "kills")


def test_the_table_is_by_number_and_shows_what_does_not_hold() -> None:
    lines = list(table([row(9), row(2, held=False)]))
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| 2", "| 9"]
    assert [line.endswith("| **no** |") for line in lines[2:]] == [True, False]


def test_one_row_that_does_not_hold_is_an_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"kills": [row(1), row(2)], "clocks": [row(3, held=False)]}
    monkeypatch.setattr(runner, "ROOMS", {"kills": (1, 2), "clocks": (3,)})
    monkeypatch.setattr(runner, "_rows", lambda room: iter(found[room]))
    assert [runner.main([]), runner.main(["kills"]), runner.main(["3"]), runner.main(["4"])] == [1, 0, 1, 2]


def test_every_module_of_rows_is_there() -> None:
    for room in runner.ROOMS:
        assert callable(importlib.import_module(f"tests.faults.{room}").rows)


def test_the_page_has_every_row_that_the_command_prints() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    numbers = sorted(number for numbers in runner.ROOMS.values() for number in numbers)
    assert [number for number in numbers if f"\n| {number} | " not in page] == []
