"""What stands in a chat names dates: a question held over night, or read a day late, says nothing that is over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.ports import DeliveryError, Store
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

DAY_WORDS = re.compile(r"\b(?:today|tomorrow|yesterday) (?:at )?\d", re.IGNORECASE)


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def stale(office: Office, user: str) -> list[str]:
    return [
        line
        for card in office.platform.inbox(user)
        for line in card.fallback.splitlines()
        if DAY_WORDS.search(line)
    ]


def test_a_question_that_is_held_until_morning_names_the_day_on_which_it_closes(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.platform.refusing["dm:anna"] = [DeliveryError("busy", retry_after=9 * 3600.0)]
    office.until_told("anna")
    (card,) = office.platform.inbox("anna")
    assert "Closes Fri 4 Dec 10:00." in card.fallback
    assert not stale(office, "anna")


def test_reminders_snoozes_and_what_waits_for_an_absence_name_dates(office: Office) -> None:
    for user in ("anna", "ben"):
        office.pilot(f"Pilot of {user}", office.person(user))
    office.until_asked("anna")
    office.until_asked("ben")
    office.snoozes("anna", "Wed 2 Dec")
    assert "I will ask again Wed 2 Dec 10:00." in office.platform.inbox("anna")[-1].fallback
    office.runs("ben", "away until 3 December")
    office.until(office.now + timedelta(days=9))  # asked again, reminded twice, closed
    assert len(office.platform.inbox("anna")) >= 3
    for command in ("away until 14 December", "todo", "back"):
        office.runs("ben", command)
    assert not stale(office, "anna")
    assert not stale(office, "ben")
