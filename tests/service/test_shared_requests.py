"""Whoever can clear what holds up several pilots is asked once for all of them, and each owner hears the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.card import Button
from bot.core.ports import Nothing, Store
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

OWNERS = {"anna": "Invoice matcher", "bo": "Email sorter", "carl": "Warranty checker"}


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("sofia")
    for owner, pilot in OWNERS.items():
        office.pilot(pilot, office.person(owner))
    return office


def blocked(office: Office, owner: str, need: str = "", who: str = "Sofia") -> None:
    office.until_asked(owner)
    office.answers(owner, CALM | {"pulse.block": "security"})
    office.answers(owner, {"pulse.who": who, "pulse.need": need})


def last(office: Office, user: str) -> str:
    return office.platform.inbox(user)[-1].fallback


def test_one_message_names_all_who_wait_for_the_same_and_for_how_long(office: Office) -> None:
    blocked(office, "anna", "A slot")
    assert "Anna needs your help with Invoice matcher" in last(office, "sofia")
    office.now += timedelta(days=1)
    blocked(office, "bo", "A name to talk to")
    blocked(office, "carl")
    (card,) = office.platform.inbox("sofia")
    assert card.title == "Security review: 3 pilots wait for you"
    assert "Invoice matcher (1 day, since 1 Dec). Anna: A slot" in card.fallback
    assert "Email sorter (since today). Bo: A name to talk to" in card.fallback
    assert [button.label for button in card.actions if isinstance(button, Button)] == [
        "On it",
        "Not me",
        "Need to talk",
    ]
    assert "I asked Sofia for help" in last(office, "carl")
    todo = office.says("sofia", "todo").card.fallback  # type: ignore[union-attr]  # a Show
    assert todo.count("your help") == 1
    assert "2 more pilots wait for it too" in todo


def test_one_answer_goes_back_to_every_owner(office: Office) -> None:
    for owner in OWNERS:
        blocked(office, owner)
    assert office.presses("sofia", "On it") == Nothing()
    for owner in OWNERS:
        assert "Sofia answered your request for help: On it" in last(office, owner)
    (card,) = office.platform.inbox("sofia")
    assert "You answered: On it" in card.fallback
    assert card.actions == ()
    assert len(office.events("request.reply")) == 3


def test_who_joins_after_the_answer_hears_it_at_once_and_nobody_is_asked_again(office: Office) -> None:
    blocked(office, "anna")
    blocked(office, "bo")
    office.presses("sofia", "Need to talk")
    office.now += timedelta(days=1)
    blocked(office, "carl")
    told = "\n".join(card.fallback for card in office.platform.inbox("carl"))
    assert "Sofia was asked about the same (Security review) by others" in told
    assert "Need to talk" in told
    (card,) = office.platform.inbox("sofia")
    assert "Warranty checker" in card.fallback


def test_an_answer_stands_for_a_fortnight_and_is_asked_for_anew_then(office: Office) -> None:
    blocked(office, "anna")
    blocked(office, "bo")
    office.presses("sofia", "On it")
    office.until(office.now + timedelta(days=15))
    blocked(office, "carl")
    assert len(office.platform.inbox("sofia")) == 2


def test_what_is_cleared_for_one_leaves_the_message_and_the_last_one_settles_it(office: Office) -> None:
    blocked(office, "anna")
    blocked(office, "bo")
    office.presses("anna", "Correct an answer", {"question": "pulse.block"})
    office.answers("anna", {"pulse.block": "nothing"})
    (card,) = office.platform.inbox("sofia")
    assert "Bo needs your help with Email sorter" in card.fallback
    office.presses("sofia", "On it")
    assert "On it" in last(office, "bo")
    assert "On it" not in last(office, "anna")


def test_another_person_or_another_blocker_is_asked_for_by_itself(office: Office) -> None:
    office.person("rita")
    blocked(office, "anna")
    blocked(office, "bo", who="Rita")
    assert len(office.platform.inbox("rita")) == 1
    office.until_asked("carl")
    office.answers("carl", CALM | {"pulse.block": "data"})
    office.answers("carl", {"pulse.who": "Sofia"})
    assert len(office.platform.inbox("sofia")) == 2


def test_who_was_away_gets_one_message_for_all_who_came_to_wait_meanwhile(office: Office) -> None:
    office.runs("sofia", "away until 4 December")
    blocked(office, "anna", "A slot")
    office.now += timedelta(days=1)
    blocked(office, "bo")
    assert not [card for card in office.platform.inbox("sofia") if "wait" in card.title]
    asked = len(office.platform.inbox("sofia"))
    office.until(office.now + timedelta(days=14))
    (card,) = office.platform.inbox("sofia")[asked:]
    assert card.title == "Security review: 2 pilots wait for you"
    assert "Invoice matcher" in card.fallback
    assert "Email sorter" in card.fallback
    office.presses("sofia", "On it")
    assert "On it" in last(office, "anna")
    assert "On it" in last(office, "bo")


def test_what_was_asked_before_somebody_left_is_kept_true_in_its_place(office: Office) -> None:
    blocked(office, "anna")
    office.runs("sofia", "away until 4 December")
    before = len(office.platform.inbox("sofia"))
    blocked(office, "bo")
    (card,) = [card for card in office.platform.inbox("sofia") if "wait for you" in card.title]
    assert "Email sorter" in card.fallback
    office.until(office.now + timedelta(days=14))
    assert len(office.platform.inbox("sofia")) == before


def test_who_cleared_it_while_its_person_was_away_leaves_nothing_to_ask(office: Office) -> None:
    office.runs("sofia", "away until 4 December")
    blocked(office, "anna")
    blocked(office, "bo")
    for owner in ("anna", "bo"):
        office.presses(owner, "Correct an answer", {"question": "pulse.block"})
        office.answers(owner, {"pulse.block": "nothing"})
    asked = len(office.platform.inbox("sofia"))
    office.until(office.now + timedelta(days=14))
    assert len(office.platform.inbox("sofia")) == asked
