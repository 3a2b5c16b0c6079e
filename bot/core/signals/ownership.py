"""Signals about people in charge: P06 nobody owns the result, P07 silent sponsor, P10 missed check-ins."""

from __future__ import annotations

from bot.core.days import day_words
from bot.core.policy import Policy
from bot.core.signals.facts import IN_PILOT, STUCK_STAGES, Owned, PilotFacts
from bot.core.signals.kinds import Group, Severity, Signal

SPONSOR = "team.sponsor"


def nobody_owns(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P06: in Pilot or later without an owner who accepted and is not the builder alone; at once when they left."""
    owned, limits = facts.owned, policy.thresholds["P06"]
    if owned is None or facts.stage not in IN_PILOT or facts.paused or _answers_for_it(owned):
        return None
    days = _days_without(owned, facts)
    if days <= limits["left_days" if owned.left else "days"] and not (
        owned.left and days >= limits["left_days"]
    ):
        return None
    return Signal(
        "P06",
        "Nobody owns the result",
        Severity.CRITICAL,
        Group.OWNERSHIP,
        _unowned(owned, facts, days),
        f"The sponsor names an owner within {limits['name_within_days']:g} days, or it is paused.",
        f"{days} days in Pilot or later without an accepted business owner, over {limits['days']:g}",
    )


def silent_sponsor(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P07: no sponsor, none that acted lately, or team.sponsor low."""
    sponsored, limits = facts.sponsored, policy.thresholds["P07"]
    if sponsored is None or facts.stage not in STUCK_STAGES or facts.paused:
        return None
    if not sponsored.known:
        fires = facts.pilot_days > limits["none_days"]
        text, formula = (
            "No sponsor is named.",
            f"{facts.pilot_days} days in Pilot, over {limits['none_days']:g}",
        )
    else:
        silent = (facts.today - (sponsored.acted or facts.stage_since)).days
        level = facts.levels.get(SPONSOR)
        low = level is not None and level.effective <= limits["level"] and facts.stage in IN_PILOT
        fires = silent > limits["days"] or low
        name = sponsored.name or "the sponsor"
        since = day_words(sponsored.acted, facts.today) if sponsored.acted else ""
        text = f"No sign from {name} since {since}." if since else f"No sign from {name} yet."
        if low and silent <= limits["days"]:
            text = "No senior sponsor is active."
        formula = f"{silent} days since the sponsor's last act, over {limits['days']:g}"
        formula = (
            f"{SPONSOR} at level {level.effective}" if low and level and silent <= limits["days"] else formula
        )
    if not fires:
        return None
    action = "Ask the sponsor for their own view in one tap; silent again, the lead asks whether it is still wanted."
    return Signal("P07", "Silent sponsor", Severity.HIGH, Group.OWNERSHIP, text, action, formula)


def missed_checkins(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P10: pulses without an answer, of the last four or in a row; an owner who is away is not missing."""
    limits = policy.thresholds["P10"]
    high, medium = facts.streak >= limits["high"], facts.missed >= limits["medium"]
    if facts.paused or facts.away or not (high or medium):
        return None
    text = f"{facts.missed} of the last {limits['of']:g} check-ins had no answer."
    if facts.streak >= facts.missed:
        text = f"No answer to the last {facts.streak} check-ins."
    return Signal(
        "P10",
        "Missed check-ins",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.OWNERSHIP,
        text,
        "Ask the deputy, then the sponsor: is this still running?",
        f"{facts.missed} of {limits['of']:g} missed (from {limits['medium']:g}), "
        f"{facts.streak} in a row (high from {limits['high']:g})",
    )


def _answers_for_it(owned: Owned) -> bool:
    return owned.known and owned.accepted and not owned.is_builder and not owned.left


def _days_without(owned: Owned, facts: PilotFacts) -> int:
    """Days in Pilot or later since it has been so; a pilot that was paused meanwhile is not held to them."""
    if owned.since is None:
        return facts.pilot_days
    return min((facts.today - owned.since).days, facts.pilot_days)


def _unowned(owned: Owned, facts: PilotFacts, days: int) -> str:
    if owned.left:
        return "The owner's account has ended, and nobody else answers for the result."
    if not owned.known:
        return f"No business owner {days} days into {facts.stage_name}."
    if owned.is_builder:
        return "Its builder alone answers for the result."
    return f"The named business owner has not accepted, {days} days on."
