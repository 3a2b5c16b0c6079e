"""Whoever answers for several pilots gets one message for all that is due, and each pilot stays its own request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Button, Card
from bot.core.ports import Store
from bot.core.retention import Kept
from bot.service import auditor
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone, as the policy asks them."""
    policy = CONTENT.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(policy, cadences=pulses)))


def due(office: Office, number: int, user: str = "anna") -> None:
    """Somebody with so many pilots, all of them asked about by now."""
    anna = office.person(user)
    for name in ("Invoice matcher", "Chat helper", "Ticket router", "Claims", "Forecast", "Search", "Ads")[
        :number
    ]:
        office.pilot(name, anna)
    office.until_told(user)


def labels(card: Card) -> list[str]:
    return [one.label for one in card.actions if isinstance(one, Button)]


def lines(card: Card) -> Iterator[str]:
    return iter(card.fallback.splitlines()[1:])


def opens(office: Office, label: str) -> Card:
    reply = office.presses("anna", label)
    return reply.card  # type: ignore[union-attr]  # a Show


def test_three_pilots_are_one_message_with_a_button_for_each(office: Office) -> None:
    due(office, 3)
    (card,) = office.platform.inbox("anna")
    assert card.title == "Questions about 3 pilots"
    assert labels(card) == ["Answer: Invoice matcher", "Answer: Chat helper", "Answer: Ticket router"]
    assert not card.fields
    assert len(office.live("anna")) == 3


def test_one_pilot_is_asked_about_in_a_message_of_its_own(office: Office) -> None:
    due(office, 1)
    (card,) = office.platform.inbox("anna")
    assert card.fields


def test_a_message_holds_five_and_the_rest_comes_in_the_next(office: Office) -> None:
    due(office, 7)
    assert [len(labels(card)) for card in office.platform.inbox("anna")] == [5, 2]


def test_an_answer_closes_one_of_them_and_the_message_says_so(office: Office) -> None:
    due(office, 2)
    form = opens(office, "Answer: Chat helper")
    office.presses("anna", form.actions[0].label, CALM, card=form)  # type: ignore[union-attr]  # its Submit
    (card,) = office.platform.inbox("anna")
    assert card.title == "Questions about 2 pilots: 1 still open"
    assert labels(card) == ["Answer: Invoice matcher", "See: Chat helper"]
    assert [line.startswith("Chat helper (pilot check-in). Thank you.") for line in lines(card)][:2] == [
        False,
        True,
    ]
    assert [one.state.phase.value for one in office.live("anna")] == ["open"]
    seen = opens(office, "See: Chat helper")
    assert labels(seen) == ["Correct an answer"]


def test_snoozing_one_leaves_the_others_as_they_were(office: Office) -> None:
    due(office, 2)
    form = opens(office, "Answer: Chat helper")
    office.snoozes("anna", card=form)
    (card,) = office.platform.inbox("anna")
    assert labels(card) == ["Answer: Invoice matcher", "Answer now: Chat helper"]


def test_a_reminder_is_one_message_too_and_names_only_what_is_still_open(office: Office) -> None:
    due(office, 3)
    form = opens(office, "Answer: Chat helper")
    office.presses("anna", form.actions[0].label, CALM, card=form)  # type: ignore[union-attr]  # its Submit
    office.until_told("anna")
    first, reminder = office.platform.inbox("anna")
    assert labels(reminder) == ["Answer: Invoice matcher", "Answer: Ticket router"]
    assert all("Still waiting for you." in line for line in list(lines(reminder))[:2])
    assert labels(first) == ["See: Chat helper"], "what is asked again further down is not asked here"


def test_what_follows_from_silence_is_told_in_it_before_anybody_else_hears(office: Office) -> None:
    deputy, lead = office.person("dora"), office.person("lena", standing="lead")
    anna = office.person("anna")
    for name in ("Invoice matcher", "Chat helper"):
        office.pilot(name, anna, deputy=deputy.id, sponsor=lead.id)
    office.until_told("anna")
    office.until_told("anna")
    assert all("Dora" in line for line in list(lines(office.platform.inbox("anna")[-1]))[:2])
    office.until_told("dora", days=30)


