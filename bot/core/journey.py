"""A pilot's way through the stages, from the log of its moves; it must not know where the log is kept.

A pause interrupts a stage and does not end it; going back begins the stage anew, and the first entry stays known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.policy import Policy
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.signals.survival import Stay, median_stay

PAUSED = "paused"
MONTH = 30.44  # days, the mean of a year's


@dataclass(frozen=True, slots=True)
class Move:
    """One change of stage; `before` is empty for a pilot's first stage."""

    on: date
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Stint:
    """Days in one stage, from `since` to `until`; None: still in it. `paused` of them were spent on pause."""

    stage: str
    since: date
    until: date | None = None
    paused: int = 0

    def days(self, today: date) -> int:
        """Days in the stage until it was left or until today, without those paused."""
        return max(((self.until or today) - self.since).days - self.paused, 0)


def journey(
    moves: Iterable[Move], *, stage: str, since: date, today: date, begun: date | None = None
) -> tuple[Stint, ...]:
    """The stints of a pilot that is in `stage` since `since`, the oldest first; moves in the order they happened.

    `begun` is the day it was registered, in the stage that its first move left. What the record says of the present
    stage goes before the log: a pilot may be registered long after it began.
    """
    moves = list(moves)
    found: list[Stint] = []
    if moves and moves[0].before not in ("", PAUSED):
        found.append(Stint(moves[0].before, min(begun or moves[0].on, moves[0].on)))
    pause: date | None = None
    for move in moves:
        if move.after == PAUSED:
            pause = move.on
            continue
        if move.before == PAUSED and found:
            found[-1] = _rested(found[-1], pause, move.on)
            pause = None
            if move.after == found[-1].stage:
                continue
        if found:
            found[-1] = replace(found[-1], until=move.on)
        found.append(Stint(move.after, move.on))
    if pause is not None and found:
        found[-1] = _rested(found[-1], pause, today)
    return _as_recorded(found, stage, since)


def came_forward(before: str, after: str) -> bool:
    """Whether a change of stage led on to a later one; coming back from a pause is no movement."""
    order = {stage: position for position, stage in enumerate(STAGES)}
    return before not in SIDE_STAGES and order.get(after, -1) > order.get(before, len(order))


def entered(stints: Sequence[Stint], stages: Iterable[str]) -> date | None:
    """The first day in any of these stages."""
    wanted = frozenset(stages)
    return min((stint.since for stint in stints if stint.stage in wanted), default=None)


def usual_stays(journeys: Iterable[Sequence[Stint]], policy: Policy, today: date) -> Mapping[str, int]:
    """Stage -> the median days that pilots stay, where enough of them entered it lately (P01)."""
    limits = policy.thresholds["P01"]
    stays: dict[str, list[Stay]] = {stage: [] for stage in policy.medians}
    for stints in journeys:
        for stint in stints:
            if stint.stage in stays and (today - stint.since).days <= limits["cohort_months"] * MONTH:
                stays[stint.stage].append(Stay(stint.days(today), ended=stint.until is not None))
    enough = {stage: found for stage, found in stays.items() if len(found) >= limits["cohort"]}
    return {stage: median for stage, found in enough.items() if (median := median_stay(found)) is not None}


def _rested(stint: Stint, pause: date | None, until: date) -> Stint:
    """The stint with the days of a pause; one that began before the log did is not known."""
    since = max(pause, stint.since) if pause else until
    return replace(stint, paused=stint.paused + max((until - since).days, 0))


def _as_recorded(found: list[Stint], stage: str, since: date) -> tuple[Stint, ...]:
    if stage == PAUSED:
        return tuple(found)
    if found and found[-1].stage == stage:
        return (*found[:-1], replace(found[-1], since=since))
    return (*found, Stint(stage, since))
