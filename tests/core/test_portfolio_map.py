"""The map of the portfolio: who is on it, in what order, and that its words say all that it shows."""

from __future__ import annotations

from bot.core.card import Picture
from bot.core.compose.portfolio_map import PILOTS_SHOWN, Scored, portfolio_map

DIMENSIONS = ("value", "flow", "data", "base", "gov", "team")
ALT_LIMIT = 2000  # what Slack takes as alternative text


def scored(
    number: int, *, stage: str = "pilot", name: str = "", scores: tuple[int | None, ...] = ()
) -> Scored:
    return Scored(number, name or f"Pilot {number:02}", stage, scores or (42, 50, None, 7, 100, 0))


def picture(pilots: list[Scored], wanted: set[int] | None = None) -> Picture:
    card = portfolio_map(DIMENSIONS, pilots, wanted or set())
    assert card
    (block,) = card.body
    assert isinstance(block, Picture)
    assert block.grid
    assert block.alt in card.fallback
    return block


def names(shown: Picture) -> list[str]:
    assert shown.grid
    return [name for name, _ in shown.grid.rows]


def test_the_words_say_every_number_of_the_picture() -> None:
    shown = picture([scored(1, name="Invoice matcher")])
    assert shown.alt == (
        "Readiness by dimension, 0 to 100. Invoice matcher: Value 42, Process 50, Data not known, "
        "Platform 7, Control 100, People 0."
    )


def test_pilots_stand_by_stage_and_name_and_never_by_score() -> None:
    pilots = [scored(1, name="B"), scored(2, name="a"), scored(3, name="Z", stage="limited")]
    assert names(picture(pilots)) == ["Z", "a", "B"]


def test_no_more_than_a_phone_shows_and_what_is_stuck_among_them() -> None:
    pilots = [scored(number) for number in range(40)] + [scored(50, scores=(None,) * 6)]
    shown = picture(pilots, {38, 39})
    assert len(names(shown)) == PILOTS_SHOWN
    assert {"Pilot 38", "Pilot 39"} <= set(names(shown))
    assert shown.grid
    assert shown.grid.note == "Not shown: 28 pilots more and 1 pilot without a score yet."
    assert shown.grid.note in shown.alt


def test_the_words_of_the_longest_names_fit_an_alternative_text() -> None:
    pilots = [
        scored(number, name=f"{number:02} " + "name " * 30, scores=(None,) * 5 + (100,))
        for number in range(99)
    ]
    assert len(picture(pilots).alt) <= ALT_LIMIT


def test_without_any_score_there_is_no_picture() -> None:
    assert portfolio_map(DIMENSIONS, [scored(1, scores=(None,) * 6)], ()) is None
    assert portfolio_map(DIMENSIONS, [], ()) is None


def test_the_same_numbers_are_the_same_picture() -> None:
    assert picture([scored(1)]).key == picture([scored(1)]).key
    assert picture([scored(1)]).key != picture([scored(2)]).key
