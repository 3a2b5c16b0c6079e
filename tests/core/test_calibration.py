"""Calibration: a signal is worth its name where fewer pilots move on with it than without it, by more than luck."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.calibration import Calibration, Firing, Share, Verdict, by_luck, calibrated
from bot.core.journey import Stint
from tests.core.scenery import TODAY, day

LONG_AGO = day(400)


def stays(*untils: int | None, after: str = "hardening", since: int = 300) -> dict[int, tuple[Stint, ...]]:
    """Pilots that entered Pilot so many days ago and left it so many days ago, or are still there."""
    return {
        ident: (
            Stint("pilot", day(since), day(until) if until is not None else None),
            Stint(after, day(until)),
        )
        if until is not None
        else (Stint("pilot", day(since)),)
        for ident, until in enumerate(untils, start=1)
    }


def calibration(
    fired: dict[int, int], journeys: dict[int, tuple[Stint, ...]], watched: date = LONG_AGO
) -> Calibration:
    firings = [Firing(pilot, "P02", day(days)) for pilot, days in fired.items()]
    (found,) = calibrated(firings, journeys, dict.fromkeys(journeys, watched), TODAY)
    return found


def test_a_signal_that_keeps_pilots_apart_separates() -> None:
    """Eight fired on day 100 and stayed; ten did not, and moved on on day 150."""
    found = calibration(dict.fromkeys(range(1, 9), 200), stays(*[None] * 8, *[150] * 10))
    assert (found.fired, found.quiet) == (Share(0, 8), Share(10, 10))
    assert (found.times, found.pilots, found.verdict) == (8, 8, Verdict.SEPARATES)


def test_seven_are_too_few() -> None:
    found = calibration(dict.fromkeys(range(1, 8), 200), stays(*[None] * 7, *[150] * 10))
    assert found.verdict is Verdict.TOO_FEW


def test_a_signal_after_which_as_many_move_on_does_not_separate() -> None:
    found = calibration(dict.fromkeys(range(1, 9), 200), stays(*[150] * 16))
    assert (found.fired, found.quiet, found.verdict) == (Share(8, 8), Share(8, 8), Verdict.NONE)


def test_a_small_difference_may_be_luck() -> None:
    found = calibration(dict.fromkeys(range(1, 9), 200), stays(None, *[150] * 15))
    assert (found.fired, found.quiet, found.verdict) == (Share(7, 8), Share(8, 8), Verdict.UNCLEAR)


@pytest.mark.parametrize(("left", "moved"), [(110, 1), (109, 0)])
def test_moving_on_counts_within_ninety_days(left: int, moved: int) -> None:
    assert calibration({1: 200}, stays(left)).fired == Share(moved, 1)


@pytest.mark.parametrize(("fired", "followed"), [(90, 1), (89, 0)])
def test_a_pilot_counts_once_its_ninety_days_are_over(fired: int, followed: int) -> None:
    """Else only those that moved quickly would be counted."""
    assert calibration({1: fired}, stays(None)).fired == Share(0, followed)


@pytest.mark.parametrize("after", ["stopped", "framed"])
def test_ending_and_going_back_are_not_moving_on(after: str) -> None:
    assert calibration({1: 200}, stays(150, after=after)).fired == Share(0, 1)


def test_without_the_signal_the_clock_starts_at_the_age_at_which_it_usually_fires() -> None:
    """It fired on day 100. Who had left by then never had the time to get it, and says nothing of it."""
    found = calibration({1: 200}, stays(None, 210, 150))
    assert found.quiet == Share(1, 1)


def test_what_was_before_the_log_of_signals_is_not_counted() -> None:
    found = calibration({1: 200}, stays(None, 150), watched=day(190))
    assert (found.times, found.fired, found.quiet) == (1, Share(), Share())


def test_a_stay_counts_once_however_often_the_signal_comes_back() -> None:
    firings = [Firing(1, "P02", day(days)) for days in (200, 150, 120)]
    (found,) = calibrated(firings, stays(None), {1: LONG_AGO}, TODAY)
    assert (found.times, found.pilots, found.fired) == (3, 1, Share(0, 1))


def test_luck_is_fishers_exact_test() -> None:
    """The tea of Fisher (1935): 3 of 4 right is luck in 17 of 70 cases, 4 of 4 in one."""
    assert by_luck(Share(1, 4), Share(3, 4)) == pytest.approx(17 / 70)
    assert by_luck(Share(0, 4), Share(4, 4)) == pytest.approx(1 / 70)
