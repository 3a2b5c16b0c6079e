"""Signals about what answers rest on: P11 no baseline, P12 claims without proof, P16 goalposts, P17 autopilot."""

from __future__ import annotations

from bot.core.policy import Policy
from bot.core.questionnaire import PROOF_LEVEL
from bot.core.signals.facts import IN_PILOT, Answering, PilotFacts
from bot.core.signals.kinds import Group, Severity, Signal

BASELINE = "value.baseline"


def no_baseline(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P11: value.baseline at 1 or below for so many days in Pilot or later."""
    limits = policy.thresholds["P11"]
    low = facts.low(BASELINE, limits["level"])
    if low is None or low <= limits["days"] or facts.stage not in IN_PILOT or facts.paused:
        return None
    return Signal(
        "P11",
        "No baseline",
        Severity.HIGH,
        Group.PROOF,
        f"No starting value for {facts.metric or 'the measure'}: success cannot be shown.",
        "Measure today's way of working for two weeks, even roughly; agree a target with the sponsor.",
        f"{BASELINE} at level {facts.levels[BASELINE].effective} for {low} days, over {limits['days']:g}",
    )


def claims_without_proof(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P12: of n items claimed at 3 or 4, more than this share has no link, a dead one or an old one."""
    limits = policy.thresholds["P12"]
    high = [level for level in facts.levels.values() if (level.claimed or 0) >= PROOF_LEVEL]
    bare = sum(level.effective < (level.claimed or 0) for level in high)
    if facts.paused or len(high) < limits["claims"] or bare <= limits["share"] * len(high):
        return None
    return Signal(
        "P12",
        "High claims without proof",
        Severity.MEDIUM,
        Group.PROOF,
        f"{bare} of {len(high)} high answers have no proof.",
        "Add the three links that matter most for the next gate; the answers count as level 2 until then.",
        f"{bare} / {len(high)} = {bare / len(high):.0%}, over {limits['share']:.0%}",
    )


def moving_goalposts(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P16: the success measure, or its target in the easier direction, changed so many times."""
    limits, changes = policy.thresholds["P16"], facts.measure_changes
    high = changes >= limits["high"]
    if facts.paused or not (high or (changes >= limits["medium"] and facts.results)):
        return None
    return Signal(
        "P16",
        "Moving goalposts",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.PROOF,
        "The success measure changed once results were in."
        if changes == 1
        else f"The success measure changed {changes} times.",
        "The sponsor approves one measure again; old and new results both stay on the card.",
        f"{changes} changes (high from {limits['high']:g}, medium from {limits['medium']:g} after first results)",
    )


def autopilot(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P17: reviews in a row that repeat the last, too quick or all one level; or a blind re-ask that differs."""
    if facts.answering is None or facts.paused:
        return None
    text, formula = _mechanical(facts.answering, policy)
    if not text:
        return None
    return Signal(
        "P17",
        "Answers on autopilot",
        Severity.LOW,
        Group.PROOF,
        text,
        "The next review hides earlier answers for three items; hand some to a colleague.",
        formula,
    )


def _mechanical(seen: Answering, policy: Policy) -> tuple[str, str]:
    """What was noticed, and by which number; nothing where reviews look read."""
    limits = policy.thresholds["P17"]
    running = int(limits["reviews"])
    if len(seen.same) >= running and min(seen.same[:running]) >= limits["share"]:
        return (
            f"The last {running} reviews are identical.",
            f"share unchanged from {limits['share']:.0%} in each",
        )
    if seen.one_level:
        return "Every item got the same level.", "one level in the whole review"
    if seen.seconds is not None and seen.seconds < limits["seconds"]:
        return "The last review was answered faster than it can be read.", f"{seen.seconds:g} seconds an item"
    if seen.off >= limits["reask"]:
        return "An item asked again without its earlier answer got another one.", f"{seen.off} levels apart"
    return "", ""
