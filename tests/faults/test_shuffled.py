"""Deliveries that come again, late or too early change nothing."""

from __future__ import annotations

from tests.faults import shuffled


def test_what_is_old_never_overwrites_what_is_new() -> None:
    row = shuffled.shuffled(owners=2, weeks=3)
    assert row.held, row.found
