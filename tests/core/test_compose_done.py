"""What a check-in says it did: the score and what moved it, the state, the next gate, who was asked; never filler."""

from __future__ import annotations

import pytest

from bot.core.compose.checkin import Done, effect_lines
from bot.core.signals.kinds import Course

GATE = "Enter Pilot"


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        (Done(), ()),
        (Done(overall=42, before=-1, moved=("Data access",)), ("Readiness 42.",)),
        (Done(overall=42, before=42), ("Readiness 42.",)),
        (
            Done(overall=42, before=39, moved=("Data access", "Rollback", "Cost")),
            ("Readiness 42 (+3). Moved by Data access, Rollback and 1 more.",),
        ),
        (
            Done(overall=42, before=45, moved=("Rollback",), course=Course.MOVING, because="Old."),
            ("Readiness 42 (-3). Moved by Rollback. State: Moving.",),
        ),
        (
            Done(course=Course.AT_RISK, because="Production date moved 2 times."),
            ("State: At risk: production date moved 2 times.",),
        ),
        (
            Done(course=Course.UNKNOWN, gate=GATE, lacking=("A", "B", "C", "D"), helper="Bo", topic="Money"),
            (
                "State: Not known.",
                "Next gate (Enter Pilot) lacks: A, B, C and 1 more.",
                "I asked Bo for help: money.",
            ),
        ),
    ],
)
def test_an_answer_says_what_it_did_in_three_lines_at_most(done: Done, lines: tuple[str, ...]) -> None:
    assert effect_lines(done) == lines
