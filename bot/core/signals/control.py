"""The signal about control work left to the end: P14."""

from __future__ import annotations

from bot.core.policy import Policy
from bot.core.signals.facts import PilotFacts
from bot.core.signals.kinds import Group, Severity, Signal
from bot.core.wording import count

CONTROLS = ("gov.security", "gov.risk", "data.rights")


def late_control(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P14: the target date is near, or the stage is Hardening, and a control item is at 1 or below."""
    limits = policy.thresholds["P14"]
    if facts.stage not in ("framed", "pilot", "hardening") or facts.paused:
        return None
    days = (facts.target - facts.today).days if facts.target else None
    near = days is not None and 0 <= days < limits["days"]
    behind = [
        item for item in CONTROLS if (level := facts.levels.get(item)) and level.effective <= limits["level"]
    ]
    if not behind or not (near or facts.stage == "hardening"):
        return None
    name = facts.levels[behind[0]].name
    rest = f" and {count(len(behind) - 1, 'more control item')}" if len(behind) > 1 else ""
    when = (
        f"Launch in {count(days, 'day')}" if near and days is not None else f"Already in {facts.stage_name}"
    )
    return Signal(
        "P14",
        "Control work left to the end",
        Severity.HIGH,
        Group.LATE_CONTROL,
        f"{when}; {name}{rest} not started.",
        "Book the review now, or move the date if it cannot fit.",
        f"{', '.join(behind)} at level {limits['level']:g} or below; "
        + (f"{days} days to the date, under {limits['days']:g}" if near else "the stage is Hardening"),
    )
