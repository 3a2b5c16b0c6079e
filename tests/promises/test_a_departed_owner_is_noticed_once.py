"""A pilot whose owner is gone is marked, and its sponsor and the leads are asked once who takes over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import DeliveryError, Problems, Store
from bot.service import people
from tests.fakes.office import Office
from tests.promises.test_leavers_items_move_on import closes_account, pilot_of, titles, uninstalls

pytest_plugins = ["tests.databases"]

ASKED = "Invoice matcher: who is its new owner?"
DAY = timedelta(days=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    """Anna owns a pilot that Sven sponsors; Lena and Liga are portfolio leads."""
    office = Office(any_store)
    for user in ("lena", "liga"):
        office.person(user, standing="lead")
    return office


def count(office: Office, user: str) -> int:
    return titles(office, user).count(ASKED)


@pytest.mark.parametrize("leaves", [closes_account, uninstalls])
def test_the_pilot_is_marked_and_each_is_asked_once(office: Office, leaves) -> None:
    anna, sven = office.person("anna"), office.person("sven")
    pilot = office.pilot("Invoice matcher", anna, sponsor=sven.id)
    leaves(office, "anna")
    leaves(office, "anna")  # platforms repeat themselves
    office.until(office.now + 21 * DAY)
    assert pilot_of(office, pilot).owner is None
    [event] = office.events("pilot.owner_left")
    assert (event.pilot, event.subject) == (pilot.id, str(anna.id))
    assert [count(office, user) for user in ("sven", "lena", "liga")] == [1, 1, 1]


def test_the_signal_is_on_at_once(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna, owner_accepted=True)
    office.tick()
    closes_account(office, "anna")
    office.tick()
    found = office.read(lambda unit: unit.evaluation(pilot.id))
    [signal] = [seen.signal for seen in found.signals if seen.signal.id == "P06"]
    assert "nobody else answers for the result" in signal.text


def test_a_message_that_is_refused_for_good_is_noticed_too(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.platform.refusing["dm:anna"] = [DeliveryError("the account is closed", permanent=True, gone=True)]
    office.until(office.now + 21 * DAY)
    assert pilot_of(office, pilot).owner is None
    assert count(office, "lena") == 1


def test_an_owner_who_never_wrote_to_us_has_not_left(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.write(lambda unit: unit.switch_off(office.address("anna")))  # known from a channel alone
    office.until(office.now + 3 * DAY)
    assert pilot_of(office, pilot).owner == anna.id


def test_somebody_whom_an_admin_lets_go_is_noticed_by_the_next_morning(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.tick()
    office.do(lambda work: people.set_active(work, anna, active=False))
    office.until(office.now + DAY)
    assert pilot_of(office, pilot).owner is None
    assert count(office, "lena") == 1


def test_nobody_who_left_is_asked(office: Office) -> None:
    anna, sven = office.person("anna"), office.person("sven")
    office.pilot("Invoice matcher", anna, sponsor=sven.id)
    closes_account(office, "sven")
    closes_account(office, "liga")
    closes_account(office, "anna")
    assert [count(office, user) for user in ("sven", "liga", "lena")] == [0, 0, 1]


def test_the_successor_is_asked_and_accepts(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna)
    closes_account(office, "anna")
    office.presses("lena", "Name somebody", {"to": "Bo"})
    assert "You named Bo as the new owner" in office.platform.inbox("lena")[-1].fallback
    assert "nothing is needed from you" in office.platform.inbox("liga")[-1].fallback
    assert titles(office, "bo") == ["Invoice matcher: is that you?"]
    office.presses("bo", "Accept")
    now = pilot_of(office, pilot)
    assert (now.owner, now.owner_accepted) == (bo.id, True)
    assert office.until_asked("bo").pilot == pilot.id


def test_one_who_refuses_leaves_the_question_with_whoever_named_them(office: Office) -> None:
    anna = office.person("anna")
    office.person("bo")
    dora = office.person("dora")
    pilot = office.pilot("Invoice matcher", anna)
    closes_account(office, "anna")
    office.presses("lena", "Name somebody", {"to": "Bo"})
    office.presses("bo", "Not me")
    assert pilot_of(office, pilot).owner is None
    office.presses("lena", "Name somebody else", {"to": "Dora"})
    assert pilot_of(office, pilot).owner == dora.id


def test_the_deputy_is_named_in_one_tap(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna, deputy=bo.id)
    closes_account(office, "anna")
    assert "until there is one, I ask Bo its questions" in office.platform.inbox("lena")[-1].fallback
    office.presses("lena", "Bo does")
    assert pilot_of(office, pilot).owner == bo.id


def test_a_name_that_nobody_has_is_said_so_and_changes_nothing(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    closes_account(office, "anna")
    for said in ("", "Nobody Known"):
        reply = office.presses("lena", "Name somebody", {"to": said})
        assert isinstance(reply, Problems)
        assert set(reply.by_field) == {"to"}
    assert pilot_of(office, pilot).owner is None


def test_a_question_that_is_settled_takes_no_second_answer(office: Office) -> None:
    anna = office.person("anna")
    lena = office.read(lambda unit: unit.find_people("Lena"))[0]
    pilot = office.pilot("Invoice matcher", anna)
    closes_account(office, "anna")
    [asked] = [card for card in office.platform.inbox("liga") if card.title == ASKED]
    office.presses("lena", "I do")
    office.presses("liga", "I do", card=asked)
    assert pilot_of(office, pilot).owner == lena.id
