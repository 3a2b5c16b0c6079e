"""Signals P01, P04 and P10: each fires, just does not fire, and is muted; and the states they make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.readiness import effective, score
from bot.core.records import Asked
from bot.core.signals import (
    Course,
    Group,
    PilotFacts,
    Severity,
    Signal,
    missed,
    missed_checkins,
    no_date,
    old_for_stage,
    purgatory_index,
    signals,
    state,
)
from bot.core.signals.facts import Blocked, Level, Owned, Pace, Sponsored
from bot.core.state import Phase
from tests.core.scenery import NOW, TODAY, ago, day, invoice_matcher, model, policy

GOOD = PilotFacts("pilot", day(20), TODAY, target=day(-60), confidence=0.5)
OLD = replace(GOOD, stage_since=day(181))
UNDATED = replace(GOOD, stage_since=day(31), target=None)


def test_a_young_dated_answering_pilot_fires_nothing() -> None:
    assert signals(GOOD, policy()) == ()
    assert state(GOOD, (), policy()) is Course.MOVING


# --- P01 old for its stage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "days", "severity"),
    [
        ("pilot", 135, None),  # 1.5 * 90 is not more than 1.5
        ("pilot", 136, Severity.MEDIUM),
        ("pilot", 180, Severity.MEDIUM),
        ("pilot", 181, Severity.HIGH),
        ("framed", 45, None),
        ("framed", 46, Severity.MEDIUM),
        ("framed", 61, Severity.HIGH),
        ("limited", 90, None),
        ("limited", 91, Severity.MEDIUM),
        ("idea", 900, None),
        ("production", 900, None),
    ],
)
def test_a_pilot_is_old_by_how_long_others_stay(stage: str, days: int, severity: Severity | None) -> None:
    found = old_for_stage(replace(GOOD, stage=stage, stage_since=day(days)), policy())
    assert (found and found.severity) == severity


def test_an_old_pilot_reads_as_a_fact() -> None:
    found = old_for_stage(OLD, policy())
    assert found is not None
    assert found.text == "In Pilot for 181 days; 90 are usual."
    assert found.group is Group.TIME


@pytest.mark.parametrize(("days", "severity"), [(240, Severity.MEDIUM), (241, Severity.HIGH)])
def test_240_days_in_pilot_are_too_many_whatever_is_usual(days: int, severity: Severity) -> None:
    slow = replace(policy(), medians={**policy().medians, "pilot": 150})
    found = old_for_stage(replace(GOOD, stage_since=day(days)), slow)
    assert found is not None
    assert found.severity is severity


def test_days_on_pause_do_not_age_a_pilot() -> None:
    assert old_for_stage(replace(OLD, paused_days=46), policy()) is None
    assert old_for_stage(replace(OLD, paused=True), policy()) is None


def test_a_new_stage_has_two_weeks_of_grace() -> None:
    brisk = replace(policy(), medians={**policy().medians, "pilot": 5})
    assert old_for_stage(replace(GOOD, stage_since=day(13)), brisk) is None
    assert old_for_stage(replace(GOOD, stage_since=day(14)), brisk) is not None


# --- P04 no production date ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "fires"), [(30, False), (31, True)])
@pytest.mark.parametrize("stage", ["pilot", "hardening"])
def test_a_month_without_a_date_is_long_enough(stage: str, days: int, fires: bool) -> None:
    found = no_date(replace(UNDATED, stage=stage, stage_since=day(days)), policy())
    assert (found is not None) is fires


def test_an_undated_pilot_reads_as_a_fact() -> None:
    found = no_date(UNDATED, policy())
    assert found is not None
    assert found.text == "No date for real use, 31 days into Pilot."
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(("days", "fires"), [(7, False), (8, True)])
def test_a_date_that_passed_gets_a_week(days: int, fires: bool) -> None:
    found = no_date(replace(GOOD, target=day(days)), policy())
    assert (found is not None) is fires


def test_a_date_taken_away_counts_from_that_day() -> None:
    long_in = replace(UNDATED, stage_since=day(100))
    assert no_date(replace(long_in, undated_since=day(30)), policy()) is None
    assert no_date(replace(long_in, undated_since=day(31)), policy()) is not None


@pytest.mark.parametrize("stage", ["idea", "framed", "limited", "production"])
def test_only_pilot_and_hardening_need_a_date(stage: str) -> None:
    assert no_date(replace(UNDATED, stage=stage), policy()) is None


def test_no_date_is_muted_by_pause_and_grace() -> None:
    assert no_date(replace(UNDATED, paused=True), policy()) is None
    assert no_date(replace(GOOD, stage_since=day(13), target=day(20)), policy()) is None
    assert no_date(replace(GOOD, stage_since=day(14), target=day(20)), policy()) is not None


# --- P10 missed check-ins -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "streak", "severity"),
    [
        (1, 1, None),
        (2, 0, Severity.MEDIUM),
        (2, 2, Severity.MEDIUM),
        (3, 3, Severity.HIGH),
        (4, 9, Severity.HIGH),
    ],
)
def test_silence_counts(missing: int, streak: int, severity: Severity | None) -> None:
    found = missed_checkins(replace(GOOD, missed=missing, streak=streak), policy())
    assert (found and found.severity) == severity


@pytest.mark.parametrize(
    ("missing", "streak", "text"),
    [
        (3, 3, "No answer to the last 3 check-ins."),
        (2, 0, "2 of the last 4 check-ins had no answer."),
        (3, 1, "3 of the last 4 check-ins had no answer."),
    ],
)
def test_silence_reads_as_a_fact(missing: int, streak: int, text: str) -> None:
    found = missed_checkins(replace(GOOD, missed=missing, streak=streak), policy())
    assert found is not None
    assert found.text == text


def test_an_owner_who_is_away_is_not_missing() -> None:
    silent = replace(GOOD, missed=4, streak=4)
    assert missed_checkins(replace(silent, away=True), policy()) is None
    assert missed_checkins(replace(silent, paused=True), policy()) is None


@pytest.mark.parametrize(
    ("ends", "counted"),
    [
        ("", (0, 0)),
        ("answered", (0, 0)),
        ("missed", (1, 1)),
        ("missed missed answered missed missed", (3, 2)),
        ("answered missed missed", (2, 0)),
        ("open missed missed missed", (3, 3)),  # the one still open is not missed yet
        ("missed closed missed answered", (2, 2)),  # closed early, so nobody had the time to answer
        ("replaced replaced answered", (2, 2)),  # its time was up before the next one replaced it
        ("missed missed missed missed missed", (4, 5)),
        ("declined missed", (1, 0)),
    ],
)
def test_missed_checkins_are_counted_from_the_newest(ends: str, counted: tuple[int, int]) -> None:
    pulses = [_asked(number, end) for number, end in enumerate(ends.split())]
    assert missed(pulses, policy()) == counted


# --- index and states ---------------------------------------------------------------------------------------


def test_the_index_of_the_worked_example_is_71() -> None:
    found = [_signal("high"), _signal("high"), _signal("medium"), _signal("high")]
    assert round(purgatory_index(found, policy())) == 71


def test_the_worked_example_is_stuck_for_the_signals_printed_and_no_other() -> None:
    """Content.md section 4: the levels of Invoice matcher, half a year in Pilot, the same blocker three times."""
    items = {
        item: Level(item, effective(known, policy(), NOW) or 0, known.level, day(190))
        for item, known in invoice_matcher().items()
    }
    facts = replace(
        OLD,
        pilot_since=OLD.stage_since,
        confidence=score(invoice_matcher(), model(), policy(), NOW).confidence,
        levels=items,
        pace=Pace(60, answered=4, reviewed=1, low=41, high=42, moved=False, watched_days=120),
        blocked=Blocked("Security review", 3),
        owned=Owned(known=True, accepted=True),
        sponsored=Sponsored(known=True, name="Sofia", acted=day(10)),
    )
    found = signals(facts, policy())
    severities = {one.id: one.severity for one in found}
    assert severities == {
        "P01": Severity.HIGH,
        "P02": Severity.HIGH,
        "P05": Severity.MEDIUM,
        "P08": Severity.HIGH,
    }
    assert round(purgatory_index(found, policy())) == 71
    assert (
        sum(one.group in (Group.TIME, Group.MOVEMENT) and one.severity is Severity.HIGH for one in found) == 2
    )
    assert state(facts, found, policy()) is Course.STUCK


def test_no_signal_means_no_purgatory() -> None:
    assert purgatory_index([], policy()) == 0


def test_two_high_signals_are_at_risk_and_a_third_is_stuck() -> None:
    facts = replace(OLD, target=None)
    assert [signal.id for signal in signals(facts, policy())] == ["P01", "P04"]
    assert _state(facts) is Course.AT_RISK
    assert _state(replace(facts, missed=3, streak=3)) is Course.STUCK


def test_one_strong_signal_is_not_enough_to_be_stuck() -> None:
    assert _state(OLD) is Course.MOVING
    assert _state(replace(OLD, missed=2, streak=0)) is Course.AT_RISK
    assert _state(replace(UNDATED, stage_since=day(140))) is Course.AT_RISK


def test_silence_alone_is_unknown_and_never_moving() -> None:
    assert _state(replace(GOOD, missed=3, streak=3)) is Course.UNKNOWN


def test_answers_too_old_to_trust_are_unknown() -> None:
    assert _state(replace(GOOD, confidence=0.24)) is Course.UNKNOWN
    assert _state(replace(GOOD, confidence=0.25)) is Course.MOVING


def test_strong_signals_that_are_not_about_time_or_movement_do_not_make_stuck() -> None:
    owners = [replace(_signal("high"), group=Group.OWNERSHIP)] * 3
    assert state(GOOD, owners, policy()) is Course.AT_RISK


def test_a_paused_pilot_is_paused_whatever_else() -> None:
    assert _state(replace(OLD, target=None, missed=4, streak=4, paused=True)) is Course.PAUSED


def test_the_most_severe_signal_comes_first() -> None:
    facts = replace(OLD, stage_since=day(140), missed=3, streak=3)
    assert [signal.id for signal in signals(facts, policy())] == ["P10", "P01"]


def test_signals_name_no_person_and_offer_a_next_step() -> None:
    for signal in signals(replace(OLD, target=None, missed=4, streak=4), policy()):
        assert signal.text.endswith(".")
        assert signal.action


# --- shorthand ----------------------------------------------------------------------------------------------


def _state(facts: PilotFacts) -> Course:
    return state(facts, signals(facts, policy()), policy())


def _signal(severity: str) -> Signal:
    return Signal("P00", "A signal", Severity(severity), Group.TIME, "It is so.", "Do this.")


ENDS = {
    "open": (Phase.OPEN, ""),
    "answered": (Phase.DONE, "answered"),
    "declined": (Phase.DECLINED, "declined"),
    "missed": (Phase.EXPIRED, "missed"),
    "replaced": (Phase.CLOSED, "missed"),
    "closed": (Phase.CLOSED, "closed"),
}


def _asked(number: int, end: str) -> Asked:
    phase, outcome = ENDS[end]
    return Asked(number, 1, "pulse", 1, 1, slot=ago(14 * number), phase=phase, outcome=outcome, done_at=NOW)
