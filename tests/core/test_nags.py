"""What messages gain, how many reminders are left, and when a week has room: pure tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.nags import FIRST, INVITATION, LAST, RECORD, Gain, Nag, gains, reminders_left, room_at

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def nag(step: str, day: float, *, answered: float | None = None, checkin: int = 1, person: int = 1) -> Nag:
    done = NOW + answered * DAY if answered is not None else None
    return Nag(person, 1, checkin, step, NOW + day * DAY, done)


def test_an_answer_is_the_gain_of_the_last_message_before_it() -> None:
    sent = [
        nag(INVITATION, 0, answered=1.5),
        nag(FIRST, 1, answered=1.5),
        nag(
            RECORD, 1.2, answered=1.5
        ),  # the yearly question that came with it: no answer of a check-in is its gain
        nag(INVITATION, 0, answered=0.1, checkin=2, person=2),
        nag(INVITATION, 0, checkin=3),
        nag(FIRST, 1, checkin=3),
        nag(LAST, 3, checkin=3),
    ]
    assert gains(sent) == (Gain(INVITATION, 3, 1, 2), Gain(FIRST, 2, 1, 1), Gain(LAST, 1, 0, 1))


def test_nothing_sent_is_nothing_gained() -> None:
    assert gains([]) == ()


@pytest.mark.parametrize(("in_vain", "left"), [(0, 2), (3, 2), (4, 1), (7, 1), (8, 0), (20, 0)])
def test_reminders_fade_where_they_gain_nothing(in_vain: int, left: int) -> None:
    newest = [nag(FIRST, -n) for n in range(in_vain)]
    assert reminders_left(newest, planned=2, after=4) == left


def test_one_that_gained_an_answer_brings_them_all_back() -> None:
    newest = [
        nag(FIRST, 0),
        nag(INVITATION, -1),
        nag(LAST, -2, answered=-1.9),
        *(nag(FIRST, -n) for n in range(3, 20)),
    ]
    assert reminders_left(newest, planned=2, after=4) == 2


def test_an_answer_from_before_the_reminder_is_no_gain_of_it() -> None:
    newest = [nag(FIRST, day, answered=-1) for day in range(4)]
    assert reminders_left(newest, planned=2, after=4) == 1


@pytest.mark.parametrize(
    ("days", "room"),
    [
        ([], 0),
        ([-1, -2], 0),
        ([-1, -2, -3], 4),  # three fill it: the oldest of them is a week old in four days
        ([-1, -2, -3, -4], 4),  # one more than fits changes nothing
        ([-1, -2, -7], 0),  # a week ago is over
    ],
)
def test_a_week_has_room_for_so_many(days: list[int], room: int) -> None:
    assert room_at([nag(FIRST, day) for day in days], NOW, budget=3) == NOW + room * DAY


def test_check_ins_of_one_message_count_once_and_one_more_has_room_in_it() -> None:
    asked = [nag(INVITATION, -1, checkin=number) for number in range(5)]
    assert room_at(asked, NOW, budget=2) == NOW
    assert room_at([*asked, nag(INVITATION, -1, checkin=6)], NOW, budget=2) == NOW + 6 * DAY
    full = [nag(FIRST, -2), *(nag(INVITATION, 0, checkin=number) for number in range(3))]
    assert room_at(full, NOW, budget=1) == NOW, "it stands in the message that goes out now"
    assert room_at([*full, *asked], NOW, budget=2) == NOW
    assert room_at([nag(INVITATION, 0, checkin=number) for number in range(5)], NOW, budget=1) > NOW


def test_reminders_of_one_message_are_in_vain_once() -> None:
    together = [nag(FIRST, -day, checkin=number) for day in range(3) for number in range(5)]
    assert reminders_left(together, planned=2, after=4) == 2
    one = [
        *together,
        nag(LAST, -4, checkin=1, answered=-3.9),
        *(nag(LAST, -4, checkin=n) for n in range(2, 5)),
    ]
    assert reminders_left([*one, nag(FIRST, -5)], planned=2, after=3) == 1
