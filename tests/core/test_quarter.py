"""A quarter in five figures: what counts, from how many on a share is shown, and how the card says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.card import spoken
from bot.core.compose import quarter as words
from bot.core.compose.digest import word_count
from bot.core.journey import Stint
from bot.core.quarter import (
    LEAST,
    Blocked,
    Ended,
    Figures,
    Goal,
    Quarter,
    as_of,
    blockers,
    figures,
    met,
    past,
    running,
    value_day,
)
from tests.core.scenery import policy

SUMMER = Quarter(date(2026, 7, 1))
Q1, Q2, Q3, Q4 = (date(2026, month, 1) for month in (1, 4, 7, 10))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 10, 1), Q3, date(2026, 9, 30)),
        (date(2026, 12, 31), Q3, date(2026, 9, 30)),
        (date(2027, 1, 1), Q4, date(2026, 12, 31)),
        (date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_the_last_quarter_that_is_over(today: date, first: date, last: date) -> None:
    over = past(today)
    assert (over.first, over.last) == (first, last)
    assert running(today).first == last + timedelta(days=1)


def way(*stints: tuple[str, date]) -> tuple[Stint, ...]:
    """The stages and the days on which they were entered."""
    until = [since for _, since in stints[1:]]
    return tuple(Stint(stage, since, end) for (stage, since), end in zip(stints, [*until, None], strict=True))


LIVE = way(("pilot", Q1), ("limited", Q2), ("production", date(2026, 8, 1)))
STOPPED = way(("pilot", Q1), ("stopped", date(2026, 9, 30)))
RETIRED = way(("production", Q1), ("retired", date(2026, 8, 1)))
LATER = way(("pilot", Q1), ("production", Q4))


def of(*ways: tuple[Stint, ...], **given: object) -> Figures:
    blocked = given.get("blocked", ())
    verdicts = given.get("verdicts", ())
    return figures(SUMMER, ways, verdicts, blocked, ended=Ended(), policy=policy())  # type: ignore[arg-type]  # tables


def test_reached_are_those_first_in_production_then_and_stopped_those_that_never_were() -> None:
    found = of(LIVE, STOPPED, RETIRED, LATER)
    assert (found.reached, found.stopped) == (1, 1)


def test_who_comes_back_into_production_has_not_reached_it_again() -> None:
    again = way(("production", Q1), ("hardening", Q2), ("production", date(2026, 8, 1)))
    assert of(again).reached == 0


def test_what_happened_after_the_quarter_is_not_known_in_it() -> None:
    assert as_of(LATER, SUMMER.last) == (Stint("pilot", Q1),)


def test_days_in_a_stage_count_those_still_in_it_and_take_as_many_as_p01_does() -> None:
    cohort = int(policy().thresholds["P01"]["cohort"])
    left = [way(("pilot", Q1), ("hardening", Q1 + timedelta(days=40 + n))) for n in range(cohort // 2 + 1)]
    there = [way(("pilot", Q1))] * (cohort - len(left))
    assert of(*left, *there).stays["pilot"] == 40 + cohort // 2 - 1
    assert "pilot" not in of(*left[1:], *there).stays


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal(10, 20), 20.0, True),
        (Goal(10, 20), 19.9, False),
        (Goal(20, 10), 10.0, True),
        (Goal(20, 10), 10.1, False),
        (Goal(None, 10), 10.0, None),
        (Goal(10, None), 10.0, None),
        (Goal(10, 20), None, None),
    ],
)
def test_a_target_is_met_in_the_direction_it_lies_in(
    goal: Goal, value: float | None, verdict: bool | None
) -> None:
    assert met(goal, value) is verdict


def test_day_ninety_counts_from_first_production_use() -> None:
    assert value_day(LIVE) == Q2 + timedelta(days=90)
    assert value_day(STOPPED) is None


def test_a_blocker_lasts_from_the_check_in_that_names_it_first_to_the_one_that_does_not() -> None:
    said = [(Q1, "data"), (Q2, "data"), (Q3, "security"), (Q4, "")]
    assert blockers(said) == (Blocked(Q1, Q3, True), Blocked(Q3, Q4, True))
    assert blockers(said[:2]) == (Blocked(Q1, Q2, False),)


def test_half_of_the_blockers_are_cleared_within_and_what_is_not_cleared_counts_as_such() -> None:
    day = SUMMER.first + timedelta(days=10)
    cleared = [Blocked(day, day + timedelta(days=days), True) for days in (10, 20, 30)]
    still = [Blocked(day, day + timedelta(days=40), False)] * 2
    found = of(blocked=[*cleared, *still])
    assert (found.blockers, found.clearing) == (5, 30)
    before = Blocked(Q1, Q2, True)
    assert of(blocked=[*cleared, *still, before]).blockers == 5
    after = Blocked(day, Q4 + timedelta(days=5), True)
    assert of(blocked=[*cleared[:2], after, *still]).clearing is None


STAYS = (
    "Days until half have left a stage: Pilot 84 and Hardening 61. "
    "Too few pilots, or too few that left: Framed and Limited live."
)
FULL = Figures(
    SUMMER,
    reached=4,
    stopped=5,
    stays={"pilot": 84, "hardening": 61},
    cohort=8,
    met=3,
    missed=2,
    unmeasured=2,
    ended=Ended(5, 4),
    blockers=14,
    clearing=23,
)


def test_the_card_says_all_five_in_a_line_each() -> None:
    card = words.quarter(FULL, "Finance")
    assert card.title == "AI pilots, Finance, July to September 2026"
    assert spoken(card.body).splitlines() == [
        "Reached production: 44%. 4 pilots did, 5 were stopped on the way.",
        STAYS,
        "Target met at day 90: 60%. 3 of 5 live pilots. 2 without a measured target.",
        "Stopped, merged or retired: 5 pilots, 4 with something to reuse.",
        "From blocked to cleared: half within 23 days (14 blockers).",
    ]
    assert word_count(card) <= policy().digest.words


def test_with_one_fewer_than_it_takes_no_share_is_shown_and_the_card_says_so() -> None:
    few = replace(FULL, stopped=0, missed=1, blockers=LEAST - 1, clearing=None)
    card = words.quarter(few)
    assert "%" not in card.fallback
    lines = spoken(card.body).splitlines()
    assert lines[0] == "Reached production: 4 pilots did, 0 were stopped on the way. Too few for a share."
    assert "3 of 4 live pilots. Too few for a share." in lines[2]
    assert lines[4] == "From blocked to cleared: 4 blockers, too few to say."
    assert f"A share needs {LEAST} of them" in card.footer


def test_blockers_of_which_fewer_than_half_are_cleared_have_no_median() -> None:
    assert (
        "fewer than half of 14 blockers are cleared." in words.quarter(replace(FULL, clearing=None)).fallback
    )


def test_an_empty_quarter_makes_nothing_up() -> None:
    card = words.quarter(of())
    assert "%" not in card.fallback
    assert "not known yet" in card.fallback
    assert "None was measured. Too few for a share." in card.fallback
    assert "Stopped, merged or retired: 0 pilots." in card.fallback
