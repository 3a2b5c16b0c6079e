"""A check-in out of turn asks whoever its form asks, and says plainly when there is nothing to ask yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.ports import Show, Store
from bot.service import ServiceError, rounds
from bot.service.work import Work
from tests.fakes.office import CONTENT, Office


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("lena", standing="lead")
    anna, bo, dan = office.person("anna"), office.person("bo"), office.person("dan")
    office.pilot("Invoice matcher", anna, sponsor=bo.id, deputy=dan.id)
    return office


def send(office: Office, form: str) -> str:
    def now(work: Work) -> str:
        pilot = work.unit.pilots()[0]
        return rounds.send(work, pilot, CONTENT.questionnaires[form]).name

    name: str = office.do(now)
    return name


def test_the_production_gate_is_asked_about_only_while_it_is_the_next_one(office: Office) -> None:
    with pytest.raises(ServiceError, match="while a pilot is in Hardening, so nothing was sent"):
        send(office, "gate")
    reply = office.says("lena", "checkin invoice questionnaire:gate")
    assert isinstance(reply, Show)
    assert "while a pilot is in Hardening" in reply.card.fallback
    assert not any(office.live(user) for user in ("anna", "bo", "lena"))


@pytest.mark.parametrize("form", ["pulse", "review", "kickoff", "value30"])
def test_the_owner_is_asked_whoever_types_the_command(office: Office, form: str) -> None:
    for asker in ("bo", "lena"):
        reply = office.says(asker, f"checkin invoice questionnaire:{form}")
        assert isinstance(reply, Show)
    assert [one.questionnaire for one in office.live("anna")] == [form]
    assert not office.live("bo")


def test_a_deputy_answers_in_place_of_the_owner(office: Office) -> None:
    office.says("dan", "checkin invoice")
    assert [one.questionnaire for one in office.live("dan")] == ["pulse"]


def test_a_form_for_the_sponsor_asks_the_sponsor(office: Office) -> None:
    own = replace(CONTENT.questionnaires["pulse"], id="view", asks="sponsor")
    content = replace(CONTENT, questionnaires={**CONTENT.questionnaires, "view": own})
    office.content = content
    office.says("lena", "checkin invoice questionnaire:view")
    assert [one.questionnaire for one in office.live("bo")] == ["view"]


@pytest.mark.parametrize("named", ["with value30", "with value", "with weekly"])
def test_a_questionnaire_is_named_behind_with_whoever_made_it(office: Office, named: str) -> None:
    weekly = replace(CONTENT.questionnaires["pulse"], id="weekly")
    office.content = replace(CONTENT, questionnaires={**CONTENT.questionnaires, "weekly": weekly})
    office.says("lena", f"checkin invoice {named}")
    form = "weekly" if "weekly" in named else "value30"
    assert [one.questionnaire for one in office.live("anna")] == [form]


def test_a_questionnaire_that_is_not_there_is_answered_with_those_that_are(office: Office) -> None:
    reply = office.says("lena", "checkin invoice with monthly")
    assert isinstance(reply, Show)
    assert "no questionnaire “monthly”. There are: " in reply.card.fallback
