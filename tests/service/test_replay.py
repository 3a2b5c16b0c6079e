"""A replay says who would be another under a changed policy or questionnaire, and stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.signals import Course
from bot.service.replay import Replay, replay
from bot.service.work import Work
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)


@pytest.fixture
def office(store: Store) -> Office:
    """A pilot that is old, undated and without a sponsor, and one that is fresh; anna has answered about hers."""
    office = Office(store)
    since = office.now.date() - 200 * DAY
    office.pilot("Invoice matcher", office.person("anna"), stage_since=since, created=since)
    office.pilot("Call notes", office.person("bo"), target=office.now.date() + 100 * DAY)
    office.until_asked("anna")
    office.answers("anna", CALM)
    office.tick()
    return office


def tried(office: Office, content: Content, **wanted: Any) -> Replay:
    found: Replay = office.do(lambda work: replay(work, content, **wanted))
    return found


def with_thresholds(changes: Mapping[str, Mapping[str, float]]) -> Content:
    known = CONTENT.policy.thresholds
    changed = {name: {**known[name], **numbers} for name, numbers in changes.items()}
    return replace(CONTENT, policy=replace(CONTENT.policy, thresholds={**known, **changed}))


def without_option(slug: str) -> Content:
    """The check-in without one of its answers about the present."""
    pulse = CONTENT.questionnaires["pulse"]
    screens = tuple(
        replace(
            screen,
            questions=tuple(
                replace(one, options=tuple(option for option in one.options if option.slug != slug))
                for one in screen.questions
            ),
        )
        for screen in pulse.screens
    )
    return replace(
        CONTENT, questionnaires={**CONTENT.questionnaires, "pulse": replace(pulse, screens=screens)}
    )


def test_what_is_the_same_changes_nobody(office: Office) -> None:
    assert tried(office, CONTENT) == Replay(2, [], {})


def test_a_milder_threshold_takes_a_signal_and_the_state_that_rests_on_it(office: Office) -> None:
    milder = with_thresholds({"P01": {"medium": 9, "high": 9, "absolute_days": 900}})
    (only,) = tried(office, milder).differences
    assert only.name == "Invoice matcher"
    assert only.now.signals - only.then.signals == {"P01"}
    assert only.now.course is not only.then.course


def test_a_stricter_state_rule_reaches_who_was_fine(office: Office) -> None:
    stricter = with_thresholds({"state": {"unknown_confidence": 2.0, "at_risk": 101, "stuck": 101}})
    found = {one.name: one.then.course for one in tried(office, stricter).differences}
    assert found.get("Invoice matcher") is Course.UNKNOWN


def test_answers_that_the_questions_no_longer_know_are_left_out_and_counted(office: Office) -> None:
    assert tried(office, without_option("even")).lost == {"pulse.sure": 1}
    assert tried(office, without_option("very_likely")).lost == {}


def test_answers_before_the_day_stand_as_they_are(office: Office) -> None:
    assert tried(office, without_option("even"), since=office.now + DAY).lost == {}


def test_a_replay_needs_no_more_than_reading(office: Office) -> None:
    """The store's reading path refuses every write."""
    content = with_thresholds({"P01": {"medium": 9, "high": 9, "absolute_days": 900}})
    before = office.read(lambda unit: (unit.events(limit=1000), unit.evaluations(), unit.levels_of_all()))
    found = office.read(lambda unit: replay(Work(unit, CONTENT, office.now), content))
    assert found.differences
    after = office.read(lambda unit: (unit.events(limit=1000), unit.evaluations(), unit.levels_of_all()))
    assert after == before
