"""A sponsor's month: every pilot in one message, within its words, what waits for them first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.card import Button, spoken
from bot.core.compose.digest import word_count
from bot.core.compose.portfolio import Task, Todo
from bot.core.compose.sponsor import LISTED, Month, MonthView, month_card
from bot.core.signals.kinds import Course
from tests.core.golden import drawn, same_as
from tests.core.scenery import policy

TODAY = date(2026, 11, 24)
LIMITS = policy().digest
STUCK = Month(
    1,
    "invoice-matcher",
    "Invoice matcher",
    Course.STUCK,
    "In Pilot for 161 days; half of ours leave by day 84.",
    overall=42,
    claimed=55,
    before=42,
    decide_by=date(2026, 11, 15),
    yours=True,
    suggests="Fix",
    view=True,
)
MOVED = Month(
    2,
    "call-notes",
    "Call notes",
    Course.MOVING,
    overall=71,
    claimed=71,
    before=58,
    entered="limited",
    decide_by=date(2026, 12, 8),
    decider="Dana Okafor",
    view=True,
)
NEW = Month(3, "tender-writer", "Tender writer", Course.UNKNOWN)
TASK = Todo(Task.DECISION, 1, "Invoice matcher", "decide: scale, fix or stop (due 2026-11-15)")
VIEW = MonthView(TODAY, datetime(2026, 11, 24, 10, tzinfo=UTC), "Europe/Riga", (MOVED, NEW, STUCK), (TASK,))


def many(number: int) -> MonthView:
    """As many pilots with the most that there is to say."""
    told = tuple(
        replace(STUCK, pilot=n, key=f"pilot-{n}", name=f"Invoice matcher {n:02}") for n in range(number)
    )
    return replace(VIEW, pilots=told, waiting=())


def test_it_reads_as_a_busy_person_reads_what_waits_then_the_stuck_then_the_rest() -> None:
    same_as("sponsor_month", drawn(month_card(VIEW, LIMITS)))


@pytest.mark.parametrize("number", [2, 5, 10, 40])
def test_it_stays_within_its_words_however_many_they_are(number: int) -> None:
    assert word_count(month_card(many(number), LIMITS)) <= LIMITS.words


def test_every_pilot_is_told_in_fewer_words_before_one_is_left_out() -> None:
    text = spoken(month_card(many(LISTED), LIMITS).body)
    assert all(f"Invoice matcher {n:02}: Stuck" in text for n in range(LISTED))
    assert "more: type list mine" not in text
    assert "And 30 more: type list mine" in spoken(month_card(many(40), LIMITS).body)


def test_what_is_claimed_is_beside_what_is_proven_only_where_they_differ() -> None:
    text = spoken(month_card(VIEW, LIMITS).body)
    assert "Readiness 42, claimed 55. " in text
    assert "Readiness 71, 58 a month ago." in text


def test_nothing_waits_is_said() -> None:
    assert "Nothing waits for you." in spoken(month_card(replace(VIEW, waiting=()), LIMITS).body)


def test_a_view_of_ones_own_is_one_tap_where_the_owner_has_said_theirs() -> None:
    labels = [action.label for action in month_card(VIEW, LIMITS).actions if isinstance(action, Button)]
    assert labels == [
        "Decide: Invoice matcher",
        "My view: Invoice matcher",
        "My view: Call notes",
        "All my pilots",
    ]
