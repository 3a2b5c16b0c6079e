"""Signals: computed reasons to look at a pilot, and its state; it must not know where the facts come from.

Formulas, thresholds and short messages are those of content.md section 5, the index and the states those of
section 4. The first form has three of the eighteen signals: P01, P04 and P10.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.core.questionnaire import SIDE_STAGES, STAGE_NAMES, Policy
from bot.core.records import Asked
from bot.core.state import Phase

DATED_STAGES = frozenset({"pilot", "hardening"})  # where a production date is expected
STUCK_STAGES = frozenset({"framed", "pilot", "hardening", "limited"})
TWO_HIGH = 50.0  # two high signals make 51: Stuck while only three signals exist, see `state`


class Severity(StrEnum):
    """How much a signal weighs; the weight is the policy's."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


STRONG = frozenset({Severity.CRITICAL, Severity.HIGH})


class Group(StrEnum):
    """What a signal is about. Being stuck takes one about time or movement."""

    TIME = "time"
    MOVEMENT = "movement"
    OWNERSHIP = "ownership"
    ISOLATION = "isolation"
    PROOF = "proof"
    LATE_CONTROL = "late_control"


class Course(StrEnum):
    """Where a pilot is heading; never a colour without its reason."""

    STUCK = "stuck"
    AT_RISK = "at_risk"
    MOVING = "moving"
    UNKNOWN = "unknown"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal that fires: the condition in one sentence, and the next step. Neither names a fault."""

    id: str
    name: str
    severity: Severity
    group: Group
    text: str
    action: str


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """What signals look at, for one pilot on one day (`today` in the organisation's zone).

    `paused_days` are the days of this stage that the pilot was paused. `undated_since` is the day on which
    the target date was taken away; None: there has been none in this stage. `missed` counts unanswered pulses
    of the last few, `streak` those in a row until now (see `missed`). `away`: the owner is marked away today.
    `confidence` is the overall one of the readiness, 0..1.
    """

    stage: str
    stage_since: date
    today: date
    target: date | None = None
    undated_since: date | None = None
    paused: bool = False
    paused_days: int = 0
    missed: int = 0
    streak: int = 0
    away: bool = False
    confidence: float = 0.0

    @property
    def stage_days(self) -> int:
        """Days in the stage, without those paused."""
        return max((self.today - self.stage_since).days - self.paused_days, 0)


def old_for_stage(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P01: age / M > r, M the median of days in this stage; in Pilot also beyond the absolute limit.

    The first form takes M from the policy and says "usual"; "half of our pilots leave it by day M" would be a
    claim about pilots that nobody has counted. The Kaplan-Meier median over all of them needs their history.
    """
    limits, median = policy.thresholds["P01"], policy.medians.get(facts.stage)
    if median is None or _in_grace(facts, policy):
        return None
    age = facts.stage_days
    high = age > limits["high"] * median or (facts.stage == "pilot" and age > limits["absolute_days"])
    if not high and age <= limits["medium"] * median:
        return None
    return Signal(
        "P01",
        "Old for its stage",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.TIME,
        f"In {_stage(facts)} for {age} days; {median} are usual.",
        "Decide to scale, fix or stop it.",
    )


def no_date(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P04: in Pilot or Hardening with no production date, or one that has passed, for more than g days."""
    if facts.stage not in DATED_STAGES or _in_grace(facts, policy):
        return None
    limits = policy.thresholds["P04"]
    if facts.target is None:
        days = _undated_days(facts)
        text = f"No date for real use, {facts.stage_days} days into {_stage(facts)}."
        fires = days > limits["none_days"]
    else:
        days = (facts.today - facts.target).days
        text = f"The date for real use passed {days} days ago, with no new one."
        fires = days > limits["past_days"]
    action = "Set a date for real use, or a day to decide by."
    return Signal("P04", "No production date", Severity.HIGH, Group.TIME, text, action) if fires else None


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
    )


RULES: tuple[Callable[[PilotFacts, Policy], Signal | None], ...] = (old_for_stage, no_date, missed_checkins)


def signals(facts: PilotFacts, policy: Policy) -> tuple[Signal, ...]:
    """Every signal that fires, the most severe first."""
    found = [signal for rule in RULES if (signal := rule(facts, policy)) is not None]
    order = list(Severity)
    return tuple(sorted(found, key=lambda signal: order.index(signal.severity)))


def purgatory_index(found: Iterable[Signal], policy: Policy) -> float:
    """`P = 100 * (1 - product(1 - q))` with q the weight of each signal's severity."""
    return 100 * (1 - math.prod(1 - policy.severity[signal.severity] for signal in found))


def state(facts: PilotFacts, found: Iterable[Signal], policy: Policy) -> Course:
    """The state by the rule of section 4, the first that holds: Paused, Stuck, At risk, Unknown, Moving.

    With three signals two high ones make no more than 51, so the first form calls a pilot Stuck from 50 on:
    one that is both old for its stage and undated is stuck. The policy's number holds once the other signals
    exist. A silent pilot (P10 alone) is Unknown, never Moving.
    """
    found, numbers = tuple(found), policy.thresholds["state"]
    index = purgatory_index(found, policy)
    if facts.paused:
        return Course.PAUSED
    if facts.stage in STUCK_STAGES and index >= min(numbers["stuck"], TWO_HIGH) and _strong(found, policy):
        return Course.STUCK
    if facts.stage not in SIDE_STAGES and index >= numbers["at_risk"]:
        return Course.AT_RISK
    if facts.confidence < numbers["unknown_confidence"] or facts.streak >= numbers["unknown_missed"]:
        return Course.UNKNOWN
    return Course.MOVING


def missed(pulses: Iterable[Asked], policy: Policy) -> tuple[int, int]:
    """(unanswered of the last four, unanswered in a row until now) of pulses given newest first.

    Those that still ask somebody are not counted yet, nor those that were closed before their time was up.
    """
    silent = [
        pulse.outcome == MISSED for pulse in pulses if pulse.phase in _ANSWERED or pulse.outcome == MISSED
    ]
    streak = silent.index(False) if False in silent else len(silent)
    return sum(silent[: int(policy.thresholds["P10"]["of"])]), streak


MISSED = "missed"  # the outcome of a check-in whose time ran out
_ANSWERED = frozenset({Phase.DONE, Phase.DECLINED})


def _strong(found: tuple[Signal, ...], policy: Policy) -> bool:
    """Enough signals of high or critical severity, one of them about time or movement."""
    strong = [signal for signal in found if signal.severity in STRONG]
    timely = any(signal.group in (Group.TIME, Group.MOVEMENT) for signal in strong)
    return timely and len(strong) >= policy.thresholds["state"]["strong_signals"]


def _in_grace(facts: PilotFacts, policy: Policy) -> bool:
    """Whether signals about time and movement are silent: paused, or the stage is only just entered."""
    return facts.paused or facts.stage_days < policy.thresholds["P01"]["grace_days"]


def _undated_days(facts: PilotFacts) -> int:
    """Days in this stage without a date: all of them, or those since it was taken away."""
    if facts.undated_since is None:
        return facts.stage_days
    return min((facts.today - facts.undated_since).days, facts.stage_days)


def _stage(facts: PilotFacts) -> str:
    return STAGE_NAMES.get(facts.stage, facts.stage)
