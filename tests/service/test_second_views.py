"""A sponsor is asked for a view of their own once a month, in one tap, and the two who differ see that they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Button, Card, Submit
from bot.core.ports import Show, Store
from bot.core.records import Pilot
from bot.service import auditor
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    anna, sofia = office.person("anna"), office.person("sofia")
    office.person("lena", standing="lead")
    office.pilot("Invoice matcher", anna, owner_accepted=True, sponsor=sofia.id, sponsor_accepted=True)
    return office


def pulse(office: Office, sure: str = "likely") -> None:
    while not any(one.questionnaire == "pulse" for one in office.live("anna")):
        office.until_told("anna")  # a review that waited for the last one comes in between
    office.answers("anna", CALM | {"pulse.sure": sure})
    office.tick()


def asked(office: Office, user: str = "sofia") -> list[Card]:
    return [card for card in office.platform.inbox(user) if "Second view" in card.title]


def told(office: Office, user: str) -> str:
    reply = office.says(user, "status Invoice matcher")
    assert isinstance(reply, Show)
    return reply.card.fallback


def pilot(office: Office) -> Pilot:
    (found,) = office.read(lambda unit: unit.pilots())
    return found


def test_it_rides_along_with_the_owners_answer_and_names_what_they_said(office: Office) -> None:
    office.pilot("Mail sorter", None)
    pulse(office)
    (card,) = asked(office)
    assert "Anna says “likely” for 1 Jun 2027. What is your own view?" in card.fallback
    assert "No decision is planned." in card.fallback
    assert "1 question, under a minute." in card.fallback


def test_it_says_the_one_decision_that_is_due_and_who_takes_it(office: Office) -> None:
    at = office.now.date() + timedelta(days=9)
    office.write(lambda unit: unit.save_pilot(replace(unit.pilots()[0], decide_by=at)))
    pulse(office)
    (card,) = asked(office)
    assert "To decide 2 Dec, by Sofia: scale, fix or stop. Data suggests Fix" in card.fallback


def test_one_tap_answers_it_and_owner_and_sponsor_see_that_they_differ(office: Office) -> None:
    pulse(office)
    office.answers("sofia", {"second.sponsor": "less_hopeful"})
    line = "Sofia is less hopeful than Anna (“likely”, 1 Dec)"
    assert line in told(office, "anna")
    assert line in told(office, "sofia")
    assert "less hopeful" not in told(office, "lena")


def test_who_has_not_looked_has_no_view(office: Office) -> None:
    pulse(office)
    office.answers("sofia", {"second.sponsor": "not_looked"})
    assert "Second view" not in told(office, "anna")


def test_it_comes_once_in_four_weeks_however_often_the_owner_answers(office: Office) -> None:
    pulse(office)
    office.answers("sofia", {"second.sponsor": "same"})
    pulse(office)
    assert len(asked(office)) == 1
    pulse(office)
    assert len(asked(office)) == 2


def test_nobody_has_a_second_view_of_what_they_say_themselves(office: Office) -> None:
    bo = office.person("bo")
    office.pilot("Mail sorter", bo, sponsor=bo.id)
    office.until_asked("bo")
    office.answers("bo", CALM)
    office.tick()
    assert not asked(office, "bo")


def test_nothing_is_asked_of_a_sponsor_of_a_pilot_that_was_paused_since(office: Office) -> None:
    office.until_asked("anna")
    office.now += timedelta(hours=9)  # in the evening: the sponsor would be asked in the morning
    office.answers("anna", CALM)
    office.runs("anna", "pause Invoice matcher until 15 December")
    office.until(office.now + timedelta(days=2))
    assert not asked(office)
    assert pilot(office).stage == "paused"


def test_its_buttons_are_the_four_views_and_ways_out_that_are_the_sponsors_own(office: Office) -> None:
    pulse(office)
    (card,) = asked(office)
    labels = [action.label for action in card.actions if isinstance(action, Button | Submit)]
    assert "Ask a colleague" not in labels
    assert "Pause this pilot" not in labels


# --- a sponsor of several pilots


def sponsored_by(office: Office, *names: str) -> None:
    """More pilots of Sofia's, each with an owner of its own."""
    sofia = pilot(office).sponsor
    for number, name in enumerate(names):
        owner = office.person(f"owner{number}")
        office.pilot(name, owner, owner_accepted=True, sponsor=sofia, sponsor_accepted=True)


def month(office: Office) -> list[Card]:
    return [card for card in office.platform.inbox("sofia") if "pilots this month" in card.title]


def sponsor_reads(office: Office) -> Card:
    """The message after the owner of the first pilot has answered."""
    pulse(office)
    (card,) = month(office)
    return card


def test_a_sponsor_of_several_reads_one_message_with_all_of_them(office: Office) -> None:
    sponsored_by(office, "Mail sorter", "Call notes")
    card = sponsor_reads(office)
    assert card.title == "Your 3 pilots this month"
    for name in ("Invoice matcher", "Mail sorter", "Call notes"):
        assert name in card.fallback
    assert not asked(office)


def test_the_auditor_misses_no_check_in_where_the_month_is_told_of(office: Office) -> None:
    sponsored_by(office, "Mail sorter")
    sponsor_reads(office)
    office.now += 2 * auditor.EVERY
    assert office.do(auditor.audit) == auditor.Audit()


def test_it_comes_once_in_four_weeks_whichever_owner_answers(office: Office) -> None:
    sponsored_by(office, "Mail sorter")
    sponsor_reads(office)
    office.answers("owner0", CALM)
    office.until(office.now + timedelta(days=27))
    assert len(month(office)) == 1
    pulse(office)
    pulse(office)
    assert len(month(office)) == 2
    assert not asked(office)


def test_one_tap_opens_a_view_of_ones_own_where_an_owner_has_said_theirs(office: Office) -> None:
    sponsored_by(office, "Mail sorter")
    card = sponsor_reads(office)
    labels = [action.label for action in card.actions if isinstance(action, Button)]
    assert labels == ["My view: Invoice matcher", "All my pilots"]  # the other owner has not said it yet
    office.presses("sofia", "My view: Invoice matcher", card=card)
    office.tick()
    office.answers("sofia", {"second.sponsor": "less_hopeful"})
    assert "Sofia is less hopeful than Anna" in told(office, "anna")


def test_it_says_first_what_waits_for_the_sponsor(office: Office) -> None:
    sponsored_by(office, "Mail sorter")
    due = office.now.date() + timedelta(days=1)
    office.write(
        lambda unit: unit.save_pilot(
            replace(unit.pilots()[0], decide_by=due, decider=unit.pilots()[0].sponsor)
        )
    )
    card = sponsor_reads(office)
    assert "Waits for you\nInvoice matcher: " in card.fallback
    assert any("Invoice matcher" in action.label for action in card.actions if isinstance(action, Button))


def test_a_sponsor_who_is_away_reads_it_when_they_are_back(office: Office) -> None:
    sponsored_by(office, "Mail sorter")
    office.says("sofia", "away until 15 December 2026")
    pulse(office)
    assert not month(office)
    office.until(office.now + timedelta(days=21))
    assert len(month(office)) == 1
