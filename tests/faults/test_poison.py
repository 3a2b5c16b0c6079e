"""What is bad in one pilot or one message harms no other."""

from __future__ import annotations

from tests.faults import poison


def test_bad_pilots_and_messages_delay_nobody_else_and_are_told_once() -> None:
    row = poison.poisoned(18, 6)
    assert row.held, row.found
