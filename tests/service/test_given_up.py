"""Messages that were given up: an admin hears of them once, unless somebody else did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message, Store
from bot.core.records import Person
from bot.service import given_up, letters
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(store: Store) -> Office:
    """An admin, a lead, and Dana with a pilot."""
    made = Office(store)
    made.person("ada", standing="admin")
    made.person("lena", standing="lead")
    made.pilot("Invoice matcher", made.person("dana"))
    return made


def lost(office: Office, *keys: str, error: DeliveryError | None = None) -> None:
    """Messages to Dana that the platform never takes."""
    for key in keys:
        message = Message(key, office.address("dana"), note(key))
        office.write(lambda unit, one=message: unit.enqueue(one, office.now))
        office.platform.refusing["dm:dana"] = [
            error or DeliveryError("the platform is broken", permanent=True)
        ]
        office.deliver()
        office.now += timedelta(minutes=1)
    office.platform.refusing.clear()


def told(office: Office, user: str = "ada") -> list[str]:
    """After two looks of the worker."""
    for _ in range(2):
        given_up.watch(office.store, office.content, office.now, organisation=office.organisation.id)
        office.deliver()
        office.now += timedelta(hours=1)
    return [card.fallback for card in office.platform.inbox(user) if "not delivered" in card.title]


def test_nothing_given_up_is_not_talked_about(office: Office) -> None:
    assert told(office) == []


def test_an_admin_hears_once_how_many_and_what_to_do(office: Office) -> None:
    lost(office, "one", "two")
    (said,) = told(office)
    assert said.startswith("2 messages not delivered.")
    assert "the platform is broken" in said
    assert "rampcheck outbox retry --all" in said
    assert told(office, "lena") == []


def test_it_is_said_again_where_more_was_given_up(office: Office) -> None:
    lost(office, "one")
    assert len(told(office)) == 1
    lost(office, "two")
    assert [said.partition(".")[0] for said in told(office)] == [
        "1 message not delivered",
        "2 messages not delivered",
    ]


def test_what_was_sent_after_all_is_not_counted(office: Office) -> None:
    lost(office, "one")
    letters.retry(office.store, office.store.letters.dead(limit=10), office.now)
    office.deliver()
    assert told(office) == []


def test_where_somebody_was_told_already_it_is_left_at_that(office: Office) -> None:
    lost(office, "one", error=DeliveryError("the account was closed", permanent=True, gone=True))
    assert told(office) == []


def test_without_an_admin_the_leads_hear_of_it(store: Store) -> None:
    made = Office(store)
    made.person("lena", standing="lead")
    made.write(lambda unit: unit.save_person(Person(0, "Gus")))
    made.pilot("Invoice matcher", made.person("dana"))
    lost(made, "one")
    assert len(told(made, "lena")) == 1
