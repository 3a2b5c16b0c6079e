"""A pilot's way through the stages: pauses interrupt, going back begins anew, the record goes before the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.journey import Move, Stint, entered, journey, usual_stays
from tests.core.scenery import TODAY, day, policy


def moves(*told: tuple[int, str, str]) -> list[Move]:
    return [Move(day(days), before, after) for days, before, after in told]


def test_a_pilot_that_never_moved_is_where_its_record_says() -> None:
    assert journey([], stage="pilot", since=day(30), today=TODAY) == (Stint("pilot", day(30)),)


def test_each_move_ends_a_stint_and_begins_one() -> None:
    way = journey(
        moves((90, "", "framed"), (60, "framed", "pilot")), stage="pilot", since=day(60), today=TODAY
    )
    assert way == (Stint("framed", day(90), day(60)), Stint("pilot", day(60)))
    assert [stint.days(TODAY) for stint in way] == [30, 60]


def test_a_pilot_begins_in_the_stage_that_its_first_move_left() -> None:
    told = moves((60, "framed", "pilot"))
    way = journey(told, stage="pilot", since=day(60), today=TODAY, begun=day(75))
    assert way == (Stint("framed", day(75), day(60)), Stint("pilot", day(60)))


def test_a_pause_interrupts_a_stage_and_does_not_end_it() -> None:
    told = moves((90, "", "pilot"), (50, "pilot", "paused"), (20, "paused", "pilot"))
    (stint,) = journey(told, stage="pilot", since=day(90), today=TODAY)
    assert (stint.until, stint.paused, stint.days(TODAY)) == (None, 30, 60)


def test_a_pilot_on_pause_grows_no_older() -> None:
    told = moves((50, "pilot", "paused"))
    (stint,) = journey(told, stage="paused", since=day(90), today=TODAY, begun=day(90))
    assert stint.days(TODAY) == 40


def test_waking_up_in_another_stage_ends_the_one_before() -> None:
    told = moves((90, "", "pilot"), (50, "pilot", "paused"), (20, "paused", "stopped"))
    first, last = journey(told, stage="stopped", since=day(20), today=TODAY)
    assert (first.until, first.days(TODAY), last.stage) == (day(20), 40, "stopped")


def test_going_back_begins_the_stage_anew_and_keeps_the_first_entry() -> None:
    told = moves((200, "", "pilot"), (120, "pilot", "hardening"), (40, "hardening", "pilot"))
    way = journey(told, stage="pilot", since=day(40), today=TODAY)
    assert way[-1].days(TODAY) == 40
    assert entered(way, {"pilot", "hardening"}) == day(200)


def test_the_record_knows_of_days_before_the_log() -> None:
    way = journey(moves((10, "", "pilot")), stage="pilot", since=day(100), today=TODAY)
    assert way == (Stint("pilot", day(100)),)


def test_usual_stays_take_enough_pilots_that_entered_lately() -> None:
    left = [(Stint("pilot", day(200 + days), day(200)),) for days in (40, 50, 60, 70, 80, 90, 100)]
    waiting = [(Stint("pilot", day(65)),)]
    assert usual_stays(left, policy(), TODAY) == {}
    assert usual_stays([*left, *waiting], policy(), TODAY) == {"pilot": 70}
    long_ago = [(replace(way[0], since=day(800)),) for way in left]
    assert usual_stays([*long_ago, *waiting], policy(), TODAY) == {}


@pytest.mark.parametrize("stage", ["idea", "production"])
def test_stages_without_a_usual_stay_have_none(stage: str) -> None:
    way = [(Stint(stage, day(50), day(10)),)] * 9
    assert usual_stays(way, policy(), TODAY) == {}
