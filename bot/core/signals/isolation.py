"""Signals about a pilot that stays apart: P08 checked by hand, P09 used by few, P13 built to throw away."""

from __future__ import annotations

from bot.core.policy import Policy
from bot.core.signals.facts import IN_PILOT, PilotFacts, Use
from bot.core.signals.kinds import Group, Severity, Signal
from bot.core.wording import count

REVIEW, ENVIRONMENT = "flow.review", "base.env"
TRIED = frozenset({"pilot", "hardening", "limited"})


def checked_by_hand(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P08: flow.review at 2 or below for too long, or a value check that says so; muted where a rule asks for it."""
    limits = policy.thresholds["P08"]
    if facts.stage not in IN_PILOT or facts.paused or facts.checks_all:
        return None
    low = facts.low(REVIEW, limits["medium_level"])
    late = low is not None and low > limits["days"]
    if not late and not facts.live_checks:
        return None
    worst = late and facts.levels[REVIEW].effective <= limits["high_level"]
    text = f"All outputs are still checked by hand after {low} days."
    return Signal(
        "P08",
        "Every output still checked by hand",
        Severity.HIGH if worst else Severity.MEDIUM,
        Group.ISOLATION,
        text if late else "In live use, most outputs are still checked by hand.",
        "Record errors by type of output for two weeks, then write a rule: always check, sample, or trust.",
        f"{REVIEW} at level {facts.levels[REVIEW].effective} for {low} days, over {limits['days']:g}"
        if late
        else "the last value check says that most or all of it is checked, while the rule asks less",
    )


def few_users(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P09: `reach = active / intended` too low, or nobody outside the team, and not growing."""
    use, limits = facts.use, policy.thresholds["P09"]
    if use is None or facts.stage not in TRIED or facts.paused or facts.pilot_days <= limits["days"]:
        return None
    live = facts.stage == "limited"
    least = limits["reach_limited" if live else "reach"]
    inside = use.outside == 0
    if (not inside and (use.reach is None or use.reach >= least)) or _grows(use, limits["growth"]):
        return None
    return Signal(
        "P09",
        "Use stays inside the pilot team",
        Severity.HIGH if live else Severity.MEDIUM,
        Group.ISOLATION,
        _used(use),
        "Put it in one real team's normal tool for two weeks, or write down why nobody else needs it.",
        f"reach {use.reach:.0%}, under {least:.0%}"
        if use.reach is not None
        else "nobody outside the pilot team",
    )


def throwaway_base(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P13: base.env at 1 or below, so long into Pilot or Hardening."""
    limits = policy.thresholds["P13"]
    low = facts.low(ENVIRONMENT, limits["level"])
    if low is None or facts.stage not in ("pilot", "hardening") or facts.paused:
        return None
    if facts.stage_days <= limits["days"]:
        return None
    return Signal(
        "P13",
        "Built on something to throw away",
        Severity.HIGH,
        Group.ISOLATION,
        "Still on a sandbox that must be rebuilt, with no plan.",
        "Size the rebuild (days, cost, who) before any more feature work.",
        f"{ENVIRONMENT} at level {facts.levels[ENVIRONMENT].effective}, {facts.stage_days} days into the stage, "
        f"over {limits['days']:g}",
    )


def _grows(use: Use, least: float) -> bool:
    """Whether use rose by that share in the last 60 days; the first users of all are growth too."""
    return use.before is not None and use.active > use.before and use.active >= use.before * (1 + least)


def _used(use: Use) -> str:
    active = f"{use.active} of {use.intended} intended users" if use.intended else count(use.active, "user")
    return f"{active} used it; none outside the pilot team." if use.outside == 0 else f"{active} used it."
