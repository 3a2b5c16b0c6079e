"""Signals: computed reasons to look at a pilot, and its course; they must not know where the facts come from.

Formulas, thresholds and short messages are those of content.md section 5, the index and the states those of
section 4. One small function a signal, in a module for each group; every number is the policy's.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core.policy import Policy
from bot.core.signals.control import late_control
from bot.core.signals.course import Heading, heading, purgatory_index, state
from bot.core.signals.facts import PilotFacts, missed, slips
from bot.core.signals.isolation import checked_by_hand, few_users, throwaway_base
from bot.core.signals.kinds import STRONG, Course, Group, Severity, Signal
from bot.core.signals.movement import no_movement, same_blocker, sure_but_still
from bot.core.signals.ownership import missed_checkins, nobody_owns, silent_sponsor
from bot.core.signals.proof import autopilot, claims_without_proof, moving_goalposts, no_baseline
from bot.core.signals.timing import decision_overdue, no_date, old_for_stage, slipping_date

__all__ = [
    "RULES",
    "STRONG",
    "Course",
    "Group",
    "Heading",
    "PilotFacts",
    "Severity",
    "Signal",
    "heading",
    "missed",
    "purgatory_index",
    "signals",
    "slips",
    "state",
]

RULES: dict[str, Callable[[PilotFacts, Policy], Signal | None]] = {
    "P01": old_for_stage,
    "P02": no_movement,
    "P03": slipping_date,
    "P04": no_date,
    "P05": same_blocker,
    "P06": nobody_owns,
    "P07": silent_sponsor,
    "P08": checked_by_hand,
    "P09": few_users,
    "P10": missed_checkins,
    "P11": no_baseline,
    "P12": claims_without_proof,
    "P13": throwaway_base,
    "P14": late_control,
    "P15": decision_overdue,
    "P16": moving_goalposts,
    "P17": autopilot,
}  # P18 compares the owner's word with what the others found, so it comes after them


def signals(facts: PilotFacts, policy: Policy) -> tuple[Signal, ...]:
    """Every signal that fires, the most severe first, and by number where they weigh the same."""
    found = [signal for rule in RULES.values() if (signal := rule(facts, policy)) is not None]
    doubt = sure_but_still(facts, policy, found)
    order = list(Severity)
    return tuple(
        sorted([*found, *([doubt] if doubt else [])], key=lambda signal: order.index(signal.severity))
    )
