"""A portfolio is counted: what ended, what grew old, and what is in the way of many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.journey import Stint
from bot.core.portfolio import Named, clears, counted, month_ends, shared, waiting_for
from bot.core.signals.portfolio import Shared, many
from tests.core.scenery import policy

TODAY = date(2026, 11, 17)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def names(slug: str, rounds: int, who: int | None = None) -> Named:
    return Named(slug, slug.capitalize(), ago(rounds * 14), rounds, who)


def test_what_entered_production_was_stopped_or_grew_old_is_counted_within_a_year() -> None:
    found = counted(
        [
            (Stint("pilot", ago(500), ago(300)), Stint("production", ago(300))),
            (Stint("production", ago(400)),),
            (Stint("pilot", ago(90), ago(20)), Stint("stopped", ago(20))),
            (Stint("retired", ago(380)),),
            (Stint("pilot", ago(370)),),
            (Stint("pilot", ago(370), None, 10),),
            (Stint("pilot", ago(500), ago(2)), Stint("hardening", ago(2))),
        ],
        (),
        asked=3,
        today=TODAY,
        policy=policy(),
    )
    assert (found.entered, found.stopped, found.old, found.pilots, found.open) == (1, 1, 1, 7, 3)


def test_the_months_before_this_one_end_on_their_last_days() -> None:
    assert month_ends(date(2027, 3, 1), 4) == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]


def test_ages_are_the_medians_of_those_in_pilot_at_each_month_end() -> None:
    found = counted(
        [
            (Stint("pilot", date(2026, 7, 1)),),
            (Stint("pilot", date(2026, 8, 30), date(2026, 10, 15)), Stint("hardening", date(2026, 10, 15))),
            (Stint("pilot", date(2026, 10, 1)),),
        ],
        (),
        asked=3,
        today=TODAY,
        policy=policy(),
    )
    assert list(found.ages) == [30, 31, 61, 76]
    assert (found.started, found.left) == (2, 1)


@pytest.mark.parametrize(("pilots", "needed"), [(0, 3), (1, 2), (6, 2), (7, 3), (10, 3), (40, 3)])
def test_three_pilots_are_many_or_three_in_ten_of_those_open(pilots: int, needed: int) -> None:
    assert many(pilots, policy()) == needed


def test_a_blocker_is_shared_for_as_many_rounds_as_enough_pilots_name_it() -> None:
    named = [names("security", 5), names("security", 2), names("security", 1), names("data", 4)]
    assert shared(named, asked=40, policy=policy()) == (Shared("security", "Security", 3, 1),)
    longer = [*named[:2], names("security", 2)]
    assert shared(longer, asked=40, policy=policy())[0].rounds == 2
    assert shared(named[:2], asked=40, policy=policy())[0].rounds == 0


def test_who_can_clear_it_is_whom_most_name() -> None:
    named = [names("security", 1, 7), names("security", 1, 4), names("security", 1, 7), names("security", 1)]
    assert clears(named) == 7
    assert clears(named[3:]) is None
    assert clears(named[:2]) == 4, "the one known for longer, of those named as often"


def test_whoever_waits_longest_comes_first() -> None:
    named = {1: names("security", 1), 2: names("data", 9), 3: names("security", 4)}
    assert list(waiting_for(named, "security")) == [3, 1]
    assert waiting_for({1: replace(named[1], slug="x")}, "security") == {}
