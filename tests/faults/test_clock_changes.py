"""The clocks change, and a weekly question keeps its day and hour."""

from __future__ import annotations

import pytest

from tests.faults import clock_changes


@pytest.mark.parametrize("zone", clock_changes.ZONES)
def test_two_years_of_clock_changes_move_no_question(zone: str) -> None:
    assert clock_changes.clock_changes(zone) >= 4, "the fault has to happen"
    assert clock_changes.astray(zone) == []
