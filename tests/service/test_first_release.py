"""The first release: owner and operations say apart what could go wrong, and whoever decides reads both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from bot.core.card import Card, Facts, Submit
from bot.core.ports import Clicked, Nothing, Show
from bot.core.records import Pilot
from bot.service import ServiceError, registry, rounds
from bot.storage import open_store
from tests.fakes.office import CONTENT, MONDAY, Office

pytest_plugins = ["tests.databases"]

FEAR, OTHER = "The night batch is ten times what we tried", "Nobody is on call at weekends"


class Release:
    """A pilot in Hardening with an owner, a decider and somebody of operations."""

    def __init__(self, office: Office) -> None:
        self.office = office
        anna, dora, olaf = office.person("anna"), office.person("dora"), office.person("olaf")
        office.person("lena", standing="lead")
        office.person("mo")
        known: dict[str, Any] = {"stage": "hardening", "decider": dora.id, "risk": "medium"}
        self.pilot: Pilot = office.pilot(
            "Invoice matcher", anna, **known, reviewers=(("operations", olaf.id),)
        )

    def card(self, user: str, text: str = "gate invoice") -> Card:
        reply = self.office.says(user, text)
        return reply.card if isinstance(reply, Show) else self.office.platform.inbox(user)[-1]

    def rows(self, user: str, text: str = "gate invoice") -> dict[str, str]:
        facts = [block for block in self.card(user, text).body if isinstance(block, Facts)]
        return {
            name: value for one in facts for name, value in one.rows if "wrong" in name or "release" in name
        }

    def says(self, user: str, **values: str) -> None:
        """Press the button of the gate, then answer its form."""
        reply = self.office.presses(user, "Say what could go wrong", card=self.card(user))
        assert isinstance(reply, Show)
        send = next(one for one in reply.card.actions if isinstance(one, Submit))
        given = {f"gate.{name}": value for name, value in values.items()}
        self.office.act(user, Clicked(send.token, given))

    def asked(self, *users: str) -> list[bool]:
        return [any(one.questionnaire == "gate" for one in self.office.live(user)) for user in users]

    def change(self, **changes: Any) -> None:
        pilot = self.office.read(lambda unit: unit.pilot(self.pilot.id))
        self.office.do(partial(registry.change_pilot, pilot=pilot, changes=changes, actor=None))


@pytest.fixture
def at(sqlite_url: str) -> Iterator[Release]:
    store = open_store(sqlite_url)
    yield Release(Office(store))
    store.close()


def day(number: int) -> date:
    return MONDAY.date() + timedelta(days=number)


def test_thirty_days_before_real_use_operations_is_asked_and_the_owner_finds_the_question_in_what_they_read(
    at: Release,
) -> None:
    at.change(target=day(31))
    at.office.until(at.office.now + timedelta(days=2))
    assert at.asked("anna", "olaf", "dora", "lena") == [False, True, False, False]
    assert at.office.presses("anna", "Say what could go wrong") != Nothing()
    assert at.asked("anna") == [True]


def test_both_answers_stand_side_by_side_at_the_gate_and_above_the_decision(at: Release) -> None:
    at.says("anna", open=FEAR, limit="under_10")
    at.says("olaf", open=OTHER)
    both = {
        "First release": "Under 10% of users or cases",
        "Could go wrong (Anna, owner)": FEAR,
        "Could go wrong (Olaf, operations)": OTHER,
    }
    assert at.rows("anna") == at.rows("olaf") == at.rows("dora") == both
    assert at.rows("dora", "decide invoice") == both


def test_neither_reads_the_other_before_having_spoken(at: Release) -> None:
    at.says("olaf", open=OTHER)
    assert at.rows("anna")["Could go wrong (Olaf, operations)"] == "shown once you have said yours"
    assert at.rows("dora")["Could go wrong (Olaf, operations)"] == OTHER
    assert at.rows("dora")["First release"] == "not said yet"


def test_nor_does_the_history_tell_before_having_spoken(at: Release) -> None:
    at.says("olaf", open=OTHER)
    assert OTHER not in at.card("anna", "history invoice").fallback
    assert OTHER in at.card("dora", "history invoice").fallback
    at.says("anna", open=FEAR, limit="under_10")
    assert OTHER in at.card("anna", "history invoice").fallback
    assert OTHER not in at.card("mo", "history invoice").fallback


def test_their_own_words_are_not_for_everybody(at: Release) -> None:
    at.says("anna", open=FEAR, limit="under_10")
    assert at.rows("mo") == {}
    assert FEAR not in at.card("mo").fallback


def test_all_at_once_at_a_risk_that_is_not_low_needs_a_reason(at: Release) -> None:
    at.says("anna", open=FEAR, limit="all_at_once")
    assert at.asked("anna") == [True]
    at.office.answers("anna", {"gate.limit_reason": "Two users in all"})
    assert at.rows("dora")["First release"] == "All at once: Two users in all"


def test_asked_by_hand_it_goes_to_both_and_once(at: Release) -> None:
    assert "I have asked Anna and Olaf" in at.card("lena", "checkin invoice questionnaire:gate").fallback
    send = partial(rounds.send, pilot=at.pilot, form=CONTENT.questionnaires["gate"])
    with pytest.raises(ServiceError, match="nothing was sent"):
        at.office.do(send)
    assert at.asked("anna", "olaf") == [True, True]


def test_past_the_gate_the_question_is_taken_back(at: Release) -> None:
    at.card("lena", "checkin invoice questionnaire:gate")
    at.change(stage="limited")
    at.office.until(at.office.now + timedelta(days=4))
    assert at.asked("anna", "olaf") == [False, False]
    assert "is not before its production gate any more" in at.office.platform.inbox("olaf")[-1].fallback
