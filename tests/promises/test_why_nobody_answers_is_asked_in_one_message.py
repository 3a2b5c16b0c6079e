"""Of several silent pilots deputy, sponsor and leads each hear in one message, and each reply is its own pilot's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import nags
from bot.core.card import Button, Card
from bot.core.ports import DeliveryError, Show, Store, Update
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NAMES = ("Invoice matcher", "Chat helper", "Ticket router", "Claims", "Forecast", "Search")
ANSWERED = "Chat helper: Anna has answered; nothing is needed from you any more. Thank you."


@pytest.fixture
def office(any_store: Store) -> Office:
    """Anna owns, Bo is her deputy, Sven sponsors, Lena leads; pulses alone, and no reminder beside the ladder."""
    policy = CONTENT.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    quick = replace(policy.escalation, days=dict.fromkeys(policy.escalation.days, 1))
    calm = replace(policy, cadences=pulses, escalation=quick, asking=replace(policy.asking, reminders=0))
    office = Office(any_store, content=replace(CONTENT, policy=calm))
    office.person("lena", standing="lead")
    for user in ("anna", "bo", "sven"):
        office.person(user)
    return office


def silent(office: Office, number: int = 3, owner: str = "anna", deputy: str = "", names: int = 0) -> None:
    """So many pilots of one owner, sponsored by Sven, about which nobody answers."""
    found = {
        user: office.read(lambda unit, user=user: unit.person_of(office.connection.id, user))
        for user in ("sven", owner, deputy)
        if user
    }
    for name in NAMES[names : names + number]:
        stand_in = found[deputy].id if deputy else None
        office.pilot(name, found[owner], sponsor=found["sven"].id, deputy=stand_in)


def asked(office: Office, user: str) -> list[Card]:
    """What somebody was asked about silence, of one pilot or of several."""
    titles = ("No answer about", *(f"{name}: no answer" for name in NAMES))
    return [card for card in office.platform.inbox(user) if card.title.startswith(titles)]


def wait_for(office: Office, user: str) -> Card:
    while not asked(office, user):
        due = office.read(lambda unit: unit.next_moment())
        office.until(max(due, office.now))
    return asked(office, user)[0]


def lines(card: Card) -> list[str]:
    return card.fallback.splitlines()[1:]


def labels(card: Card) -> list[str]:
    return [one.label for one in card.actions if isinstance(one, Button)]


def opens(office: Office, user: str, label: str) -> Card:
    reply = office.presses(user, label)
    assert isinstance(reply, Show)
    return reply.card


def anna_answers_about(office: Office, name: str) -> None:
    form = opens(office, "anna", f"Answer: {name}")
    office.presses("anna", form.actions[0].label, CALM, card=form)  # type: ignore[union-attr]  # its Submit


def test_each_of_them_gets_one_message_with_a_line_and_a_button_for_each_pilot(office: Office) -> None:
    silent(office, deputy="bo")
    for user, asks in (
        ("bo", "Can you answer in their place?"),
        ("sven", "Is it still running?"),
        ("lena", "Is it"),
    ):
        card = wait_for(office, user)
        assert card.title == "No answer about 3 pilots"
        for line, name in zip(lines(card), NAMES, strict=False):
            assert line.startswith(f"{name}: Anna has not answered since 1 Dec. {asks}")
        assert labels(card) == [f"Reply: {name}" for name in NAMES[:3]]
        assert len(asked(office, user)) == 1


def test_six_are_five_in_a_message_and_one_in_its_own_and_count_as_these_two(office: Office) -> None:
    silent(office, 6)
    first = wait_for(office, "sven")
    assert len(lines(first)) == len(labels(first)) == 5
    assert [card.title for card in asked(office, "sven")] == [first.title, "Search: no answer"]
    noted = office.read(lambda unit: unit.nags_of(office_person(office, "sven"), limit=99))
    assert {(one.step, one.at) for one in noted} == {("sponsor", office.now)}
    full = nags.room_at(noted, office.now + HOUR, budget=3)
    assert (full, nags.room_at(noted, office.now + HOUR, budget=2) > full) == (office.now + HOUR, True)


def office_person(office: Office, user: str) -> int:
    return int(office.read(lambda unit: unit.person_of(office.connection.id, user)).id)


def test_a_reply_settles_its_own_line_and_an_old_button_says_what_happened(office: Office) -> None:
    silent(office)
    before = wait_for(office, "sven")
    question = opens(office, "sven", "Reply: Chat helper")
    assert question.title == "Chat helper: no answer"
    assert labels(question) == ["Yes, it is", "New owner", "Pause it", "Decide"]
    done = office.presses("sven", "Yes, it is", card=question)
    assert isinstance(done, Update)
    assert done.card.fallback == "Chat helper: Noted: it is running. Thank you."
    (card,) = asked(office, "sven")
    assert card.title == "No answer about 3 pilots: 2 still open"
    assert lines(card)[1] == done.card.fallback
    assert labels(card) == ["Reply: Invoice matcher", "Reply: Ticket router"]
    for label, old in (("Pause it", question), ("Reply: Chat helper", before)):
        reply = office.presses("sven", label, {"until": "in a week"}, card=old)
        assert isinstance(reply, Show)
        assert reply.card.fallback == done.card.fallback
        assert not reply.card.actions
    assert labels(wait_for(office, "lena")) == labels(card)


def test_the_deputy_takes_one_of_them(office: Office) -> None:
    silent(office, 2, deputy="bo")
    wait_for(office, "bo")
    office.presses("bo", "I answer it", card=opens(office, "bo", "Reply: Chat helper"))
    (card,) = asked(office, "bo")
    assert lines(card)[1] == "Chat helper: It is yours now: the questions are below."
    assert labels(card) == ["Reply: Invoice matcher"]
    assert len(office.live("bo")) == 1


def test_an_answer_takes_its_line_back(office: Office) -> None:
    silent(office)
    wait_for(office, "sven")
    anna_answers_about(office, "Chat helper")
    (card,) = asked(office, "sven")
    assert lines(card)[1] == ANSWERED
    assert labels(card) == ["Reply: Invoice matcher", "Reply: Ticket router"]
    assert opens(office, "sven", "Reply: Invoice matcher").title == "Invoice matcher: no answer"


def test_a_line_that_was_not_sent_yet_is_never_sent_once_there_is_an_answer(office: Office) -> None:
    silent(office)
    office.platform.refusing["dm:sven"] = [DeliveryError("busy", retry_after=7200.0)]
    while office.platform.refusing["dm:sven"]:
        office.until(office.now + HOUR)
    anna_answers_about(office, "Chat helper")
    office.until(office.now + 5 * HOUR)
    (card,) = asked(office, "sven")
    assert [line.partition(":")[0] for line in lines(card)] == ["Invoice matcher", "Ticket router"]
    office.presses("sven", "Yes, it is", card=opens(office, "sven", "Reply: Ticket router"))
    assert asked(office, "sven")[0].title == "No answer about 2 pilots: 1 still open"


def test_whoever_was_away_is_asked_in_one_message_when_they_are_back(office: Office) -> None:
    silent(office)
    office.runs("sven", "away until 10 December")
    wait_for(office, "lena")
    assert not asked(office, "sven")
    card = wait_for(office, "sven")
    assert labels(card) == [f"Reply: {name}" for name in NAMES[:3]]
    assert len(asked(office, "sven")) == 1


def test_nobody_else_s_button_opens_one(office: Office) -> None:
    silent(office)
    card = wait_for(office, "sven")
    for user in ("bo", "anna"):
        reply = office.presses(user, "Reply: Chat helper", card=card)
        assert isinstance(reply, Show)
        assert "There is nothing here for you" in reply.card.fallback


def test_a_boss_of_two_owners_reads_only_of_the_one_who_has_heard(office: Office) -> None:
    """What Ben was to read does not reach him: of his pilot nobody hears, whatever else goes to the same person."""
    office.person("ben")
    silent(office, 2)
    silent(office, 1, owner="ben", names=2)
    office.platform.refusing["dm:ben"] = [DeliveryError("busy", retry_after=3600.0)] * 2000
    assert labels(wait_for(office, "sven")) == ["Reply: Invoice matcher", "Reply: Chat helper"]
    wait_for(office, "lena")
    assert not [
        card for user in ("sven", "lena") for card in asked(office, user) if "Ticket" in card.fallback
    ]


def test_whoever_was_asked_and_goes_away_is_not_asked_again_on_the_way_back(office: Office) -> None:
    silent(office)
    wait_for(office, "sven")
    office.runs("sven", f"away until {office.now + DAY:%Y-%m-%d}")
    anna_answers_about(office, NAMES[0])  # the one that its message is named after
    office.runs("sven", "back")
    office.until(office.now + 2 * HOUR)
    assert office.read(lambda unit: unit.person_of(office.connection.id, "sven").away_until) is None, (
        "he is back"
    )
    assert len(asked(office, "sven")) == 1
