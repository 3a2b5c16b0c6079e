"""The four bands of a score, and how a grid spreads over them."""

from __future__ import annotations

import pytest

from bot.core.bands import band_of, spreads
from bot.core.card import Grid


@pytest.mark.parametrize(
    ("score", "band"), [(0, 0), (24, 0), (25, 1), (49, 1), (50, 2), (74, 2), (75, 3), (100, 3)]
)
def test_a_score_is_in_the_band_whose_words_name_it(score: int, band: int) -> None:
    assert band_of(score) == band


def test_every_row_counts_once_in_every_column() -> None:
    rows = (("a", (10, None)), ("b", (80, 30)), ("c", (20, None)))
    data, people = spreads(Grid("t", ("Data", "People"), rows))
    assert data.said() == "Data: 2 under 25, 1 from 75"
    assert people.said() == "People: 1 from 25 to 49, 2 not known"
    assert sum(data.counts) + data.unknown == sum(people.counts) + people.unknown == 3


def test_a_row_of_another_width_is_read_as_far_as_it_goes() -> None:
    [data, people] = spreads(Grid("t", ("Data", "People"), (("a", (10,)), ("b", (1, 2, 3)))))
    assert (data.unknown, people.unknown) == (0, 1)
