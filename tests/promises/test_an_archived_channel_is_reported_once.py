"""A channel that is archived is reported to whoever set it up, once; so is an address that is gone, to the leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core.card import Card
from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message
from bot.storage import open_store
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

ARCHIVED = DeliveryError("the channel is archived; name another one for the digest (is_archived)", gone=True)
CLOSED = DeliveryError("the account was closed (account_inactive)", gone=True)
YEAR = timedelta(weeks=52)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    store = open_store(sqlite_url)
    office = Office(store)
    office.person("lena", standing="lead")
    office.person("otto", standing="admin")
    yield office
    store.close()


def about(office: Office, user: str, words: str) -> list[Card]:
    return [card for card in office.platform.inbox(user) if words in card.title]


def test_a_year_of_digests_to_an_archived_channel_is_one_report(office: Office) -> None:
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.platform.refusing["channel:ai-pilots"] = [ARCHIVED] * 1000
    tried = office.platform.calls
    office.until(MONDAY + YEAR)
    assert office.platform.calls - tried >= 52, "each week finds out whether it was mended"
    assert len(about(office, "lena", "did not reach")) == 1
    assert about(office, "otto", "did not reach") == []


def test_the_other_channels_get_their_digest_all_the_same(office: Office) -> None:
    for channel in ("archived", "alive"):
        office.runs("lena", "digest subscribe", channel=channel)
    office.platform.refusing["channel:archived"] = [ARCHIVED] * 1000
    office.until(MONDAY + timedelta(weeks=4))
    assert len([post for post in office.platform.channel("alive") if not post.thread]) == 4
    assert office.platform.channel("archived") == []


def test_an_address_that_is_gone_is_switched_off_and_said_once(office: Office) -> None:
    anna = office.person("anna")
    for number in range(3):
        office.pilot(f"Pilot {number}", anna)
    office.platform.refusing["dm:anna"] = [CLOSED] * 1000
    tried = office.platform.calls
    for number in range(10):
        office.write(
            lambda unit, n=number: unit.enqueue(
                Message(f"m{n}", office.address("anna"), note("m")), office.now
            )
        )
    office.deliver()
    office.until(MONDAY + timedelta(weeks=12))
    for lead in ("lena", "otto"):
        assert len(about(office, lead, "Anna cannot be reached")) == 1
    refused = 1000 - len(office.platform.refusing["dm:anna"])
    assert refused == 1, f"{refused} of {office.platform.calls - tried} calls went to an address that is off"
