"""How long pilots stay in a stage, with those that are still in it counted as such; it must not know what a stage is.

The product-limit estimator (Kaplan and Meier 1958): finished pilots alone would make the median too short. Ten lines,
because a library for them would bring numpy, scipy and pandas to a process that answers clicks; the tests compare it
with a public library's results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """Days in a stage; `ended` is False for a pilot that is still in it."""

    days: int
    ended: bool


def survival(stays: Iterable[Stay]) -> tuple[tuple[int, float], ...]:
    """`S(t) = product(1 - exits_at_t / at_risk_t)` at each t (days) with an exit, rising t.

    Who leaves on a day and who was last seen on it are both at risk on that day.
    """
    known = list(stays)
    exits, seen = Counter(stay.days for stay in known if stay.ended), Counter(stay.days for stay in known)
    left, share, curve = len(known), 1.0, []
    for day in sorted(seen):
        if exits[day]:
            share *= 1 - exits[day] / left
            curve.append((day, share))
        left -= seen[day]
    return tuple(curve)


def median_stay(stays: Iterable[Stay]) -> int | None:
    """The first t with `S(t) <= 0.5`; None where fewer than half have left by the longest stay seen."""
    return next((day for day, share in survival(stays) if share <= HALF), None)


HALF = 0.5 + 1e-9  # a share computed as a product of ratios may miss one half by a rounding
