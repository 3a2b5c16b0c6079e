"""Small wording: counts, days, names and gaps as people say them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.compose import words
from bot.core.gates import GateItem, Lack
from bot.core.questionnaire import STAGES, Item
from bot.core.signals import Course
from tests.core.scenery import TODAY, model


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1200, "1,200 days")]
)
def test_a_count_has_its_plural(number: int, said: str) -> None:
    assert words.count(number, "day") == said


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_in_a_row(parts: list[str], said: str) -> None:
    assert words.listed(parts) == said


def test_words_to_choose_from() -> None:
    assert words.listed(["a", "b", "c"], last="or") == "a, b or c"


@pytest.mark.parametrize(
    ("most", "said"), [(2, "a, b and 1 more"), (3, "a, b and c"), (9, "a, b and c"), (1, "a and 2 more")]
)
def test_a_long_row_counts_the_rest(most: int, said: str) -> None:
    assert words.shown(["a", "b", "c"], most) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "31 Mar, today"),
        (1, "1 Apr, tomorrow"),
        (2, "2 Apr, in 2 days"),
        (-1, "30 Mar, yesterday"),
        (-9, "22 Mar, 9 days ago"),
        (365, "31 Mar 2027, in 365 days"),
    ],
)
def test_a_day_says_how_far_it_is(ahead: int, said: str) -> None:
    assert words.in_days(TODAY + timedelta(days=ahead), TODAY) == said


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (GateItem("i", 3, 1, 0.6, Lack.LEVEL), "1 of 3"),
        (GateItem("i", 3, 2, 0.6, Lack.LINK), "2 of 3, needs a link"),
        (GateItem("i", 3, 0, 0.0, Lack.ANSWER), "not answered yet"),
        (GateItem("i", 3, 0, 0.0, Lack.KNOWLEDGE), "not known"),
        (GateItem("i", 3, 3, 0.3, Lack.FRESHNESS), "answered too long ago"),
        (GateItem("i", 3, 3, 0.8, Lack.REFUSED), "its reviewer says not yet"),
        (GateItem("i", 3, 3, 0.8, Lack.NOTHING), "met"),
        (GateItem("i", 3, 3, 0.8, Lack.NOTHING, roles=("security",)), "not confirmed"),
    ],
)
def test_a_gap_says_what_is_missing(gap: GateItem, said: str) -> None:
    assert words.lacks(gap) == said


def test_every_item_has_a_name_that_fits_a_line() -> None:
    names = [words.item_name(item) for item in model().items()]
    assert len(set(names)) == len(names) == 33
    assert all(name[0].isupper() and len(name) <= 30 and "." not in name for name in names)


def test_an_item_that_somebody_adds_without_a_name_is_still_readable() -> None:
    added = Item("gov.exit_plan", "gov", "?", ("", "", "", "", ""), "", "", 1.0, 90)
    assert words.item_name(added) == "Governance exit plan"


def test_every_stage_and_course_has_a_name() -> None:
    assert all(words.stage_name(stage)[0].isupper() for stage in (*STAGES, "paused", "stopped", "retired"))
    assert set(words.COURSES) == set(Course)


@pytest.mark.parametrize(
    ("text", "said"), [("Set a date", "set a date"), ("AI check", "AI check"), ("", ""), ("A", "a")]
)
def test_a_line_goes_on_with_a_small_letter(text: str, said: str) -> None:
    assert words.small(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ask first.", "Ask first."),
        ("Ask\n the vendor\tfirst, then draft", "Ask the vendor first…"),
        ("Ask the vendor first", "Ask the vendor first"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrts…"),
        ("Is Donaudampfschifffahrtsgesellschaft", "Is Donaudampfschifffah…"),
    ],
)
def test_a_free_text_in_a_line_ends_with_a_whole_word(text: str, said: str) -> None:
    assert words.in_a_line(text, 23) == said


@pytest.mark.parametrize(
    ("text", "said"), [("It ended", "It ended."), ("Why?", "Why?"), ("It e…", "It e…"), ("", "")]
)
def test_a_free_text_as_a_sentence_ends_once(text: str, said: str) -> None:
    assert words.sentence(text) == said
