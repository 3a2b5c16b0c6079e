"""How long pilots stay: the estimator against what a public library prints for the same data."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.signals.survival import Stay, median_stay, survival

# Weeks in remission of Freireich et al. 1963 (the data of every textbook); curve and medians as lifelines 0.30.3
# prints them for these numbers.
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def stays(days: list[int], ended: list[int]) -> list[Stay]:
    return [Stay(one, bool(end)) for one, end in zip(days, ended, strict=True)]


def test_the_curve_is_that_of_a_public_library() -> None:
    curve = survival(stays(TREATED, ENDED))
    assert [day for day, _ in curve] == [6, 7, 10, 13, 16, 22, 23]
    expected = [0.857143, 0.806723, 0.752941, 0.690196, 0.627451, 0.537815, 0.448179]
    assert [share for _, share in curve] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("days", "ended", "median"), [(TREATED, ENDED, 23), (PLACEBO, [1] * 21, 8)])
def test_the_median_is_that_of_a_public_library(days: list[int], ended: list[int], median: int) -> None:
    assert median_stay(stays(days, ended)) == median


def test_the_median_of_a_larger_sample_with_ties_is_that_of_a_public_library() -> None:
    chance = random.Random(7)
    days = [chance.randint(1, 200) for _ in range(60)]
    ended = [int(chance.random() < 0.6) for _ in days]
    assert median_stay(stays(days, ended)) == 109
    assert dict(survival(stays(days, ended)))[150] == pytest.approx(0.222872, abs=1e-6)


def test_where_most_never_leave_there_is_no_median() -> None:
    assert median_stay(stays([10, 20, 30, 40], [1, 0, 0, 0])) is None
    assert median_stay([]) is None


def test_those_still_in_it_make_the_median_longer_than_those_who_left() -> None:
    left = [Stay(days, ended=True) for days in (10, 20, 30)]
    waiting = [Stay(days, ended=False) for days in (15, 25, 60)]
    assert median_stay(left) == 20
    assert median_stay([*left, *waiting]) == 30


def test_exactly_half_is_half() -> None:
    assert median_stay([Stay(day, ended=True) for day in (1, 2, 3, 4, 5, 6)]) == 3


@given(st.lists(st.builds(Stay, st.integers(0, 400), st.booleans()), max_size=40))
def test_the_share_still_in_only_falls(found: list[Stay]) -> None:
    shares = [share for _, share in survival(found)]
    assert shares == sorted(shares, reverse=True)
    assert all(-1e-9 <= share <= 1 for share in shares)