def test_a_deputy_of_several_who_are_away_is_asked_in_one_message(office: Office) -> None:
    dora = office.person("dora")
    for name, user in (("Invoice matcher", "anna"), ("Chat helper", "ben")):
        office.pilot(name, office.person(user), deputy=dora.id)
        office.runs(user, "away until 31 December")
    office.until_told("dora")
    assert [card.title for card in office.platform.inbox("dora")] == ["Questions about 2 pilots"]


@pytest.mark.parametrize("command", ["away until 31 December", "delegate Dora until 31 December"])
def test_what_goes_to_a_deputy_comes_in_one_message_at_a_good_hour(office: Office, command: str) -> None:
    dora, anna = office.person("dora"), office.person("anna")
    for name in ("Invoice matcher", "Chat helper", "Ticket router"):
        office.pilot(name, anna, deputy=dora.id)
    office.until_told("anna")
    office.now = office.now.replace(hour=20)  # 22:00 in Riga
    office.runs("anna", command)
    told = [card for card in office.platform.inbox("dora") if card.title.startswith("Questions")]
    assert told == []
    office.until(office.now + timedelta(hours=12))
    handed = [card for card in office.platform.inbox("dora") if "in their place" not in card.fallback]
    assert [card.title for card in handed] == ["Questions about 3 pilots"], "and no reminder of it beside it"
    assert all("This was open with Anna." in line for line in list(lines(handed[0]))[:3])
    assert len(office.live("dora")) == 3


def test_one_message_counts_once_in_a_week(office: Office) -> None:
    policy = office.content.policy
    few = replace(policy.asking, messages_a_week=1)
    office.content = replace(office.content, policy=replace(policy, asking=few))
    due(office, 5)
    assert [len(labels(card)) for card in office.platform.inbox("anna")] == [5]


def test_a_check_in_within_another_message_is_proven(office: Office) -> None:
    due(office, 3)
    office.now += 2 * auditor.EVERY
    assert office.do(auditor.audit) == auditor.Audit()


def test_people_who_come_to_a_pilot_by_a_spreadsheet_are_told_once_why(office: Office) -> None:
    due(office, 3)
    (card,) = office.platform.inbox("anna")
    assert card.footer.startswith("You get this because you are named for these pilots.")


def test_what_is_not_kept_in_messages_is_not_kept_in_their_lines(office: Office) -> None:
    due(office, 3)
    office.write(lambda unit: unit.forget(Kept.MESSAGES, office.now + DAY, limit=99))
    host = "bundle:checkin:1:invite"
    assert {one.card.body for one in office.read(lambda unit: unit.strips(host))} == {()}
    office.presses("anna", "Answer: Chat helper")
    office.until(office.now + DAY)  # reminded: the old message says so, and no word of what is forgotten
    assert len(office.platform.inbox("anna")) == 2


def test_two_people_get_a_message_each(office: Office) -> None:
    anna, ben = office.person("anna"), office.person("ben")
    for number in range(4):
        office.pilot(f"Pilot {number}", anna if number % 2 else ben)
    office.until_told("anna")
    assert [len(labels(card)) for card in office.platform.inbox("anna")] == [2]
    assert [len(labels(card)) for card in office.platform.inbox("ben")] == [2]


def test_whom_several_owners_named_gets_one_message_that_says_whose_place_it_is(office: Office) -> None:
    dora = office.person("dora")
    office.pilot("Search", dora)
    for name, user in (("Invoice matcher", "anna"), ("Chat helper", "ben")):
        office.pilot(name, office.person(user))
        office.runs(user, "delegate Dora until 31 December")
    asks = office.platform.inbox("dora")
    office.until_told("dora")
    (card,) = office.platform.inbox("dora")[len(asks) :]
    assert card.title == "Questions about 3 pilots"
    told = {line.partition(" (")[0]: line for line in lines(card)}
    assert "You answer for Anna. 5 questions" in told["Invoice matcher"]
    assert "You answer for Ben. 5 questions" in told["Chat helper"]
    assert "You answer for" not in told["Search"]


def test_whoever_answers_in_anothers_place_reads_it_above_the_form_too(office: Office) -> None:
    office.person("dora")
    office.pilot("Invoice matcher", office.person("anna"))
    office.runs("anna", "delegate Dora until 31 December")
    office.until_asked("dora")
    assert "You answer for Anna." in office.platform.inbox("dora")[-1].fallback
