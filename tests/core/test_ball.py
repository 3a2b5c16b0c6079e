"""Who had the ball: every day of a stay has one holder, and each claim to it ends where it should."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.ball import Holder, Rest, Split, Told, Turn, of_checkins, part, split
from bot.core.compose.ledger import Waiting, ledger, moves_words
from tests.core.scenery import TODAY, day, pilot

OWNER, DECIDER, HELPER, NOBODY = Holder.OWNER, Holder.DECIDER, Holder.HELPER, Holder.NOBODY
BO = 7  # somebody outside the pilot


@pytest.mark.parametrize(
    ("turns", "days"),
    [
        # Nobody else has a claim: it was its own people's.
        ([], {OWNER: 100}),
        # Asked forty days ago, answered ten days ago.
        ([Turn(HELPER, day(40), day(10))], {OWNER: 70, HELPER: 30}),
        # Not answered yet.
        ([Turn(HELPER, day(40))], {OWNER: 60, HELPER: 40}),
        # Two who were asked at once have each day once.
        ([Turn(HELPER, day(40), day(20)), Turn(HELPER, day(30), day(10))], {OWNER: 70, HELPER: 30}),
        # A decision that is due is stronger than a request, a request than silence.
        (
            [Turn(NOBODY, day(50)), Turn(HELPER, day(40)), Turn(DECIDER, day(9))],
            {OWNER: 50, NOBODY: 10, HELPER: 31, DECIDER: 9},
        ),
        # What lies before the stage, or ahead, is not of it.
        ([Turn(DECIDER, day(300), day(120)), Turn(HELPER, day(-5))], {OWNER: 100}),
        ([Turn(DECIDER, day(300), day(95))], {OWNER: 95, DECIDER: 5}),
        # Asked and answered on one day costs no day.
        ([Turn(HELPER, day(40), day(40))], {OWNER: 100}),
        # What its own people were asked is theirs like every other day.
        ([Turn(OWNER, day(40), day(10))], {OWNER: 100}),
    ],
)
def test_a_stay_of_a_hundred_days_is_split(turns: list[Turn], days: dict[Holder, int]) -> None:
    assert split(turns, since=day(100), today=TODAY) == Split(day(100), days)


def test_time_on_pause_is_nobodys() -> None:
    rests = [Rest(day(80), day(60)), Rest(day(5))]
    found = split([Turn(HELPER, day(70), day(50))], since=day(100), today=TODAY, rests=rests)
    assert found.days == {OWNER: 65, HELPER: 10}


def test_on_the_first_day_there_is_nothing_to_split() -> None:
    assert split([Turn(NOBODY, TODAY)], since=TODAY, today=TODAY).whole == 0


@st.composite
def some_turns(draw: st.DrawFn) -> Turn:
    since = draw(st.integers(-10, 400))
    until = draw(st.none() | st.integers(-10, since))
    return Turn(draw(st.sampled_from(Holder)), day(since), None if until is None else day(until))


@given(st.lists(some_turns(), max_size=8), st.integers(0, 300), st.integers(0, 100))
def test_the_parts_add_up_to_the_stay_without_its_pauses(turns: list[Turn], stay: int, pause: int) -> None:
    found = split(turns, since=day(stay), today=TODAY, rests=[Rest(day(pause), day(pause // 2))])
    paused = min(stay, pause) - min(stay, pause // 2)
    assert found.whole == stay - paused
    assert all(found.days.values())


# --- what check-ins tell --------------------------------------------------------------------------------------------


def turns_of(*told: Told, refused: dict[int, date] | None = None) -> list[Turn]:
    return list(of_checkins(told, lambda person: HELPER if person == BO else OWNER, refused or {}))


@pytest.mark.parametrize(
    ("told", "turns"),
    [
        # Nothing is in the way.
        ([Told(day(28))], []),
        # Somebody can clear it, until the next check-in says that it is gone.
        ([Told(day(28), "data", BO), Told(day(14))], [Turn(HELPER, day(28), day(14))]),
        # Nobody is named who could.
        ([Told(day(28), "data")], [Turn(NOBODY, day(28))]),
        # The same again without a name: the one named before.
        (
            [Told(day(28), "data", BO), Told(day(14), "data")],
            [Turn(HELPER, day(28), day(14)), Turn(HELPER, day(14))],
        ),
        # Something else without a name is not the one's named before.
        (
            [Told(day(28), "data", BO), Told(day(14), "money")],
            [Turn(HELPER, day(28), day(14)), Turn(NOBODY, day(14))],
        ),
        # Its own people can clear it.
        ([Told(day(28), "data", 1)], [Turn(OWNER, day(28))]),
        # Silence, and what was in the way before it is not known any more.
        (
            [Told(day(42), "data", BO), Told(day(28), missed=True), Told(day(14))],
            [Turn(HELPER, day(42), day(28)), Turn(NOBODY, day(28), day(14))],
        ),
    ],
)
def test_each_check_in_holds_until_the_next(told: list[Told], turns: list[Turn]) -> None:
    assert turns_of(*told) == turns


@pytest.mark.parametrize(
    ("no_more", "turns"),
    [
        (day(20), [Turn(HELPER, day(28), day(20)), Turn(NOBODY, day(20), day(14))]),
        (day(60), [Turn(HELPER, day(28), day(28)), Turn(NOBODY, day(28), day(14))]),
        (day(14), [Turn(HELPER, day(28), day(14))]),
    ],
)
def test_whoever_says_not_me_has_it_no_more(no_more: date, turns: list[Turn]) -> None:
    assert turns_of(Told(day(28), "data", BO), Told(day(14)), refused={BO: no_more}) == turns


@pytest.mark.parametrize(
    ("person", "holder"), [(1, OWNER), (2, OWNER), (3, DECIDER), (4, DECIDER), (5, OWNER), (BO, HELPER)]
)
def test_whose_turn_it_is_follows_from_their_part(person: int, holder: Holder) -> None:
    assert part(pilot(owner=1, deputy=2, sponsor=3, decider=4, builder=5), person) is holder


def test_an_owner_who_pays_for_it_is_its_owner() -> None:
    assert part(pilot(owner=1, sponsor=1), 1) is OWNER


# --- in words -------------------------------------------------------------------------------------------------------


def waiting(days: dict[Holder, int], *, stay: int = 100, known: int = 100) -> Waiting:
    return Waiting("pilot", stay, TODAY, Split(day(known), days))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (
            waiting({DECIDER: 9, HELPER: 31, NOBODY: 10, OWNER: 50}),
            "its own people 50 days, helpers outside it 31, nobody 10, sponsor or decider 9",
        ),
        (waiting({OWNER: 100}), "its own people 100 days"),
        (waiting({NOBODY: 1}, stay=1), "nobody 1 day"),
        (waiting({}), ""),
        (waiting({OWNER: 60}, known=60), "its own people 60 days (since 30 Jan)"),
    ],
)
def test_the_split_is_said_in_one_line_the_most_first(shown: Waiting, said: str) -> None:
    assert moves_words(shown) == said


def test_a_decision_card_tells_it_and_leaves_it_out_where_nothing_has_to_move() -> None:
    assert ("Whose move it was", "nobody 100 days") in list(ledger(waiting({NOBODY: 100})))
    assert "Whose move it was" not in dict(ledger(Waiting("production", 100, TODAY)))
