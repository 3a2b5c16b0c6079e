"""The yearly question whether a record is true comes in one message for all pilots, and counts in the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Button, Card
from bot.core.nags import Nag
from bot.core.ports import Show, Store, Update
from bot.service import attesting, rounds
from tests.fakes.office import CALM, CONTENT, MONDAY, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
OLD = MONDAY.date() - timedelta(days=380)
SILENT = MONDAY.date() - timedelta(days=365) - attesting.WAITS
RECORDS = "Once a year: the records of"


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone, as the policy asks them."""
    policy = CONTENT.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(policy, cadences=pulses)))


def pilots(office: Office, *names: str, began: object = OLD) -> None:
    anna = office.person("anna")
    for name in names:
        office.pilot(name, anna, created=began, stage_since=began, owner_accepted=True)


def labels(card: Card) -> list[str]:
    return [one.label for one in card.actions if isinstance(one, Button)]


def asked(office: Office) -> list[Card]:
    """Messages that put the yearly question."""
    words = "Is what I keep about it still true?"
    return [card for card in office.platform.inbox("anna") if words in card.fallback]


def counted(office: Office) -> Sequence[Nag]:
    person = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    found: Sequence[Nag] = office.read(lambda unit: unit.nags_of(person.id, limit=99))
    return found


def test_whoever_is_asked_about_several_pilots_reads_it_in_the_same_message(office: Office) -> None:
    pilots(office, "Invoice matcher", "Chat helper")
    office.until_told("anna")
    (card,) = office.platform.inbox("anna")
    assert card.title == "Questions about 2 pilots"
    assert labels(card) == [
        "Answer: Invoice matcher",
        "Answer: Chat helper",
        "Check: Chat helper",
        "Check: Invoice matcher",
    ]
    opened = office.presses("anna", "Check: Chat helper")
    assert isinstance(opened, Show)
    assert "Stage: Pilot since" in opened.card.fallback, "what is confirmed stands above the tap"
    said = office.presses("anna", "Yes, it is true", card=opened.card)
    assert isinstance(said, Update)
    assert said.over
    (card,) = office.platform.inbox("anna")
    assert labels(card) == ["Answer: Invoice matcher", "Answer: Chat helper", "Check: Invoice matcher"]
    assert "Chat helper (once a year). You confirmed on 1 Dec that its record is true." in card.fallback
    again = office.presses("anna", "Yes, it is true", card=opened.card)
    assert isinstance(again, Show)
    assert "already been settled" in again.card.fallback
    assert {nag.step for nag in counted(office)} == {"invitation"}, "it is no message more"


def test_a_message_that_is_full_of_questions_is_not_made_two_for_it(office: Office) -> None:
    pilots(office, "A", "B", "C", "D", "E")
    office.until_told("anna")
    (card,) = office.platform.inbox("anna")
    assert len(labels(card)) == 5
    assert not asked(office)


def test_whoever_answers_nothing_is_asked_about_all_of_theirs_in_one_message_that_counts(
    office: Office,
) -> None:
    names = ("Invoice matcher", "Chat helper", "Search")
    pilots(office, *names, began=SILENT)
    office.do(lambda work: rounds.send(work, work.unit.pilots()[0], CONTENT.questionnaires["pulse"]))
    office.now += DAY
    office.do(lambda work: attesting.notice(work, work.unit.pilots()[0]))
    office.deliver()
    (card,) = asked(office)
    assert card.title == f"{RECORDS} 3 pilots"
    assert labels(card) == ["Check: Chat helper", "Check: Invoice matcher", "Check: Search"]
    assert [nag.step for nag in counted(office)] == ["yearly question", "invitation"]
    for _ in names:
        office.do(lambda work: attesting.notice(work, work.unit.pilots()[1]))
    office.deliver()
    assert len(asked(office)) == 1, "one such message in a week"


def test_one_that_rides_along_with_an_answer_waits_where_the_week_is_full(office: Office) -> None:
    policy = office.content.policy
    one = replace(policy, asking=replace(policy.asking, messages_a_week=1))
    two = replace(policy, asking=replace(policy.asking, messages_a_week=2))
    pilots(office, "Invoice matcher")
    for rules, number in ((one, 0), (two, 1)):
        office.content = replace(office.content, policy=rules)
        office.until_asked("anna")
        office.now += timedelta(hours=1)
        office.answers("anna", CALM)
        office.until(office.now + DAY)
        assert len(asked(office)) == number
    assert [nag.step for nag in counted(office)].count("yearly question") == 1
