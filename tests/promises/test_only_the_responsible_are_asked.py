"""Questions about a pilot go to its owner, or whoever stands in; never to somebody who happens to be there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.core.ports import Show, Store
from bot.service import registry
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def asked(office: Office, user: str) -> bool:
    return any("Invoice matcher" in card.title for card in office.platform.inbox(user))


def test_builder_sponsor_decider_lead_and_colleagues_get_no_form(office: Office) -> None:
    parts = {part: office.person(part).id for part in ("deputy", "sponsor", "decider", "builder")}
    office.person("lena", standing="lead")
    office.person("colleague")
    office.pilot("Invoice matcher", office.person("anna"), **parts)
    mine = office.until_asked("anna")
    office.until(mine.state.closes_at - timedelta(minutes=1))
    others = ("deputy", "sponsor", "decider", "builder", "lena", "colleague")
    assert [user for user in others if asked(office, user)] == []


def test_an_open_check_in_goes_to_the_new_owner_at_once_and_not_at_night(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna)
    mine = office.until_asked("anna")
    office.until(office.now.replace(hour=19))
    office.do(lambda work: registry.change_pilot(work, pilot, {"owner": bo.id}, actor=None))
    office.tick()
    assert not asked(office, "bo")
    before = len(office.platform.inbox("anna"))
    office.until(office.now.replace(hour=7) + timedelta(days=1))
    (theirs,) = office.live("bo")
    assert theirs.id == mine.id
    assert (
        "Invoice matcher is yours now, and this was open with Anna."
        in office.platform.inbox("bo")[0].fallback
    )
    told = "Invoice matcher has another owner now, and Bo answers this. Nothing more is needed from you."
    assert told in office.platform.inbox("anna")[0].fallback
    office.until(office.now + timedelta(days=15))
    assert len(office.platform.inbox("anna")) == before


def test_where_the_new_owner_is_away_the_form_of_the_old_one_is_closed(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo", away_until=date(2027, 1, 8))
    pilot = office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.do(lambda work: registry.change_pilot(work, pilot, {"owner": bo.id}, actor=None))
    office.until(office.now + timedelta(days=1))
    assert "has another owner now" in office.platform.inbox("anna")[0].fallback
    assert not asked(office, "bo")


def test_whoever_the_form_does_not_ask_cannot_answer_it(office: Office) -> None:
    office.person("eve")
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    [form] = office.platform.inbox("anna")
    reply = office.presses("eve", "Nothing to report", card=form)
    assert isinstance(reply, Show)
    assert "There is nothing here for you" in reply.card.fallback
    assert office.live("anna")
