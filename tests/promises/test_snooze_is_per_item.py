"""Snoozing one pilot leaves the others as they are; it is logged, and lasts seven days at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.card import Choice
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
    office.snoozes("anna", card=invoice.card)
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
    office.snoozes("anna")
    [event] = office.events("checkin.snoozed")
    assert (event.actor, event.pilot) == (anna.id, pilot.id)
    assert event.after["checkin"] == mine.id
    assert datetime.fromisoformat(event.after["until"]).astimezone(UTC) > office.now


def test_no_longer_than_seven_days(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    later = (office.now + timedelta(days=7, hours=1)).isoformat()
    assert isinstance(office.presses("anna", "Snooze", {"until": later}), Problems)
    office.snoozes("anna")
    [mine] = office.live("anna")
    assert mine.state.snoozed_until <= office.now + timedelta(days=7)


def test_a_card_that_is_read_a_day_later_means_what_it_says(office: Office) -> None:
    """Not the day after the one on which it is pressed."""
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    (drawn,) = office.platform.inbox("anna")
    office.now += timedelta(hours=20)
    office.snoozes("anna", "Wed 2 Dec 10:00", card=drawn)
    [mine] = office.live("anna")
    assert mine.state.snoozed_until == datetime(2026, 12, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("2026-12-02T08:00+00:00", "Wed 2 Dec 10:00 is over. Choose another moment."),
        ("tomorrow", "That choice is from an older message. Choose another moment."),
    ],
)
def test_a_moment_that_is_over_is_said_to_be_and_those_there_are_now_are_offered(
    office: Office, chosen: str, told: str
) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    (drawn,) = office.platform.inbox("anna")
    office.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    reply = office.presses("anna", "Snooze", {"until": chosen}, card=drawn)
    assert isinstance(reply, Show)
    assert told in reply.card.fallback
    (field,) = reply.card.fields
    assert isinstance(field, Choice)
    assert [one.label for one in field.options] == [
        "Wed 2 Dec 13:00",
        "Thu 3 Dec 10:00",
        "Mon 7 Dec 10:00",
    ]
    assert [one.state.phase for one in office.live("anna")] == [Phase.OPEN]
    office.presses("anna", "Snooze", {"until": field.options[1].value}, card=reply.card)
    assert [one.state.snoozed_until for one in office.live("anna")] == [datetime(2026, 12, 3, 8, tzinfo=UTC)]
