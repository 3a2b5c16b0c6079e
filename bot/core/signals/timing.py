"""Signals about time: P01 old for its stage, P03 slipping date, P04 no date, P15 decision overdue."""

from __future__ import annotations

from bot.core.days import day_words
from bot.core.policy import Policy
from bot.core.signals.facts import DATED_STAGES, STUCK_STAGES, PilotFacts, in_grace
from bot.core.signals.kinds import Group, Severity, Signal


def old_for_stage(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P01: age / M > r; in Pilot also beyond the absolute limit.

    M is the Kaplan-Meier median of our own pilots (`survival`), or the policy's while those are too few. Then the
    text says "usual": that half of our pilots leave by then would be a claim about pilots that nobody counted.
    """
    limits = policy.thresholds["P01"]
    median = facts.median if facts.median is not None else policy.medians.get(facts.stage)
    if median is None or facts.stage not in policy.medians or in_grace(facts, policy):
        return None
    age = facts.stage_days
    high = age > limits["high"] * median or (facts.stage == "pilot" and age > limits["absolute_days"])
    if not high and age <= limits["medium"] * median:
        return None
    usual = (
        f"{median:g} are usual" if facts.median is None else f"half of our pilots leave it by day {median:g}"
    )
    return Signal(
        "P01",
        "Old for its stage",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.TIME,
        f"In {facts.stage_name} for {age} days; {usual}.",
        "Decide to scale, fix or stop it.",
        f"{age} days / {median:g} days = {age / median:.1f}, over {limits['high' if high else 'medium']:g}"
        if not high or age > limits["high"] * median
        else f"{age} days in Pilot, over {limits['absolute_days']:g}",
    )


def slipping_date(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P03: the target date moved later so many times, or drifted too far from the first plan."""
    if facts.stage not in STUCK_STAGES or in_grace(facts, policy):
        return None
    limits, drift = policy.thresholds["P03"], _drift(facts)
    high = facts.slips >= limits["high"] or drift > limits["drift"]
    if not high and facts.slips < limits["medium"]:
        return None
    return Signal(
        "P03",
        "Target date keeps slipping",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.TIME,
        _slipped(facts),
        "Ask whoever clears the top blocker for an early, a likely and a late date.",
        f"{facts.slips} moves later by over {limits['later_days']:g} days; drift {drift:.0%} of the first plan",
    )


def no_date(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P04: in Pilot or Hardening with no production date, or one that has passed, for more than g days."""
    if facts.stage not in DATED_STAGES or in_grace(facts, policy):
        return None
    limits = policy.thresholds["P04"]
    if facts.target is None:
        days, most = _undated_days(facts), limits["none_days"]
        text = f"No date for real use, {facts.stage_days} days into {facts.stage_name}."
        formula = f"{days} days without a date, over {most:g}"
    else:
        days, most = (facts.today - facts.target).days, limits["past_days"]
        text = f"The date for real use passed {days} days ago, with no new one."
        formula = f"{days} days past the date, over {most:g}"
    if days <= most:
        return None
    action = "Set a date for real use, or a day to decide by."
    return Signal("P04", "No production date", Severity.HIGH, Group.TIME, text, action, formula)


def decision_overdue(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P15: nobody decided so many days after the day to decide by, or it was put off too often."""
    deciding = facts.deciding
    if deciding is None or facts.stage not in STUCK_STAGES or facts.paused:
        return None
    limits = policy.thresholds["P15"]
    late = (facts.today - deciding.due).days if deciding.due and not deciding.decided else 0
    if deciding.due and late > limits["days"]:
        severity = Severity.CRITICAL
        text = f"A decision was due on {day_words(deciding.due, facts.today)}; nobody decided."
        formula = f"{late} days past the day to decide by, over {limits['days']:g}"
    elif deciding.extensions >= limits["extensions"]:
        severity = Severity.HIGH
        text = f"The decision was put off {deciding.extensions} times."
        formula = f"{deciding.extensions} extensions or rounds of Fix, from {limits['extensions']:g}"
    else:
        return None
    return Signal(
        "P15", "Decision overdue", severity, Group.TIME, text, "Decide to scale, fix or stop it.", formula
    )


def _drift(facts: PilotFacts) -> float:
    """`(target - original target) / (original target - created)`; 0 where a date is missing, or never had a plan."""
    if facts.target is None or facts.original_target is None or facts.created is None:
        return 0.0
    planned = (facts.original_target - facts.created).days
    return (facts.target - facts.original_target).days / planned if planned > 0 else 0.0


def _slipped(facts: PilotFacts) -> str:
    days = (facts.target - facts.original_target).days if facts.target and facts.original_target else 0
    times = "once" if facts.slips == 1 else f"{facts.slips} times"
    moved = f"The date for real use moved {times}" if facts.slips else "The date for real use moved"
    return f"{moved}, {days} days in all." if days > 0 else f"{moved}."


def _undated_days(facts: PilotFacts) -> int:
    """Days in this stage without a date: all of them, or those since it was taken away."""
    if facts.undated_since is None:
        return facts.stage_days
    return min((facts.today - facts.undated_since).days, facts.stage_days)
