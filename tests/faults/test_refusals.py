"""A platform that asks to wait, breaks, or hangs up after taking a message: nothing is lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults import refusals
from tests.faults.matrix import Row

MESSAGES, PEOPLE = 60, 6


@pytest.mark.parametrize(
    "fault", [refusals.storm, refusals.broken, refusals.hung_up], ids=lambda one: one.__name__
)
def test_each_message_arrives_once_all_the_same(fault: Callable[[int, int], Row]) -> None:
    row = fault(MESSAGES, PEOPLE)
    assert row.held, row.found
