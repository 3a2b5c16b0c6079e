"""What a signal is, how much it weighs and what a pilot's course can be; it must not know any rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a signal weighs; the weight is the policy's. The order is from the heaviest down."""

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
    """One signal that fires: the condition in one sentence, and the next step. Neither names a fault.

    `formula` is the rule with this pilot's numbers in it, for whoever asks why.
    """

    id: str
    name: str
    severity: Severity
    group: Group
    text: str
    action: str
    formula: str = ""
