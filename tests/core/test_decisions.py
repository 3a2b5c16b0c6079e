"""The suggestion and its reasons, who may decide, what is refused, and what a decision changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import decisions
from bot.core.compose.decision import REASONS, reason_words, refusal_words
from bot.core.decisions import Choice, Refusal, Slips
from bot.core.records import Decision, Event
from bot.core.signals import Course
from bot.core.suggestion import Grounds, Why, suggest
from tests.core.scenery import NOW, TODAY, day, pilot, policy

OPEN = ("gov.security", "base.rollback")
MANY = ("gov.security", "base.rollback", "team.run", "data.rights")


def grounds(**changes: Any) -> Grounds:
    """A pilot with a measured result, wanted, with two gate items missing."""
    known: dict[str, Any] = {"stage": "pilot", "today": TODAY, "proof": 3, "rights": 2, "lacking": OPEN}
    return Grounds(**{**known, **changes})


def made(choice: str, days_ago: int = 0, **more: Any) -> Decision:
    return Decision(0, 1, choice, NOW - timedelta(days=days_ago), 2, "decider", **more)


# --- the suggestion -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "choice", "first", "second"),
    [
        # Nothing missing, target in reach, wanted.
        ({"lacking": ()}, Choice.SCALE, Why.RESULT, Why.GATE_MET),
        ({"lacking": (), "stage": "hardening"}, Choice.SCALE, Why.RESULT, Why.GATE_MET),
        # A result, but something is missing that a round can close.
        ({}, Choice.FIX, Why.RESULT, Why.GATE_OPEN),
        ({"proof": 2, "lacking": ()}, Choice.FIX, Why.SOME_RESULT, Why.GATE_MET),
        ({"proof": 2, "fixes": 1}, Choice.FIX, Why.SOME_RESULT, Why.GATE_OPEN),
        # What blocks it lies outside the pilot.
        ({"lacking": MANY, "shared_blocker": True}, Choice.PAUSE, Why.SHARED_BLOCKER, Why.RESULT),
        # Another pilot solves the same problem, and this one cannot go on by itself.
        ({"proof": 1, "solved_by": "Order reader"}, Choice.MERGE, Why.SAME_PROBLEM, Why.NO_RESULT),
        (
            {"proof": 1, "decide_by": day(9), "solved_by": "Order reader"},
            Choice.MERGE,
            Why.SAME_PROBLEM,
            Why.NO_RESULT,
        ),
        ({"fixes": 2, "solved_by": "Order reader"}, Choice.MERGE, Why.SAME_PROBLEM, Why.RESULT),
        # The same, and this one can: it has a result, and a round closes what is missing.
        ({"solved_by": "Order reader"}, Choice.FIX, Why.RESULT, Why.GATE_OPEN),
        ({"lacking": (), "solved_by": "Order reader"}, Choice.SCALE, Why.RESULT, Why.GATE_MET),
        # No result after the full time box.
        ({"proof": 1, "decide_by": day(9)}, Choice.STOP, Why.NO_RESULT, Why.GATE_OPEN),
        ({"proof": None, "decide_by": day(1), "lacking": ()}, Choice.STOP, Why.NO_RESULT, Why.GATE_MET),
        # The same on its last day: not overdue yet.
        ({"proof": 1, "decide_by": TODAY}, Choice.FIX, Why.NO_RESULT, Why.GATE_OPEN),
        # Nobody wants it.
        ({"signals": frozenset({"P07"})}, Choice.STOP, Why.SPONSOR_SILENT, Why.RESULT),
        # Two rounds have not been enough.
        ({"fixes": 2}, Choice.STOP, Why.FIXED_TWICE, Why.RESULT),
        # It costs more than it was measured to bring; with one of the two unknown, or as much, that says nothing.
        ({"proof": 1, "weekly_cost": 700, "weekly_benefit": 300}, Choice.STOP, Why.COSTS_MORE, Why.NO_RESULT),
        ({"proof": 1, "weekly_cost": 700, "weekly_benefit": 700}, Choice.FIX, Why.NO_RESULT, Why.GATE_OPEN),
        ({"proof": 1, "weekly_cost": 700}, Choice.FIX, Why.NO_RESULT, Why.GATE_OPEN),
        ({"weekly_cost": 700, "weekly_benefit": 300}, Choice.FIX, Why.RESULT, Why.GATE_OPEN),
        # Nothing else holds: one round, with a date.
        ({"proof": 1}, Choice.FIX, Why.NO_RESULT, Why.GATE_OPEN),
        ({"owned": False, "lacking": ()}, Choice.FIX, Why.RESULT, Why.GATE_MET),
    ],
)
def test_on_the_way_the_rules_suggest(
    changes: dict[str, Any], choice: Choice, first: Why, second: Why
) -> None:
    found = suggest(grounds(**changes), policy())
    assert (found.choice, *(reason.why for reason in found.reasons[:2])) == (choice, first, second)


@pytest.mark.parametrize("stage", ["pilot", "hardening", "limited", "production"])
@pytest.mark.parametrize(
    ("changes", "why"), [({"harm": "serious"}, Why.SERIOUS_HARM), ({"rights": 0}, Why.NO_RIGHTS)]
)
def test_harm_and_unlawful_data_stop_it_whatever_the_result(
    stage: str, changes: dict[str, Any], why: Why
) -> None:
    found = suggest(grounds(stage=stage, lacking=(), **changes), policy())
    assert found.choice is Choice.STOP
    assert [reason.why for reason in found.reasons] == [why]


@pytest.mark.parametrize(
    ("changes", "choice", "why"),
    [
        ({"missed": "nobody", "live_days": 90}, Choice.RETIRE, Why.NOT_MISSED),
        ({"missed": "few", "live_days": 200}, Choice.RETIRE, Why.NOT_MISSED),
        ({"missed": "nobody", "live_days": 89}, None, Why.IN_USE),
        ({"missed": "most", "reach": 0.1, "live_days": 90}, Choice.FIX, Why.FEW_USERS),
        ({"missed": "most", "reach": 0.1, "live_days": 90, "fixes": 1}, Choice.RETIRE, Why.FEW_USERS),
        ({"missed": "most", "reach": 0.2, "live_days": 90}, None, Why.IN_USE),
        ({"missed": "business", "live_days": 400}, None, Why.IN_USE),
    ],
)
def test_in_production_the_rules_suggest(changes: dict[str, Any], choice: Choice | None, why: Why) -> None:
    found = suggest(grounds(stage="production", lacking=(), gated=False, **changes), policy())
    assert (found.choice, found.reasons[0].why) == (choice, why)


def test_before_anybody_has_tried_it_nothing_is_suggested() -> None:
    for stage in ("idea", "framed"):
        assert suggest(grounds(stage=stage), policy()).choice is None


def test_to_fix_names_the_item_that_is_farthest_from_met() -> None:
    assert suggest(grounds(), policy()).item == "gov.security"
    assert suggest(grounds(lacking=()), policy()).item == ""


def test_every_reason_that_holds_is_given() -> None:
    found = suggest(
        grounds(fixes=2, sponsored=False, owned=False, decide_by=day(9), course=Course.STUCK, stuck_days=15),
        policy(),
    )
    assert [reason.why for reason in found.reasons] == [
        Why.FIXED_TWICE,
        Why.NO_OWNER,
        Why.NO_SPONSOR,
        Why.RESULT,
        Why.GATE_OPEN,
        Why.OVERDUE,
        Why.STUCK,
    ]


@given(
    proof=st.sampled_from([None, 0, 1, 2, 3, 4]),
    lacking=st.sampled_from([(), OPEN, MANY]),
    fixes=st.integers(0, 4),
    overdue=st.integers(-10, 100),
    signals=st.sets(st.sampled_from(["P06", "P07", "P01"])),
    shared=st.booleans(),
    stage=st.sampled_from(["idea", "pilot", "hardening", "limited", "production"]),
)
def test_a_suggestion_is_never_one_that_is_refused(
    proof: int | None,
    lacking: tuple[str, ...],
    fixes: int,
    overdue: int,
    signals: set[str],
    shared: bool,
    stage: str,
) -> None:
    known = grounds(
        proof=proof,
        lacking=lacking,
        fixes=fixes,
        decide_by=day(overdue),
        signals=frozenset(signals),
        shared_blocker=shared,
        stage=stage,
    )
    found = suggest(known, policy())
    past = [made("fix", number) for number in range(fixes)]
    assert found.choice not in decisions.refused(pilot(stage=stage), past, policy())
    assert found.reasons
    assert all(reason_words(reason, {}) for reason in found.reasons)


def test_every_reason_and_every_refusal_has_words() -> None:
    assert set(REASONS) == set(Why)
    assert all(refusal_words(refusal).endswith(".") for refusal in Refusal)


# --- who decides ----------------------------------------------------------------------------------------------------

OWNER, SPONSOR, DECIDER, BUILDER, LEAD = 1, 2, 3, 4, 9


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        ({"decider": DECIDER}, ((DECIDER, "decider"),)),
        ({}, ((SPONSOR, "sponsor"),)),
        ({"decider": BUILDER, "builder": BUILDER}, ((SPONSOR, "sponsor"),)),
        ({"decider": OWNER}, ((SPONSOR, "sponsor"),)),
        ({"sponsor": OWNER}, ()),
        ({"sponsor": None}, ()),
        ({"decider": BUILDER, "builder": BUILDER, "sponsor": BUILDER}, ()),
    ],
)
def test_neither_the_builder_nor_the_owner_is_asked_to_decide(
    record: dict[str, Any], asked: tuple[Any, ...]
) -> None:
    assert decisions.deciders(pilot(**record)) == asked


@pytest.mark.parametrize(
    ("person", "lead", "stands_in", "role"),
    [
        (DECIDER, False, False, "decider"),
        (SPONSOR, False, True, ""),  # there is a decider
        (OWNER, False, True, ""),
        (OWNER, True, True, ""),  # a lead who owns it
        (BUILDER, True, True, ""),
        (LEAD, True, True, "lead"),
        (LEAD, True, False, ""),  # it is not due yet
        (LEAD, False, True, ""),
    ],
)
def test_a_lead_decides_in_place_of_others_once_it_is_due(
    person: int, lead: bool, stands_in: bool, role: str
) -> None:
    record = pilot(decider=DECIDER, builder=BUILDER)
    assert decisions.role_of(record, person, lead=lead, stands_in=stands_in) == role


@pytest.mark.parametrize(
    ("record", "stuck", "past", "due"),
    [
        ({"decide_by": day(-1)}, None, (), False),
        ({"decide_by": TODAY}, None, (), True),
        ({}, None, (), False),
        ({}, 13, (), False),
        ({}, 14, (), True),
        ({"decide_by": day(-30)}, 14, (), True),  # stuck, and the date that was planned is far
        ({"decide_by": day(-30)}, 40, (made("fix", until=day(-30)),), False),  # it was given that time
        ({"decide_by": TODAY}, 40, (made("fix", until=TODAY),), True),
        ({"decide_by": TODAY, "stage": "paused"}, None, (), False),
        ({"decide_by": TODAY, "stage": "stopped"}, None, (), False),
    ],
)
def test_a_decision_is_due_on_its_day_or_after_a_fortnight_stuck(
    record: dict[str, Any], stuck: int | None, past: tuple[Decision, ...], due: bool
) -> None:
    found = decisions.waits(pilot(**record), TODAY, stuck_days=stuck, policy=policy(), made=past)
    assert found is due


# --- what may be chosen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "count"),
    [
        ([], 0),
        (["fix"], 1),
        (["fix", "fix"], 2),
        (["fix", "pause", "later", "fix"], 2),  # neither a pause nor a later date begins anew
        (["fix", "scale", "fix", "fix"], 1),
    ],
)
def test_rounds_of_fixing_are_counted_in_a_row(past: list[str], count: int) -> None:
    assert decisions.rounds([made(choice) for choice in past], Choice.FIX) == count


@pytest.mark.parametrize(
    ("past", "count"), [([], 0), (["later"], 1), (["pause", "later"], 1), (["fix", "later"], 0)]
)
def test_a_date_is_moved_anew_once_something_was_decided(past: list[str], count: int) -> None:
    assert decisions.rounds([made(choice) for choice in past], Choice.LATER) == count


@pytest.mark.parametrize(
    ("record", "past", "refused"),
    [
        ({}, [], {Choice.RETIRE: Refusal.NEVER_LIVE}),
        ({}, ["fix"], {Choice.RETIRE: Refusal.NEVER_LIVE}),
        ({"stage": "limited"}, ["fix", "fix"], {Choice.FIX: Refusal.FIXED_TWICE}),
        ({"stage": "limited"}, ["later"], {Choice.LATER: Refusal.EXTENDED}),
        ({"stage": "limited"}, ["pause"], {Choice.PAUSE: Refusal.PAUSED_BEFORE}),
        ({"stage": "paused", "before_pause": "limited"}, [], {Choice.PAUSE: Refusal.PAUSED_BEFORE}),
        ({"stage": "production"}, [], {}),
        ({"stage": "idea"}, [], {Choice.RETIRE: Refusal.NEVER_LIVE, Choice.SCALE: Refusal.NOT_UNDERWAY}),
    ],
)
def test_what_is_not_open_is_refused_with_a_reason(
    record: dict[str, Any], past: list[str], refused: dict[Choice, Refusal]
) -> None:
    assert decisions.refused(pilot(**record), [made(choice) for choice in past], policy()) == refused


# --- what a choice does ---------------------------------------------------------------------------------------------

UNTIL = day(-30)


@pytest.mark.parametrize(
    ("choice", "record", "gate_met", "changes"),
    [
        (Choice.FIX, {}, False, {"decide_by": UNTIL}),
        (Choice.FIX, {}, True, {"decide_by": UNTIL, "stage": "hardening", "stage_since": TODAY}),
        (Choice.FIX, {"stage": "hardening"}, True, {"decide_by": UNTIL}),
        (Choice.SCALE, {}, False, {"decide_by": UNTIL}),
        (
            Choice.SCALE,
            {"stage": "hardening"},
            True,
            {"decide_by": UNTIL, "stage": "limited", "stage_since": TODAY},
        ),
        (Choice.SCALE, {"stage": "production"}, True, {"decide_by": UNTIL}),
        (Choice.LATER, {}, True, {"decide_by": UNTIL}),
        (
            Choice.PAUSE,
            {},
            False,
            {"stage": "paused", "paused_until": UNTIL, "before_pause": "pilot", "decide_by": UNTIL},
        ),
        (
            Choice.FIX,
            {"stage": "paused", "before_pause": "limited", "paused_until": day(-5)},
            False,
            {"decide_by": UNTIL, "stage": "limited", "paused_until": None, "before_pause": ""},
        ),
        (
            Choice.STOP,
            {"decide_by": TODAY},
            False,
            {
                "stage": "stopped",
                "stage_since": TODAY,
                "paused_until": None,
                "before_pause": "",
                "decide_by": None,
            },
        ),
    ],
)
def test_a_choice_changes_the_record(
    choice: Choice, record: dict[str, Any], gate_met: bool, changes: dict[str, object]
) -> None:
    assert (
        decisions.changes(choice, pilot(**record), TODAY, until=UNTIL, gated=decisions.Gated(gate_met))
        == changes
    )


def test_merged_is_stopped_and_retired_is_retired() -> None:
    for choice, stage in ((Choice.MERGE, "stopped"), (Choice.RETIRE, "retired")):
        assert (
            decisions.changes(choice, pilot(), TODAY, until=None, gated=decisions.Gated(passed=True))["stage"]
            == stage
        )


# --- what waiting costs ---------------------------------------------------------------------------------------------


def moved(before: str | None, after: str | None) -> Event:
    return Event("pilot.target", NOW, 1, 1, "target", before, after)


def test_the_ledger_counts_each_move_of_a_date_and_its_days() -> None:
    log = [
        moved(None, "2026-01-10"),
        moved("2026-01-10", "2026-02-10"),
        moved("2026-02-10", "2026-02-01"),
        moved("2026-02-01", "2026-03-01"),
        moved("2026-03-01", None),
    ]
    assert decisions.slips(log) == Slips(later=2, days=31 + 28, earlier=1)
    assert decisions.slips(reversed(log)) == decisions.slips(log)
    assert decisions.slips([]) == Slips()


@pytest.mark.parametrize(
    ("weekly", "overdue", "cost"), [(700, 9, 900), (700, 0, None), (None, 9, None), (0, 9, 0)]
)
def test_limbo_costs_what_a_week_costs_for_each_week_past_the_date(
    weekly: float | None, overdue: int, cost: float | None
) -> None:
    assert decisions.limbo(weekly, overdue) == cost


def test_what_was_spent_is_no_ground() -> None:
    assert not {"spent", "invested", "budget", "cost"} & set(Grounds.__slots__)
    assert suggest(replace(grounds(), today=TODAY), policy()) == suggest(grounds(), policy())
