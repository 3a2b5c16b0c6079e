"""Launch and stop rules: given at the kickoff, frozen, changed with the sponsor's yes alone, and then seen to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bot.core import outcome, thresholds
from bot.core.card import Card
from bot.core.ports import Clicked, Problems, Reply, Show
from bot.core.records import Pilot
from bot.service import thresholds as kept
from bot.storage import open_store
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

HALF, THIRD = "Half the time is saved", "A third of the time is saved"


class Rules:
    """An office with an owner, a sponsor and a pilot that has a launch rule."""

    def __init__(self, url: str) -> None:
        self.store = open_store(url)
        self.office = Office(self.store)
        self.anna, self.grace, self.dora = (self.office.person(user) for user in ("anna", "grace", "dora"))
        self.pilot: Pilot = self.office.pilot(
            "Invoice matcher", self.anna, sponsor=self.grace.id, sponsor_accepted=True
        )
        self.propose({"scale_if": HALF})

    def propose(self, wanted: dict[str, str], by: int | None = None) -> str:
        said: str = self.office.do(lambda work: kept.propose(work, self.now(), wanted, by=by or self.anna.id))
        self.office.deliver()
        return said

    def now(self) -> Pilot:
        found: Pilot = self.office.read(lambda unit: unit.pilot(self.pilot.id))
        return found

    def card(self, user: str, text: str) -> Card:
        reply = self.office.says(user, text)
        assert isinstance(reply, Show), reply
        return reply.card

    def changes(self, user: str, values: dict[str, Any]) -> Reply:
        card = self.card("anna", "gate invoice")
        button = next(one for one in card.actions if one.label == "Change a launch or stop rule")
        return self.office.act(user, Clicked(button.token, values))


@pytest.fixture
def at(sqlite_url: str) -> Iterator[Rules]:
    made = Rules(sqlite_url)
    yield made
    made.store.close()


def test_a_kickoff_gives_the_rules_that_are_not_there_yet(at: Rules) -> None:
    answers = {"kickoff.scale_if": HALF, "kickoff.stop_if": "No gain by May"}
    assert outcome.rules("kickoff", answers, None, Pilot(1, "a", "A")) == {
        "scale_if": HALF,
        "stop_if": "No gain by May",
    }
    assert outcome.rules("kickoff", answers, None, at.now()) == {"stop_if": "No gain by May"}
    assert outcome.rules("pulse", answers, None, Pilot(1, "a", "A")) == {}


def test_a_correction_of_something_else_proposes_no_old_rule_again(at: Rules) -> None:
    answers = {"kickoff.scale_if": THIRD, "kickoff.work": "More"}
    assert outcome.rules("kickoff", answers, {"kickoff.scale_if": THIRD}, at.now()) == {}


def test_another_rule_waits_for_the_sponsors_yes_and_the_first_stays_beside_it(at: Rules) -> None:
    reply = at.changes("anna", {"rule": "scale_if", "text": THIRD})
    assert isinstance(reply, Show)
    assert "Grace is asked to agree. Until then the rule stays as it is." in reply.card.fallback
    assert at.now().scale_if == HALF
    asked = at.office.platform.inbox("grace")[-1].fallback
    assert f"Now: {HALF}" in asked
    assert f"To be: {THIRD}" in asked
    assert "Grace: agree to another launch or stop rule" in at.card("anna", "status invoice").fallback
    at.office.presses("grace", "Agree")
    assert at.now().scale_if == THIRD
    shown = f"Scale if: {THIRD} (first: {HALF}; changed 23 Nov)"
    assert shown in at.card("anna", "status invoice").fallback
    at.office.says("grace", "decide invoice")
    assert shown in at.office.platform.inbox("grace")[-1].fallback
    assert (
        "Grace agreed. Scale if: A third of the time is saved."
        in at.office.platform.inbox("anna")[-1].fallback
    )
    events = at.office.read(lambda unit: unit.events(pilot=at.pilot.id, kinds=["pilot.scale_if"]))
    assert [(one.actor, one.before, one.after) for one in events] == [
        (at.grace.id, HALF, THIRD),
        (at.anna.id, "", HALF),
    ]


def test_a_sponsor_who_keeps_the_rule_changes_nothing(at: Rules) -> None:
    at.propose({"scale_if": THIRD})
    at.office.presses("grace", "Keep it as it is")
    assert at.now().scale_if == HALF
    assert "Grace keeps the rule “Scale if” as it is." in at.office.platform.inbox("anna")[-1].fallback


def test_nobody_but_the_sponsor_can_agree(at: Rules) -> None:
    at.propose({"scale_if": THIRD})
    agree = next(one for one in at.office.platform.inbox("grace")[-1].actions if one.label == "Agree")
    for user in ("anna", "dora"):
        reply = at.office.act(user, Clicked(agree.token))
        assert isinstance(reply, Show)
    assert at.now().scale_if == HALF


def test_a_newer_proposal_takes_the_place_of_the_one_that_is_open(at: Rules) -> None:
    at.propose({"scale_if": THIRD})
    old = at.office.platform.inbox("grace")[-1]
    at.propose({"scale_if": "A quarter"})
    at.office.presses("grace", "Agree", card=old)
    assert at.now().scale_if == HALF
    at.office.presses("grace", "Agree")
    assert at.now().scale_if == "A quarter"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rule": "scale_if", "text": HALF}, "already"),
        ({"rule": "scale_if", "text": " "}, "Say what"),
        ({"rule": "budget", "text": "x"}, "which of the two"),
    ],
)
def test_a_proposal_that_says_nothing_is_refused_in_words(
    at: Rules, values: dict[str, str], said: str
) -> None:
    reply = at.changes("anna", values)
    assert isinstance(reply, Problems)
    assert said in next(iter(reply.by_field.values()))


def test_who_has_no_part_in_a_pilot_proposes_nothing(at: Rules) -> None:
    reply = at.changes("dora", {"rule": "scale_if", "text": THIRD})
    assert isinstance(reply, Problems)
    assert at.now().scale_if == HALF


@pytest.mark.parametrize(
    ("fields", "proposer", "who"),
    [
        ({"owner": 1, "sponsor": 2, "decider": 3}, 1, 2),
        ({"owner": 1, "sponsor": 2, "decider": 3}, 2, 3),
        ({"owner": 1, "sponsor": 1, "decider": 3}, 1, 3),
        ({"owner": 1, "deputy": 3, "sponsor": 1, "decider": 3}, 1, None),
        ({"owner": 1}, 1, None),
    ],
)
def test_a_yes_is_never_that_of_the_owner_or_of_whoever_proposes(
    fields: dict[str, int], proposer: int, who: int | None
) -> None:
    assert thresholds.agrees(Pilot(1, "a", "A", created=date(2026, 1, 1), **fields), proposer) == who
