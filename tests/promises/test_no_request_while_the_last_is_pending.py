"""Nobody is asked anew while what they were asked is open, snoozed, or with a colleague."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Show, Store
from bot.service import schedules
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def weekly(office: Office) -> int:
    """A pilot that would be asked every week."""
    pilot = office.pilot("Invoice matcher", office.person("anna"), stage="limited")
    office.do(lambda work: schedules.set_cadence(work, pilot, 1))
    return int(pilot.id)


def opened(office: Office, pilot: int) -> int:
    return len(office.read(lambda unit: unit.history(pilot)))


def test_a_snoozed_one_is_not_overtaken(office: Office) -> None:
    pilot = weekly(office)
    office.until_asked("anna")
    office.snoozes("anna")
    before = opened(office, pilot)
    office.until(office.now + timedelta(days=5))
    assert opened(office, pilot) == before


def test_one_that_waits_for_a_colleague_is_not_overtaken(office: Office) -> None:
    pilot = weekly(office)
    dora = office.person("dora")
    office.until_asked("anna")
    office.presses("anna", "Ask a colleague", {"question": "pulse.block", "to": str(dora.id)})
    before = opened(office, pilot)
    office.until(office.live("anna")[0].state.closes_at - timedelta(minutes=5))
    assert opened(office, pilot) == before


def test_a_lead_who_asks_out_of_turn_hears_that_it_is_open(office: Office) -> None:
    pilot = weekly(office)
    office.person("lena", standing="lead")
    office.until_asked("anna")
    before = opened(office, pilot)
    reply = office.runs("lena", "checkin invoice")
    assert isinstance(reply, Show)
    assert "open already, with Anna" in reply.card.fallback
    assert opened(office, pilot) == before
