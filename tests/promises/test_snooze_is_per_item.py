"""Snoozing one pilot leaves the others as they are; it is logged, and lasts seven days at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.ports import Problems, Show, Store
from bot.core.state import Phase
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def test_only_the_one_that_was_snoozed_waits(office: Office) -> None:
    anna = office.person("anna")
    pilots = [office.pilot(name, anna) for name in ("Invoice matcher", "Churn alert")]
    office.until_asked("anna")
    invoice = office.presses("anna", "Answer: Invoice matcher")
    assert isinstance(invoice, Show)
    office.presses("anna", "Snooze", {"until": "next_week"}, card=invoice.card)
    phases = {one.pilot: one.state.phase for one in office.live("anna")}
    assert phases == {pilots[0].id: Phase.SNOOZED, pilots[1].id: Phase.OPEN}
    before = len(office.platform.inbox("anna"))
    office.until(office.now + timedelta(days=2))
    fresh = [card.fallback for card in office.platform.inbox("anna")[before:]]
    assert fresh
    assert all("Churn alert" in text for text in fresh)
    assert not any("Invoice matcher" in text for text in fresh)


def test_it_is_logged_with_its_item_and_its_end(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    mine = office.until_asked("anna")
    office.presses("anna", "Snooze", {"until": "tomorrow"})
    [event] = office.events("checkin.snoozed")
    assert (event.actor, event.pilot) == (anna.id, pilot.id)
    assert event.after["checkin"] == mine.id
    assert datetime.fromisoformat(event.after["until"]).astimezone(UTC) > office.now


def test_no_longer_than_seven_days(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    assert isinstance(office.presses("anna", "Snooze", {"until": "next_year"}), Problems)
    office.presses("anna", "Snooze", {"until": "next_week"})
    [mine] = office.live("anna")
    assert mine.state.snoozed_until <= office.now + timedelta(days=7)
