"""Whoever says on which day and at which hour is asked then, once in each cycle, the one of the change included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Reply, Show, Store
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone, every other week."""
    pulses = tuple(one for one in CONTENT.policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(CONTENT.policy, cadences=pulses)))


def text(reply: Reply) -> str:
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def asked_at(office: Office) -> str:
    office.until_asked("anna")
    here = office.now.astimezone(TOKYO)
    office.answers("anna", CALM)
    return f"{here:%A %H:%M}"


def test_thursdays_at_two_in_ones_own_zone(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna", zone="Asia/Tokyo"))
    assert "on Thursdays at 14:00" in text(office.runs("anna", "ask me on Thursdays at 14:00"))
    assert [asked_at(office) for _ in range(3)] == ["Thursday 14:00"] * 3
    assert "as usual, on Tuesdays at 10:00" in text(office.runs("anna", "ask me as usual"))
    assert asked_at(office) == "Tuesday 10:00"


def test_the_cycle_of_the_change_has_one_slot(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna", zone="Asia/Tokyo"))
    assert asked_at(office) == "Tuesday 10:00"
    office.runs("anna", "ask me on Thursdays")
    office.until(office.now + timedelta(days=9))
    assert len(office.read(lambda unit: unit.history(pilot.id))) == 1, "this week's was asked on Tuesday"


def test_a_slot_whose_new_hour_is_over_is_kept(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna", zone="Asia/Tokyo"))
    office.runs("anna", "ask me on Thursdays at 14:00")
    slot = next(iter(office.read(lambda unit: unit.schedules(pilot.id)))).next_due_at
    office.until(slot - timedelta(hours=3))
    office.runs("anna", "ask me on Mondays")
    assert asked_at(office) == "Thursday 14:00", "Monday is over; nothing is dropped"
    assert asked_at(office) == "Monday 14:00"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("ask me on Fridays", "I ask nobody on Fridays. Choose Mondays, Tuesdays, Wednesdays or Thursdays."),
        ("ask me on Sundays at 11", "I ask nobody on Sundays."),
        ("ask me at 22:00", "I ask nobody at 22:00. Choose an hour from 8:00 to 17:00."),
        ("ask me at 14:30", "I ask at the full hour."),
        ("ask me", "On which day of the week"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(office: Office, said: str, problem: str) -> None:
    anna = office.person("anna")
    assert problem in text(office.runs("anna", said))
    kept = office.read(lambda unit: unit.person(anna.id))
    assert (kept.weekday, kept.hour) == (None, None)
