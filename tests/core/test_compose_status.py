"""The status of a pilot: what it says, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.card import Bars, Button, Card
from bot.core.compose.status import Asked, StatusView, status_card
from bot.core.gates import gate
from bot.core.outcome import Blocker
from bot.core.readiness import score, sureness
from bot.core.records import ItemLevel, Request
from bot.core.signals import Course, PilotFacts, signals, state
from bot.core.signals.facts import Sponsored
from bot.core.tokens import About, decode
from tests.core.golden import drawn, same_as
from tests.core.scenery import (
    NOW,
    TODAY,
    ago,
    confirmed,
    day,
    everywhere,
    invoice_matcher,
    level,
    model,
    pilot,
    policy,
)

NAMES = {1: "Dana Okafor", 2: "Sofia Marin", 3: "Ragnar Lindqvist", 4: "Bo Chen"}
ITEMS = {
    "team.run": "Support after launch",
    "flow.review": "Checking of outputs",
    "base.monitor": "Monitoring",
    "base.rollback": "Rollback",
    "gov.security": "Security test",
}
WAITING = Request(1, "help", 1, 3, 1, ago(11), topic="Security review")


def view(levels: dict[str, ItemLevel] | None = None, **changes: Any) -> StatusView:
    """Invoice matcher, 41 days in Pilot, read by somebody who may see everything unless told otherwise."""
    given = invoice_matcher() if levels is None else levels
    record = pilot(work="Matching invoices to orders", stage_since=day(41), target=day(-91))
    scores = score(given, model(), policy(), NOW)
    known: dict[str, Any] = {
        "pilot": record,
        "today": TODAY,
        "stage_days": 41,
        "readiness": scores,
        "sureness": sureness(scores.confidence, policy()),
        "course": Course.MOVING,
        "gate": gate(given, model(), policy(), stage="hardening", risk="", now=NOW),
        "names": NAMES,
        "items": ITEMS,
        "blocker": Blocker("security", "Security review", 3, "A date for the test"),
        "blocked_for": 3,
        "requests": (WAITING,),
        "last_on": day(14),
        "next_on": day(0),
        "reads_texts": True,
        "sees_claims": True,
    }
    return StatusView(**{**known, **changes})


def text(**changes: Any) -> str:
    return status_card(view(**changes)).fallback


# --- as a whole ---------------------------------------------------------------------------------------------


def test_an_owner_sees_the_whole_status() -> None:
    same_as("status_owner", drawn(status_card(view())))


def test_a_colleague_sees_neither_texts_nor_claims() -> None:
    same_as("status_colleague", drawn(status_card(view(reads_texts=False, sees_claims=False))))


def test_a_stuck_pilot_says_why_and_what_is_next() -> None:
    facts = PilotFacts("pilot", day(190), TODAY, confidence=0.5, sponsored=Sponsored(known=False))
    found = signals(facts, policy())
    record = pilot(stage_since=day(190))
    stuck = view(
        pilot=record, stage_days=190, signals=found, course=state(facts, found, policy()), requests=()
    )
    same_as("status_stuck", drawn(status_card(stuck)))


def test_a_newly_registered_pilot_says_what_is_not_known_yet() -> None:
    record = pilot(stage="idea", owner=None, sponsor=None)
    new = view(
        {},
        pilot=record,
        stage_days=1,
        course=Course.UNKNOWN,
        gate=None,
        blocker=None,
        requests=(),
        last_on=None,
        next_on=None,
    )
    same_as("status_new", drawn(status_card(new)))


def test_the_fallback_alone_says_all_that_the_card_shows() -> None:
    card = status_card(view())
    assert card.fallback.startswith(card.title)
    for shown in ("Dana Okafor", "Security review", "weakest: Platform foundation 31", "3 of 13 met"):
        assert shown in card.fallback


# --- who may see what ---------------------------------------------------------------------------------------


def test_what_somebody_wrote_is_for_those_who_may_read_it() -> None:
    assert "A date for the test" in text()
    assert "A date for the test" not in text(reads_texts=False)
    assert "Security review" in text(reads_texts=False)


def test_what_was_claimed_is_for_owner_and_sponsor() -> None:
    assert "claimed 43, proven 42" in text()
    assert "claimed" not in text(sees_claims=False)


def test_a_claim_that_is_proven_is_not_mentioned() -> None:
    assert "claimed" not in text(levels=everywhere(3))


# --- single lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({}, "Real use planned: no date yet"),
        ({"target": day(-1)}, "Real use planned: 1 Apr, tomorrow"),
        ({"target": TODAY}, "Real use planned: 31 Mar, today"),
        ({"target": day(9)}, "Real use planned: 22 Mar, 9 days ago"),
        (
            {"target": day(-30), "original_target": day(30)},
            "Real use planned: 30 Apr, in 30 days (first planned for 1 Mar)",
        ),
        ({"decide_by": day(-5)}, "Decide by: 5 Apr, in 5 days"),
        ({"deputy": 4}, "Owner: Dana Okafor; deputy Bo Chen"),
        ({"owner": None}, "Owner: nobody yet"),
        ({"owner": 99}, "Owner: somebody who left"),
    ],
)
def test_the_record_reads_as_people_say_it(record: dict[str, Any], line: str) -> None:
    assert line in text(pilot=pilot(**record)).splitlines()


def test_an_owner_who_was_asked_has_not_accepted_yet() -> None:
    asked = Request(2, "owner", 1, 1, 4, ago(3))
    assert "Owner: Dana Okafor, has not accepted yet" in text(requests=(asked,)).splitlines()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Next move: Ragnar Lindqvist: Security review (asked 20 Mar)"),
        ({"requests": (), "asked": Asked(5, 4)}, "Next move: Bo Chen: answer the check-in"),
        ({"requests": ()}, "Next move: Dana Okafor: work on support after launch"),
        ({"requests": (), "gate": None}, "Next move: Dana Okafor"),
        ({"pilot": pilot(decide_by=TODAY, decider=4)}, "Next move: Bo Chen: decide to scale, fix or stop"),
        ({"pilot": pilot(decide_by=TODAY)}, "Next move: Sofia Marin: decide to scale, fix or stop"),
        (
            {"pilot": pilot(decide_by=TODAY, sponsor=None)},
            "Next move: nobody yet: decide to scale, fix or stop",
        ),
        ({"pilot": pilot(decider=4), "due": True}, "Next move: Bo Chen: decide to scale, fix or stop"),
        ({"pilot": pilot(owner=None), "requests": ()}, "Next move: Sofia Marin: name an owner"),
        ({"pilot": pilot(stage="paused", paused_until=day(-12))}, "Next move: none before 12 Apr"),
        (
            {"requests": (Request(2, "sponsor", 1, 4, 1, ago(3)),)},
            "Next move: Bo Chen: accept to be sponsor (asked 28 Mar)",
        ),
    ],
)
def test_somebody_has_the_ball(changes: dict[str, Any], line: str) -> None:
    assert line in text(**changes).splitlines()


def test_a_pause_is_in_the_title_with_its_end() -> None:
    paused = pilot(stage="paused", paused_until=day(-12), before_pause="pilot")
    card = status_card(view(pilot=paused, course=Course.PAUSED))
    assert card.title == "Invoice matcher: Paused in Pilot until 12 Apr"


def test_one_day_is_one_day() -> None:
    assert text(stage_days=1).startswith("Invoice matcher: Pilot for 1 day\n")


def test_a_pilot_that_is_over_plans_nothing_more() -> None:
    over = text(pilot=pilot(stage="stopped"), gate=None)
    assert "Next" not in over
    assert "planned" not in over


def test_little_answered_is_provisional_and_gets_no_band() -> None:
    given = {item: level(item, 2) for item in ("value.problem", "base.eval")}
    first = text(levels=given)
    assert "Readiness 50; weakest: Use-case value 50 (provisional, 6% answered; answers are stale)" in first


def test_only_what_is_answered_has_a_bar() -> None:
    card = status_card(view({"value.problem": level("value.problem", 2)}))
    (bars,) = (block for block in card.body if isinstance(block, Bars))
    assert [bar.value for bar in bars.rows] == [50, None, None, None, None, None]
    assert bars.rows[0].note == "weakest, provisional"


# --- gate ---------------------------------------------------------------------------------------------------


def test_five_gaps_are_named_and_the_rest_counted() -> None:
    lines = text().splitlines()
    start = lines.index("Missing for Limited live: 3 of 13 met")
    assert len(lines[start + 1 :]) == 6
    assert lines[-1] == "And 5 more"


def test_a_gate_whose_items_are_met_waits_for_its_reviewers_and_says_so() -> None:
    met = everywhere(3)
    waiting = gate(met, model(), policy(), stage="hardening", risk="", now=NOW)
    said = text(levels=met, gate=waiting)
    assert "All 13 items are met for Limited live" in said
    assert said.endswith("13 items are to be confirmed by a reviewer: `gate`.")


def test_a_gate_that_is_passed_says_so() -> None:
    met = confirmed("G3", everywhere(3))
    passed = gate(met, model(), policy(), stage="hardening", risk="", now=NOW)
    assert text(levels=met, gate=passed).endswith("Nothing is missing for Limited live: 13 of 13 met")


# --- buttons ------------------------------------------------------------------------------------------------


def test_buttons_name_the_pilot_and_what_to_do() -> None:
    assert _tokens(status_card(view())) == [
        (About.PILOT, 1, "checkin"),
        (About.PILOT, 1, "why"),
        (About.PILOT, 1, "history"),
    ]


def test_an_open_checkin_is_opened_not_started_again() -> None:
    assert _tokens(status_card(view(asked=Asked(5, 1)))) == [
        (About.CHECKIN, 5, "show"),
        (About.PILOT, 1, "why"),
        (About.PILOT, 1, "history"),
    ]


def test_a_paused_pilot_offers_no_checkin() -> None:
    assert _tokens(status_card(view(pilot=pilot(stage="paused")))) == [(About.PILOT, 1, "history")]


def _tokens(card: Card) -> list[tuple[About, int, str]]:
    found = [decode(action.token) for action in card.actions if isinstance(action, Button)]
    return [(token.about, token.id, token.verb) for token in found if token]
