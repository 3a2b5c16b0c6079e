"""Who hears when, where nobody answers: pure arithmetic on working days; it must not know the people or the words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core import cadence
from bot.core.localtime import local, wall
from bot.core.policy import Asking, Escalation

DEPUTY, SPONSOR, LEAD, OUTCOME = "deputy", "sponsor", "lead", "outcome"
STEPS = (DEPUTY, SPONSOR, LEAD, OUTCOME)  # lowest first: the boss hears later
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder and its moment (UTC)."""

    step: str
    at: datetime


def rungs(
    closed_at: datetime, there: Collection[str], *, rules: Escalation, asking: Asking, zone: str
) -> tuple[Rung, ...]:
    """The ladder of a check-in that closes unanswered; steps that are not `there` are left out with their days."""
    found, at = [], closed_at
    for step in (step for step in STEPS if step in there):
        at = later(at, rules.days[step], asking=asking, zone=zone)
        found.append(Rung(step, at))
    return tuple(found)


def rest(
    due: datetime, there: Collection[str], *, rules: Escalation, asking: Asking, zone: str
) -> tuple[Rung, ...]:
    """What is left of a ladder whose next step is due at a moment."""
    left = [step for step in STEPS if step in there]
    if not left:
        return ()
    return (Rung(left[0], due), *rungs(due, left[1:], rules=rules, asking=asking, zone=zone))


def later(moment: datetime, days: int, *, asking: Asking, zone: str) -> datetime:
    """The usual hour of the day that is so many working days on, or of the next good one."""
    day = local(moment, zone).date()
    on = day
    while cadence.working_days_between(day, on, asking) < days:
        on += _DAY
    return cadence.good_moment(wall(on, time(asking.hour), zone), zone=zone, asking=asking)
