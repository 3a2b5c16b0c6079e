"""Clocks that jump and machines that sleep: one question a period, nothing twice."""

from __future__ import annotations

from tests.faults import clock_jumps


def test_jumps_of_an_hour_and_a_week_double_and_lose_nothing() -> None:
    row = clock_jumps.jumped(5, 1)
    assert row.held, row.found
