"""The purgatory index and a pilot's course, with what keeps it from flickering; it must not know single signals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.policy import Policy
from bot.core.questionnaire import SIDE_STAGES
from bot.core.signals.facts import STUCK_STAGES, PilotFacts
from bot.core.signals.kinds import STRONG, Course, Group, Severity, Signal


@dataclass(frozen=True, slots=True)
class Heading:
    """The course that holds since `since`, and one seen lately that does not hold yet: `next`, seen `times`."""

    course: Course
    since: datetime
    next: Course | None = None
    times: int = 0


def purgatory_index(found: Iterable[Signal], policy: Policy) -> float:
    """`P = 100 * (1 - product(1 - q))` with q the weight of each signal's severity."""
    return 100 * (1 - math.prod(1 - policy.severity[signal.severity] for signal in found))


def state(facts: PilotFacts, found: Iterable[Signal], policy: Policy) -> Course:
    """The state by the rule of section 4, the first that holds: Paused, Stuck, At risk, Unknown, Moving.

    A silent pilot (P10 alone) is Unknown, never Moving.
    """
    found, numbers = tuple(found), policy.thresholds["state"]
    index = purgatory_index(found, policy)
    if facts.paused:
        return Course.PAUSED
    if facts.stage in STUCK_STAGES and index >= numbers["stuck"] and _strong(found, policy):
        return Course.STUCK
    if facts.stage not in SIDE_STAGES and index >= numbers["at_risk"]:
        return Course.AT_RISK
    if facts.confidence < numbers["unknown_confidence"] or facts.streak >= numbers["unknown_missed"]:
        return Course.UNKNOWN
    return Course.MOVING


def heading(
    before: Heading | None, seen: Course, found: Iterable[Signal], at: datetime, policy: Policy
) -> Heading:
    """What holds after an evaluation at `at` saw a course: a new one has to be seen `hold` times running.

    At once changes whatever has nothing to flicker about: the first course of all, a pause, its end, and a critical
    signal.
    """
    if before is None or seen is before.course:
        return Heading(seen, at) if before is None else Heading(before.course, before.since)
    times = before.times + 1 if seen is before.next else 1
    critical = any(signal.severity is Severity.CRITICAL for signal in found)
    at_once = critical or Course.PAUSED in (seen, before.course)
    if at_once or times >= policy.thresholds["state"]["hold"]:
        return Heading(seen, at)
    return Heading(before.course, before.since, seen, times)


def _strong(found: tuple[Signal, ...], policy: Policy) -> bool:
    """Enough signals of high or critical severity, one of them about time or movement."""
    strong = [signal for signal in found if signal.severity in STRONG]
    timely = any(signal.group in (Group.TIME, Group.MOVEMENT) for signal in strong)
    return timely and len(strong) >= policy.thresholds["state"]["strong_signals"]
