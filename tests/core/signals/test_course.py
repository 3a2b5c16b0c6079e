"""A course changes when it is seen twice: what holds, what waits, and what changes at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.signals import Course, Group, Heading, Severity, Signal, heading, purgatory_index
from tests.core.scenery import NOW, policy

DAY = timedelta(days=1)
MOVING = Heading(Course.MOVING, NOW)
CRITICAL = [Signal("P06", "Nobody owns", Severity.CRITICAL, Group.OWNERSHIP, "It is so.", "Act.")]


def after(*seen: Course) -> Heading:
    found = MOVING
    for number, course in enumerate(seen, start=1):
        found = heading(found, course, (), NOW + number * DAY, policy())
    return found


def test_the_first_course_holds_at_once() -> None:
    assert heading(None, Course.STUCK, (), NOW, policy()) == Heading(Course.STUCK, NOW)


def test_a_new_course_holds_when_it_is_seen_twice_running() -> None:
    assert after(Course.STUCK) == Heading(Course.MOVING, NOW, Course.STUCK, 1)
    assert after(Course.STUCK, Course.STUCK) == Heading(Course.STUCK, NOW + 2 * DAY)


def test_a_course_that_comes_and_goes_changes_nothing() -> None:
    assert after(Course.STUCK, Course.MOVING, Course.STUCK).course is Course.MOVING
    assert after(Course.STUCK, Course.AT_RISK) == Heading(Course.MOVING, NOW, Course.AT_RISK, 1)


def test_what_holds_keeps_the_day_it_began() -> None:
    assert after(Course.MOVING, Course.MOVING) == MOVING


@pytest.mark.parametrize("course", [Course.STUCK, Course.AT_RISK])
def test_a_critical_signal_changes_it_at_once(course: Course) -> None:
    assert heading(MOVING, course, CRITICAL, NOW + DAY, policy()) == Heading(course, NOW + DAY)


def test_a_pause_and_its_end_hold_at_once() -> None:
    assert after(Course.PAUSED).course is Course.PAUSED
    assert after(Course.PAUSED, Course.MOVING).course is Course.MOVING


@given(st.lists(st.sampled_from(list(Severity))), st.sampled_from(list(Severity)))
def test_one_more_signal_never_lowers_the_index(severities: list[Severity], more: Severity) -> None:
    def index(found: list[Severity]) -> float:
        return purgatory_index([Signal("P", "", one, Group.TIME, "", "") for one in found], policy())

    assert 0 <= index(severities) <= index([*severities, more]) <= 100
