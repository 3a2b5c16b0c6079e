"""How well each signal tells pilots that move on from those that do not; it must not know how a signal is computed.

One case is one stay of one pilot in one stage. A stay in which the signal fired counts from the day it first did. One
in which it did not counts from the same age in the stage, the median of those that fired: counted from its first day
it would have had longer to move on, and every signal would look good (landmark analysis, Anderson et al. 1983).
Only stays in stages in which the signal fires are compared: from some stages pilots move on faster than from others.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.journey import Stint
from bot.core.questionnaire import STAGES
from bot.core.records import PilotId
from bot.core.signals.facts import STUCK_STAGES

WITHIN = timedelta(days=90)  # to reach the next stage in (content.md section 5, "Calibrate")
ENOUGH = 8  # cases on either side: below it one pilot more or less changes the share by over an eighth
CHANCE = 0.05  # of a difference at least as large by luck alone, above which nothing is claimed


class Verdict(StrEnum):
    """What the cases say of a signal."""

    SEPARATES = "separates"
    UNCLEAR = "unclear"  # fewer moved on with it, but that may be luck
    NONE = "none"  # as many moved on with it as without: a candidate to drop
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Share:
    """`moved` of so many cases (`of`) reached a later stage within 90 days."""

    moved: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Firing:
    """One time at which a signal came on."""

    pilot: PilotId
    signal: str
    on: date


@dataclass(frozen=True, slots=True)
class Calibration:
    """One signal: how often it came on, for how many pilots, and who moved on with it and without it."""

    signal: str
    times: int
    pilots: int
    fired: Share
    quiet: Share
    verdict: Verdict


def calibrated(
    firings: Iterable[Firing],
    journeys: Mapping[PilotId, Sequence[Stint]],
    watched: Mapping[PilotId, date],
    today: date,
) -> tuple[Calibration, ...]:
    """Every signal that ever fired, by its number. `watched` is the day since which signals of a pilot are known."""
    by_signal: dict[str, list[Firing]] = {}
    for firing in firings:
        by_signal.setdefault(firing.signal, []).append(firing)
    stays = [stay for pilot, stints in journeys.items() for stay in _stays(pilot, stints, watched)]
    return tuple(_calibration(name, by_signal[name], stays, today) for name in sorted(by_signal))


@dataclass(frozen=True, slots=True)
class _Stay:
    """A stay in a stage as far as it was watched; `moved_on`: it ended in a later stage."""

    pilot: PilotId
    stage: str
    entered: date
    watched: date
    until: date | None
    moved_on: bool

    def holds(self, day: date) -> bool:
        return self.watched <= day and (self.until is None or day < self.until)

    def within(self, day: date) -> bool:
        return self.moved_on and self.until is not None and self.until - day <= WITHIN


def _stays(pilot: PilotId, stints: Sequence[Stint], watched: Mapping[PilotId, date]) -> Iterator[_Stay]:
    for place, stint in enumerate(stints):
        seen = watched.get(pilot)
        if seen is None or stint.stage not in STUCK_STAGES or (stint.until and stint.until <= seen):
            continue
        after = stints[place + 1].stage if place + 1 < len(stints) else ""
        later = after in STAGES and STAGES.index(after) > STAGES.index(stint.stage)
        yield _Stay(pilot, stint.stage, stint.since, max(stint.since, seen), stint.until, later)


def _calibration(name: str, firings: Sequence[Firing], stays: Sequence[_Stay], today: date) -> Calibration:
    days: dict[PilotId, list[date]] = {}
    for firing in firings:
        days.setdefault(firing.pilot, []).append(firing.on)
    first = [min(filter(stay.holds, days.get(stay.pilot, ())), default=None) for stay in stays]
    ages = [(day - stay.entered).days for stay, day in zip(stays, first, strict=True) if day]
    landmark = timedelta(days=statistics.median_low(ages)) if ages else None
    stages = {stay.stage for stay, day in zip(stays, first, strict=True) if day}
    fired, quiet = [], []
    for stay, day in zip(stays, first, strict=True):
        if day is not None:
            fired += _outcome(stay, day, today)
        elif landmark is not None and stay.stage in stages:
            quiet += _outcome(stay, stay.entered + landmark, today)
    sides = Share(sum(fired), len(fired)), Share(sum(quiet), len(quiet))
    return Calibration(name, len(firings), len(days), *sides, _verdict(*sides))


def _outcome(stay: _Stay, day: date, today: date) -> list[bool]:
    """Whether it moved on in time; nothing for a stay that was over by then, or whose 90 days are not."""
    return [stay.within(day)] if stay.holds(day) and day + WITHIN <= today else []


def _verdict(fired: Share, quiet: Share) -> Verdict:
    if min(fired.of, quiet.of) < ENOUGH:
        return Verdict.TOO_FEW
    if fired.moved * quiet.of >= quiet.moved * fired.of:
        return Verdict.NONE
    return Verdict.SEPARATES if by_luck(fired, quiet) <= CHANCE else Verdict.UNCLEAR


def by_luck(fired: Share, quiet: Share) -> float:
    """The chance of so few moving on with the signal if it told nothing: Fisher's exact test, one-sided."""
    moved, every = fired.moved + quiet.moved, math.comb(fired.of + quiet.of, fired.of)
    ways = (
        math.comb(moved, n) * math.comb(fired.of + quiet.of - moved, fired.of - n)
        for n in range(fired.moved + 1)
    )
    return sum(ways) / every
