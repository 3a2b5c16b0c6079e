"""Turns: how many at once, how far apart, and what those are told who would have to wait too long."""

from __future__ import annotations

import pytest

from adapters.slack.pacing import CHANNEL_MINUTELY, Pacing
from bot.core.pace import Pace, Wait
from tests.fakes.slack.laws import Speed


def test_a_pace_lets_a_few_pass_and_spaces_the_rest() -> None:
    pace = Pace(interval=2.0, burst=3)
    waits = []
    for _ in range(5):
        waits.append(pace.wait(100.0))
        pace.take(100.0 + waits[-1])
    assert waits == [0, 0, 0, 2, 4]
    assert pace.wait(200.0) == 0


def test_those_who_will_not_wait_are_told_different_moments() -> None:
    pacing = Pacing()
    told = []
    for _ in range(40):
        try:
            pacing.turn("chat.update", "", 0.0, patience=0.0)
        except Wait as wait:
            told.append(wait.seconds)
    assert len(told) == 35  # of fifty a minute a tenth may come at once
    assert told == sorted(told)
    assert len(set(told)) == len(told)
    assert told[-1] == pytest.approx(35 * 60 / 42.5, abs=2)


def test_a_channel_takes_one_message_a_second_whatever_the_method_allows() -> None:
    pacing = Pacing()
    waits = [pacing.turn("chat.postMessage", "C1", 0.0, patience=60) for _ in range(4)]
    assert waits == pytest.approx([number * 60 / CHANNEL_MINUTELY for number in range(4)])
    assert pacing.turn("chat.postMessage", "C2", 0.0, patience=60) == 0


def test_a_rest_that_slack_asked_for_is_kept() -> None:
    pacing = Pacing()
    pacing.hold("views.open", 10.0, 30.0)
    with pytest.raises(Wait) as told:
        pacing.turn("views.open", "", 10.0, patience=5.0)
    assert told.value.seconds == pytest.approx(30.0)
    assert pacing.turn("views.open", "", 40.0, patience=0.0) == 0
    assert pacing.turn("views.update", "", 10.0, patience=0.0) == 0


def test_five_hundred_invitations_leave_in_two_minutes_and_slack_never_says_no() -> None:
    pacing, slack = Pacing(), Speed()
    waiting = [(0.0, f"U{number}") for number in range(500)]
    last = 0.0
    while waiting:
        now, user = waiting.pop(0)
        try:
            now += pacing.turn("chat.postMessage", user, now, patience=4.0)
        except Wait as wait:
            waiting.append((now + wait.seconds, user))
            waiting.sort()
            continue
        assert slack.too_fast("chat.postMessage", user, now) == 0
        last = max(last, now)
    assert 60 < last < 150


def test_channels_that_were_quiet_are_forgotten() -> None:
    pacing = Pacing()
    for number in range(5000):
        pacing.turn("chat.postMessage", f"C{number}", number * 10.0, patience=0.0)
    assert len(pacing._channels) <= 2001
