"""A pilot that ends while its owner is being asked closes the question in place: no message, no reminder, no blame."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import Show, Store
from bot.service import ServiceError, registry, rounds
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


@pytest.mark.parametrize("stage", ["stopped", "retired"])
def test_the_question_closes_where_it_stands_and_nothing_else_comes(office: Office, stage: str) -> None:
    sven = office.person("sven")
    pilot = office.pilot("Invoice matcher", office.person("anna"), sponsor=sven.id)
    office.until_asked("anna")
    [form] = office.platform.inbox("anna")
    office.do(lambda work: registry.change_pilot(work, pilot, {"stage": stage}, actor=None))
    office.until(office.now + timedelta(days=30))
    [shown] = office.platform.inbox("anna")
    assert "Closed: Invoice matcher has ended." in shown.fallback
    assert not office.platform.inbox("sven")
    assert not office.events("checkin.missed", "silence.begun")
    office.presses("anna", "Nothing to report", card=form)
    assert not office.live("anna")
    assert not office.events("checkin.answered", "checkin.nothing")


def test_nobody_is_asked_about_it_by_hand_either(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    office.do(lambda work: registry.change_pilot(work, pilot, {"stage": "stopped"}, actor=None))
    said = office.runs("anna", "checkin Invoice matcher")
    assert isinstance(said, Show)
    assert "It has ended, so there is nothing to ask." in said.card.fallback
    with pytest.raises(ServiceError, match="Invoice matcher has ended, so nothing was sent"):
        office.do(
            lambda work: rounds.send(
                work, replace(pilot, stage="stopped"), work.content.questionnaires["pulse"]
            )
        )
    assert not office.live("anna")


def test_a_form_sent_in_the_same_moment_is_told_kindly(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    office.do(lambda work: registry.change_pilot(work, pilot, {"stage": "stopped"}, actor=None))
    office.answers("anna", CALM)
    assert "Closed: Invoice matcher has ended." in office.platform.inbox("anna")[0].fallback
    assert not office.events("checkin.answered")
