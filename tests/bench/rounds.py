"""How figures are taken and shown: interleaved rounds, medians with their range, one table; it measures nothing itself.

Only ratios of two things measured in the same rounds mean anything on a shared machine. Each round runs all of them,
the first round is thrown away, and a ratio is taken inside a round before the median of the rounds is.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 8  # as the goals ask for, and one before them that warms up
MILLI, MICRO = 1e3, 1e6  # in a second


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `reached` is None where there is no goal."""

    measure: str
    figure: str
    goal: str = ""
    reached: bool | None = None


def interleaved(*measures: Callable[[], T], rounds: int = ROUNDS) -> list[tuple[T, ...]]:
    """What each measure found in each round. Who begins changes from round to round."""
    return [_round(measures, begins=nth % len(measures)) for nth in range(rounds + 1)][1:]


def _round(measures: Sequence[Callable[[], T]], *, begins: int) -> tuple[T, ...]:
    order = [*range(begins, len(measures)), *range(begins)]
    found = {which: measures[which]() for which in order}
    return tuple(found[which] for which in range(len(measures)))


def chosen(rows: Iterable[Sequence[float]], one: int, other: int) -> list[tuple[float, float]]:
    """Of what was measured in each round, the two that a ratio is taken of."""
    return [(row[one], row[other]) for row in rows]


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def ratio(measure: str, pairs: Iterable[Sequence[float]], *, most: float | None = None) -> Figure:
    """The first of each pair against the second: the median, and in brackets the lowest and highest round."""
    found = [one / other for one, other in pairs]
    middle = statistics.median(found)
    text = f"{middle:.2f} x [{min(found):.2f}-{max(found):.2f}]"
    return Figure(measure, text) if most is None else Figure(measure, text, f"<= {most:g} x", middle <= most)


def at_least(measure: str, pairs: Sequence[Sequence[float]], least: float) -> Figure:
    """A ratio that is to be large."""
    middle = statistics.median(one / other for one, other in pairs)
    return Figure(measure, ratio(measure, pairs).figure, f">= {least:g} x", middle >= least)


def spread(measure: str, values: Sequence[float], unit: str, *, most: float | None = None) -> Figure:
    """The median of the rounds, and in brackets the lowest and highest."""
    middle = statistics.median(values)
    text = f"{_short(middle)} {unit} [{_short(min(values))}-{_short(max(values))}]"
    return (
        Figure(measure, text)
        if most is None
        else Figure(measure, text, f"<= {most:g} {unit}", middle <= most)
    )


def _short(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def latency(measure: str, seconds: Sequence[float], *, most: float | None = None) -> Figure:
    """How long most and nearly all take, in milliseconds; `most` is for the slowest in a hundred."""
    half, nearly = quantile(seconds, 0.5) * MILLI, quantile(seconds, 0.99) * MILLI
    text = f"p50 {half:.2f} ms, p99 {nearly:.2f} ms"
    return (
        Figure(measure, text) if most is None else Figure(measure, text, f"p99 < {most:g} ms", nearly < most)
    )


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """The lines of the table."""
    rows = [("measure", "figure", "goal", "reached"), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    yield from (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in ruled
    )


def _row(one: Figure) -> tuple[str, str, str, str]:
    verdict = {None: "", True: "yes", False: "no"}[one.reached]
    return one.measure, one.figure, one.goal, verdict
