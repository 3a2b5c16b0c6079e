"""The four steps in which a score 0..100 is read at a glance; it must not know who shows it, or in which colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.card import Grid

NOT_KNOWN: Final = "not known"
COUNTED: Final = "how many are where"  # above all columns' spreads in words


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` up to the next band's; `says` stands in a legend, `among` behind a number of them."""

    low: int
    says: str
    among: str


# The steps are those of the model: 50 is the mean of its level 2, 75 that of its level 3.
BANDS: Final = (
    Band(0, "under 25", "under 25"),
    Band(25, "25 to 49", "from 25 to 49"),
    Band(50, "50 to 74", "from 50 to 74"),
    Band(75, "75 and over", "from 75"),
)


def band_of(score: int) -> int:
    """The number of a score's band, from 0 for the lowest."""
    return max((number for number, band in enumerate(BANDS) if score >= band.low), default=0)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rows of a grid spread over the bands in one column: a number for each band, and how many not known."""

    column: str
    counts: tuple[int, ...]
    unknown: int

    def said(self) -> str:
        """All of it in words, without what is nought."""
        named = [(band.among, count) for band, count in zip(BANDS, self.counts, strict=True)]
        told = (f"{count} {where}" for where, count in (*named, (NOT_KNOWN, self.unknown)) if count)
        return f"{self.column}: {', '.join(told)}"


def spreads(grid: Grid) -> tuple[Spread, ...]:
    """The spread of every column, in the grid's order."""
    columns = range(len(grid.columns))
    return tuple(_spread(grid.columns[at], [values[at] for _, values in _whole(grid)]) for at in columns)


def _spread(column: str, scores: Sequence[int | None]) -> Spread:
    bands = [band_of(score) for score in scores if score is not None]
    return Spread(
        column, tuple(bands.count(number) for number in range(len(BANDS))), len(scores) - len(bands)
    )


def _whole(grid: Grid) -> Iterable[tuple[str, tuple[int | None, ...]]]:
    """Rows as wide as the grid, whatever was stored."""
    wide = len(grid.columns)
    return ((label, (*values[:wide], *(None,) * (wide - len(values)))) for label, values in grid.rows)
