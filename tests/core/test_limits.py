"""Limits: nobody gets more than their burst and rate, nobody else gets less, and memory stays bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core import limits
from bot.core.limits import A_PERSON, BEHIND, InHand, Limit, Limits, Rate

RATE = Rate(burst=5, per_second=2)


@given(st.lists(st.floats(0, 3), max_size=60))
def test_no_stretch_of_time_holds_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    limit, now, admitted = Limit(RATE), 0.0, []
    for pause in pauses:
        now += pause
        if limit.admits("ann", now):
            admitted.append(now)
    for first, begin in enumerate(admitted):
        for last in range(first, len(admitted)):
            allowed = RATE.burst + RATE.per_second * (admitted[last] - begin)
            assert last - first + 1 <= allowed + 0.5


def test_who_keeps_to_the_rate_is_never_refused() -> None:
    limit = Limit(RATE)
    assert all(limit.admits("ann", number / RATE.per_second) for number in range(1000))


def test_a_storm_takes_nothing_from_others() -> None:
    both = Limits()
    stormed = sum(both.admits("acme", "storm", 1.0) for _ in range(10_000))
    assert stormed == A_PERSON.burst
    assert all(both.admits("acme", f"user {number}", 1.0) for number in range(200))


def test_one_organisation_does_not_use_up_anothers_share() -> None:
    both = Limits()
    assert sum(both.admits("acme", number, 1.0) for number in range(5000)) == limits.A_TENANT.burst
    assert both.admits("other", "ann", 1.0)


def test_what_is_remembered_is_bounded() -> None:
    limit = Limit(RATE)
    for number in range(3 * limits.KEPT):
        assert limit.admits(number, 1.0), "who comes first is admitted, however many there are"
        assert len(limit.owing) <= limits.KEPT + 1
    assert limit.admits("ann", 100.0)


def working(*since: float) -> InHand:
    """So many things in hand, each since that moment."""
    found = InHand()
    for number, moment in enumerate(since):
        found.take(number, moment)
    return found


def test_a_queue_that_moves_takes_one_more_however_long_it_is() -> None:
    assert not working(*[9.5] * 100).is_behind(10.0)


def test_one_slow_thing_holds_up_nobody_else() -> None:
    assert not working(1.0, *[9.5] * 100).is_behind(10.0)


def test_where_several_have_waited_one_more_would_be_answered_too_late() -> None:
    late = working(*[8.2] * BEHIND)
    assert late.is_behind(10.0)
    late.done(0, 10.0)
    assert not late.is_behind(10.0), "as soon as one of them is answered, the next may come"
    assert len(late) == BEHIND - 1


def at_a_pace(each_s: float, many: int) -> InHand:
    """So many still in hand at the moment 50.0 after a hundred were done, each so long after the one before."""
    found = InHand()
    for number in range(100 + many):
        found.take(number, 50.0 - 100 * each_s)
    for number in range(100):
        found.done(number, 50.0 - (99 - number) * each_s)
    return found


def test_no_more_come_in_than_are_done_in_time_at_the_pace_of_late() -> None:
    assert not at_a_pace(0.01, 150).is_behind(50.0), (
        "a hundred a second: the last of them waits for 1.5 seconds"
    )
    assert at_a_pace(0.01, 190).is_behind(50.0)
    assert at_a_pace(0.001, 190).is_behind(50.0) is False


def test_a_pace_is_forgotten_once_nobody_waits() -> None:
    slow = at_a_pace(0.1, 1)
    for number in range(100, 250):
        slow.take(number, 60.0)
        slow.done(number, 60.0)
    assert slow.pace_s < 0.01
