"""The forecast score, by a worked example, and who reads it in which words."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.compose.status import forecast_words
from bot.core.forecast import Said, Score, brier
from tests.core.scenery import TODAY, day


@pytest.mark.parametrize(
    ("said", "live", "value", "forecasts"),
    [
        # Worked by hand: likely, likely, about even, of which only the last date was kept:
        # (0.7^2 + 0.7^2 + (0.5 - 1)^2) / 3 = (0.49 + 0.49 + 0.25) / 3 = 0.41.
        ([Said(0.7, day(90)), Said(0.7, day(60)), Said(0.5, day(30))], day(40), 0.41, 3),
        # Always about even is a coin toss, whatever comes.
        ([Said(0.5, day(90)), Said(0.5, day(30))], day(60), 0.25, 2),
        # Very likely, and so it was; live on the very day is in time.
        ([Said(0.9, day(30))], day(30), 0.01, 1),
        # A day too late.
        ([Said(0.9, day(31))], day(30), 0.81, 1),
        # Live before a date that is still ahead: it has come true already.
        ([Said(0.9, day(-30))], day(1), 0.01, 1),
        # Today is not over, and what is ahead is not known: only the date that has passed counts.
        ([Said(0.9, TODAY), Said(0.1, day(-30)), Said(0.1, day(1))], None, 0.01, 1),
    ],
)
def test_the_score_is_the_mean_square_of_what_was_said_against_what_came(
    said: list[Said], live: date | None, value: float, forecasts: int
) -> None:
    found = brier(said, live=live, today=TODAY)
    assert found is not None
    assert (round(found.value, 10), found.forecasts) == (value, forecasts)


def test_while_no_date_has_come_there_is_no_score() -> None:
    assert brier([Said(0.9, day(-1))], live=None, today=TODAY) is None


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (None, ""),
        (Score(0.1, 4), ""),
        (
            Score(0.1, 5),
            "Brier score 0.10 over 5 past dates, better than a coin toss (0.25). Only you see this",
        ),
        (
            Score(0.25, 6),
            "Brier score 0.25 over 6 past dates, no better than a coin toss (0.25). Only you see this",
        ),
    ],
)
def test_a_few_forecasts_say_nothing(score: Score | None, said: str) -> None:
    assert forecast_words(score, 5) == said
