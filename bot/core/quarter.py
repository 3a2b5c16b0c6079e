"""A quarter of a portfolio in five figures, from ways, checks and blockers; it must not know where those are kept.

Content.md section 6, quarter version. It counts pilots and nothing else: no figure is about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.core.journey import Stint, entered, usual_stays
from bot.core.policy import Policy
from bot.core.signals.survival import Stay, median_stay

LEAST = (
    5  # pilots or blockers under a share or a median: with fewer, one of them moves it by a quarter and more
)
VALUE_DAYS = (
    90  # after first production use, when a live pilot is held against its target (content.md section 6)
)
REACHED, LIVE, ENDED = ("production",), ("limited", "production"), ("stopped", "retired")


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a calendar year, from `first` up to and with `last`."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=100)).replace(day=1) - timedelta(days=1)

    @property
    def number(self) -> int:
        """1 to 4."""
        return (self.first.month + 2) // 3

    def has(self, day: date | None) -> bool:
        """Whether a day is in it."""
        return day is not None and self.first <= day <= self.last


def running(today: date) -> Quarter:
    """The quarter that a day is in."""
    return Quarter(date(today.year, (today.month - 1) // 3 * 3 + 1, 1))


def past(today: date) -> Quarter:
    """The last quarter that was over on a day."""
    return running(running(today).first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Goal:
    """What a pilot's number was before, and what it should become; None where that was never said."""

    baseline: float | None
    goal: float | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """One thing that was in a pilot's way: named from a day on, cleared on another, or named last then."""

    since: date
    until: date
    cleared: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many pilots were stopped, merged or retired, and how many of them left something to reuse."""

    pilots: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A quarter in numbers.

    `reached` came into production for the first time, `stopped` ended without ever having been there. `stays` is
    stage -> median days, without the stages that too few pilots (`cohort`) were in, or that fewer than half have left.
    `met` and `missed` had their day 90 in the quarter and were measured, `unmeasured` were not, or against no target.
    `blockers` were in the way at some time of the quarter, half of them for at most `clearing` days; None where fewer
    than half were cleared.
    """

    quarter: Quarter
    reached: int
    stopped: int
    stays: Mapping[str, int]
    cohort: int
    met: int
    missed: int
    unmeasured: int
    ended: Ended
    blockers: int
    clearing: int | None


def figures(
    quarter: Quarter,
    ways: Iterable[Sequence[Stint]],
    verdicts: Iterable[bool | None],
    blocked: Iterable[Blocked],
    *,
    ended: Ended,
    policy: Policy,
) -> Figures:
    """The quarter; `verdicts` are those of the live pilots whose day 90 it has, see `met`."""
    then = [as_of(way, quarter.last) for way in ways]
    said = list(verdicts)
    stays = [_stay(one, quarter.last) for one in blocked if _in_the_way(one, quarter)]
    return Figures(
        quarter,
        reached=sum(quarter.has(entered(way, REACHED)) for way in then),
        stopped=sum(quarter.has(entered(way, ENDED)) and entered(way, REACHED) is None for way in then),
        stays=usual_stays(then, policy, quarter.last),
        cohort=int(policy.thresholds["P01"]["cohort"]),
        met=sum(one is True for one in said),
        missed=sum(one is False for one in said),
        unmeasured=sum(one is None for one in said),
        ended=ended,
        blockers=len(stays),
        clearing=median_stay(stays),
    )


def as_of(way: Sequence[Stint], day: date) -> tuple[Stint, ...]:
    """A way as it was known on a day."""
    begun = (stint for stint in way if stint.since <= day)
    return tuple(replace(one, until=None) if one.until and one.until > day else one for one in begun)


def value_day(way: Sequence[Stint]) -> date | None:
    """The day on which a live pilot is held against its target; None before it goes live."""
    live = entered(way, LIVE)
    return live + timedelta(days=VALUE_DAYS) if live else None


def met(goal: Goal, value: float | None) -> bool | None:
    """Whether a number has come as far as it should, up or down; None where it, its start or its target is missing."""
    if value is None or goal.baseline is None or goal.goal is None:
        return None
    return value >= goal.goal if goal.goal >= goal.baseline else value <= goal.goal


def blockers(named: Iterable[tuple[date, str]]) -> tuple[Blocked, ...]:
    """What was in one pilot's way, of the answers (day, slug or empty) of its check-ins, the oldest first."""
    found: list[Blocked] = []
    before = ""
    for day, slug in named:
        if before:
            found[-1] = replace(found[-1], until=day, cleared=slug != before)
        if slug and slug != before:
            found.append(Blocked(day, day, cleared=False))
        before = slug
    return tuple(found)


def _in_the_way(one: Blocked, quarter: Quarter) -> bool:
    return one.since <= quarter.last and one.until >= quarter.first


def _stay(one: Blocked, last: date) -> Stay:
    """What was cleared only after the quarter was in the way at its end."""
    ended = one.cleared and one.until <= last
    return Stay((min(one.until, last) - one.since).days, ended=ended)
