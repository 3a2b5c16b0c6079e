"""What waits for somebody who leaves moves on: to the deputy, back to whoever asked, to a person who names another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.ports import Changed, Inbound, Joined, Left, Place, Sender, Store
from bot.core.records import Person, Pilot, Request
from bot.core.state import Phase
from bot.service import receive, requests
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def closes_account(office: Office, user: str, *, is_open: bool = False) -> None:
    office.acts += 1
    told = Inbound(
        f"act{office.acts}", Sender("local", "local", user), Changed(open=is_open), Place(f"dm:{user}")
    )
    receive.receive(office.store, office.content, told, office.now)
    office.deliver()


def uninstalls(office: Office, user: str) -> None:
    office.act(user, Left())


def pilot_of(office: Office, pilot: Pilot) -> Pilot:
    found: Pilot = office.read(lambda unit: unit.pilot(pilot.id))
    return found


def titles(office: Office, user: str) -> list[str]:
    return [card.title for card in office.platform.inbox(user)]


def helps(office: Office, pilot: Pilot, person: Person, by: Person) -> None:
    asked = Request(0, "help", pilot.id, person.id, by.id, office.now, "access to the ledger", "Data access")
    assert office.do(lambda work: requests.ask(work, pilot, asked))
    office.deliver()


@pytest.mark.parametrize("leaves", [closes_account, uninstalls])
def test_an_open_check_in_is_the_deputys(office: Office, leaves: Any) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    office.pilot("Invoice matcher", anna, deputy=bo.id)
    asked = office.until_asked("anna")
    leaves(office, "anna")
    [theirs] = office.live("bo")
    assert theirs.id == asked.id
    office.answers("bo", CALM)
    assert office.read(lambda unit: unit.checkin(asked.id)).state.phase is Phase.DONE


def test_a_request_goes_back_to_whoever_asked(office: Office) -> None:
    anna, dana = office.person("anna"), office.person("dana")
    pilot = office.pilot("Invoice matcher", anna, stage="idea")
    helps(office, pilot, dana, anna)
    closes_account(office, "dana")
    told = office.platform.inbox("anna")[-1].fallback
    assert "Dana has left." in told
    assert "“Data access”" in told
    assert office.read(lambda unit: unit.requests(person=dana.id)) == []


def test_who_left_is_asked_for_nothing_by_anybody(office: Office) -> None:
    anna, dana = office.person("anna"), office.person("dana")
    pilot = office.pilot("Invoice matcher", anna, stage="idea")
    closes_account(office, "dana")
    asked = Request(0, "help", pilot.id, dana.id, anna.id, office.now, "access", "Data access")
    assert not office.do(lambda work: requests.ask(work, pilot, asked))


def test_a_sponsor_who_leaves_is_replaced_by_whom_the_owner_names(office: Office) -> None:
    anna, sven = office.person("anna"), office.person("sven")
    office.person("dora")
    pilot = office.pilot("Invoice matcher", anna, sponsor=sven.id, decider=sven.id)
    closes_account(office, "sven")
    assert titles(office, "anna")[-1] == "Invoice matcher: who is its new sponsor?"
    office.presses("anna", "Name somebody", {"to": "Dora"})
    assert titles(office, "dora") == ["Invoice matcher: is that you?"]
    office.presses("dora", "Accept")
    now = pilot_of(office, pilot)
    assert (now.sponsor, now.sponsor_accepted) == (
        office.read(lambda unit: unit.find_people("Dora"))[0].id,
        True,
    )
    assert now.decider is None, "whoever sponsors it decides, unless another is named"


@pytest.mark.parametrize("leaves", [closes_account, uninstalls])
def test_who_comes_back_before_anybody_took_over_has_it_again(office: Office, leaves: Any) -> None:
    anna = office.person("anna")
    office.person("lena", standing="lead")
    pilot = office.pilot("Invoice matcher", anna, owner_accepted=True)
    leaves(office, "anna")
    assert pilot_of(office, pilot).owner is None
    if leaves is closes_account:
        closes_account(office, "anna", is_open=True)
    else:
        office.act("anna", Joined())
    now = pilot_of(office, pilot)
    assert (now.owner, now.owner_accepted) == (anna.id, True)
    assert "you are the owner of Invoice matcher again" in office.platform.inbox("anna")[-1].fallback
    assert office.read(lambda unit: unit.requests(pilot=pilot.id)) == [], "nobody need be named any more"


def test_who_comes_back_too_late_finds_it_in_other_hands(office: Office) -> None:
    anna = office.person("anna")
    lena = office.person("lena", standing="lead")
    pilot = office.pilot("Invoice matcher", anna, owner_accepted=True)
    closes_account(office, "anna")
    office.presses("lena", "I do")
    closes_account(office, "anna", is_open=True)
    assert pilot_of(office, pilot).owner == lena.id


def test_the_question_who_takes_over_keeps_good_hours_and_holds_back_no_answer(office: Office) -> None:
    lena, anna = office.person("lena", standing="lead"), office.person("anna")
    pilot = office.pilot("Invoice matcher", anna, stage="idea")
    office.now = office.now.replace(hour=20)  # 22:00 in Riga
    closes_account(office, "anna")
    assert titles(office, "lena") == []
    helps(office, pilot, lena, lena)  # what a person asks comes at once
    assert len(titles(office, "lena")) == 1
    office.until(office.now + timedelta(hours=9, minutes=59))
    assert len(titles(office, "lena")) == 1
    office.until(office.now + timedelta(hours=4))
    assert len(titles(office, "lena")) == 2


def test_a_question_that_is_settled_before_the_morning_never_comes(office: Office) -> None:
    office.person("lena", standing="lead")
    pilot = office.pilot("Invoice matcher", office.person("anna"), stage="idea")
    office.now = office.now.replace(hour=20)
    closes_account(office, "anna")
    closes_account(office, "anna", is_open=True)
    assert pilot_of(office, pilot).owner is not None
    office.until(office.now + timedelta(days=2))
    assert not any("owner" in title.casefold() for title in titles(office, "lena"))
