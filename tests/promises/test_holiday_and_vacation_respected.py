"""A vacation that ends among holidays ends after them: the first good day back is one on which people work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.content.free_days import FreeDays
from bot.core.ports import Store
from tests.fakes.office import CONTENT, Office

pytest_plugins = ["tests.databases"]

FREE = FreeDays("LV", own=frozenset({date(2026, 12, 28), date(2026, 12, 29)}))


@pytest.fixture
def office(any_store: Store) -> Office:
    """An organisation in Latvia that is closed over two more days after Christmas; pulses alone."""
    policy = CONTENT.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    kept = replace(policy, asking=replace(policy.asking, free=FREE), cadences=pulses)
    return Office(any_store, datetime(2026, 12, 14, 9, tzinfo=UTC), content=replace(CONTENT, policy=kept))


def test_nothing_comes_before_the_first_working_day_back(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.runs("anna", "away until 23 December")
    office.until_told("anna")
    here = office.now.astimezone(ZoneInfo("Europe/Riga"))
    assert (here.date(), here.hour) == (date(2026, 12, 30), 10), (
        "24 to 26 are public, 28 and 29 the office's own"
    )
    assert not office.events("checkin.missed")


def test_no_grace_of_the_ladder_ends_on_a_holiday(office: Office) -> None:
    sven = office.person("sven")
    office.pilot("Invoice matcher", office.person("anna"), sponsor=sven.id)
    office.until_asked("anna")
    office.until_told("sven")
    assert office.now.astimezone(ZoneInfo("Europe/Riga")).date() not in FREE
