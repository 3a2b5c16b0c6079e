"""No sponsor and no lead reads of silence where somebody has answered, has begun to, or has said why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import Store
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone, every other week."""
    pulses = tuple(one for one in CONTENT.policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(CONTENT.policy, cadences=pulses)))


def everything(office: Office, user: str) -> str:
    return "\n".join(card.fallback for card in office.platform.inbox(user))


def late(office: Office) -> None:
    """The check-in of a pilot with a sponsor and a lead has closed unanswered."""
    office.person("lena", standing="lead")
    sven = office.person("sven")
    office.pilot("Invoice matcher", office.person("anna"), sponsor=sven.id)
    mine = office.until_asked("anna")
    office.until(mine.state.closes_at + timedelta(hours=1))


def months_pass(office: Office) -> None:
    office.until(office.now + timedelta(days=9))


def test_a_late_answer_counts_as_one(office: Office) -> None:
    late(office)
    office.answers("anna", CALM)
    months_pass(office)
    assert "has not answered" not in everything(office, "sven") + everything(office, "lena")


def test_whoever_said_why_not_has_answered(office: Office) -> None:
    late(office)
    office.runs("lena", "checkin invoice")
    office.presses("anna", "Can't answer", {"reason": "The vendor is silent"})
    months_pass(office)
    assert "has not answered" not in everything(office, "sven") + everything(office, "lena")


def test_an_answer_in_the_minute_of_the_step_wins(office: Office) -> None:
    late(office)
    due = office.read(
        lambda unit: next(one for one in unit.schedules(1) if one.questionnaire == "silence")
    ).next_due_at
    office.until(due - timedelta(seconds=1))
    office.answers("anna", CALM)
    office.until(due + timedelta(hours=1))
    assert "has not answered" not in everything(office, "sven")


def test_silence_is_told_or_the_others_prove_nothing(office: Office) -> None:
    late(office)
    months_pass(office)
    assert "Anna has not answered about Invoice matcher" in everything(office, "sven")
