"""Holds what was found of a made-up portfolio against the fates it had; it must not know how either came about."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.records import Event, PilotId
from bot.core.signals import Course
from bot.service import evaluations
from bot.service.work import Work
from bot.simulation.fates import STANDS, Fate, Life
from bot.simulation.running import Lived


@dataclass(frozen=True, slots=True)
class Case:
    """One pilot: its fate, when that began, when it was first called Stuck, where it is at the end.

    `signals` are the ids and names of those that were on at any time since its fate began; of a moving one, at all.
    """

    fate: Fate
    begins: date | None
    stuck: date | None
    last: Course
    signals: Mapping[str, str]

    @property
    def found(self) -> bool:
        """Rightly called Stuck: it stands still, and was not called so before it did."""
        return (
            self.fate in STANDS
            and self.stuck is not None
            and self.begins is not None
            and self.begins <= self.stuck
        )


@dataclass(frozen=True, slots=True)
class Report:
    """How well Stuck finds the pilots that stand still, and what fired for whom; None where there is nothing to divide.

    `called` were called Stuck, `standing` are those that it is to find, `found` are both. `weeks` is the median from
    the beginning of a fate to the day on which it was found. Silent pilots count neither way: nothing moves there
    either, so that Stuck is no false alarm, and Not known is as right.
    """

    cases: Sequence[Case]
    called: int
    standing: int
    found: int
    weeks: float | None

    @property
    def precision(self) -> float | None:
        """The share of right calls."""
        return self.found / self.called if self.called else None

    @property
    def recall(self) -> float | None:
        """The share of those standing still that were found."""
        return self.found / self.standing if self.standing else None

    def pilots(self, fate: Fate) -> int:
        """How many have a fate."""
        return sum(case.fate is fate for case in self.cases)

    def stuck(self, fate: Fate) -> int:
        """How many of a fate were called Stuck at any time."""
        return sum(case.fate is fate and case.stuck is not None for case in self.cases)

    def last(self, fate: Fate, course: Course) -> int:
        """How many of a fate are on a course at the end."""
        return sum(case.fate is fate and case.last is course for case in self.cases)

    def signals(self) -> Mapping[str, Counter[Fate]]:
        """For each signal that fired, for how many pilots of each fate."""
        fired: dict[str, Counter[Fate]] = {}
        for case in self.cases:
            for name in case.signals:
                fired.setdefault(name, Counter())[case.fate] += 1
        return dict(sorted(fired.items()))

    def names(self) -> Mapping[str, str]:
        """What each signal that fired is called."""
        return {ident: name for case in self.cases for ident, name in case.signals.items()}


def report(cases: Sequence[Case]) -> Report:
    """The cases counted."""
    found = [case for case in cases if case.found]
    waits = [(case.stuck - case.begins).days / 7 for case in found if case.stuck and case.begins]
    return Report(
        cases,
        called=sum(case.stuck is not None and case.fate is not Fate.SILENT for case in cases),
        standing=sum(case.fate in STANDS for case in cases),
        found=len(found),
        weeks=statistics.median(waits) if waits else None,
    )


def cases(work: Work, lived: Lived) -> list[Case]:
    """What the log says of every pilot that was lived."""
    kinds, most = (evaluations.COURSE, evaluations.ON, evaluations.OFF), 1_000_000
    logged: dict[PilotId, list[Event]] = {ident: [] for ident in lived.lives}
    for event in reversed(work.unit.events(kinds=kinds, limit=most)):
        if event.pilot is not None:
            logged[event.pilot].append(event)
    return [_case(work, lived.lives[ident], events) for ident, events in logged.items()]


def _case(work: Work, life: Life, logged: Sequence[Event]) -> Case:
    courses = [
        (work.day(event.at), Course(str(event.after))) for event in logged if event.kind == evaluations.COURSE
    ]
    stuck = next((day for day, course in courses if course is Course.STUCK), None)
    last = courses[-1][1] if courses else Course.UNKNOWN
    return Case(life.fate, life.begins, stuck, last, _signals(work, life, logged))


def _signals(work: Work, life: Life, logged: Iterable[Event]) -> dict[str, str]:
    """Those that were on when the fate began, and those that came on since."""
    found: dict[str, str] = {}
    for event in logged:
        if event.kind == evaluations.ON and isinstance(event.after, dict):
            found[event.subject] = str(event.after["name"])
        elif event.kind == evaluations.OFF and life.begins and work.day(event.at) < life.begins:
            found.pop(event.subject, None)
    return found
