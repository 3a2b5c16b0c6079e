"""A grid of scores as Teams shows it: a chart of where the columns stand, and a line for each row; pure.

Not a table: on a phone six columns of numbers leave a name the width of a word. It must not know what is scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.teams.pen import Json, Pen, rich, run, words
from bot.core.bands import BANDS, COUNTED, NOT_KNOWN, Spread, band_of, spreads
from bot.core.card import Grid

BAR: Final = "Chart.HorizontalBar.Stacked"
# One a band, from the lowest. Red to blue is what the common kinds of colour blindness keep apart.
BARS: Final = ("divergingRed", "divergingPeach", "divergingLightBlue", "divergingBlue")
NO_BAR: Final = "divergingGray"
LOOKS: Final[tuple[Json, ...]] = (
    {"color": "Attention", "weight": "Bolder"},
    {"color": "Warning", "weight": "Bolder"},
    {},
    {"color": "Accent", "weight": "Bolder"},
)
SMALL: Final[Json] = {"size": "Small"}
SUBTLE: Final[Json] = {**SMALL, "isSubtle": True}
BETWEEN: Final = " · "


def drawn(grid: Grid, pen: Pen) -> Iterator[Json]:
    """The elements of a grid: nothing that it shows is only in the chart, which not every client draws."""
    if grid.rows and grid.columns:
        yield _chart(grid, pen)
    for label, scores in pen.some(grid.rows, "row"):
        yield rich([run(pen.line(label), {"weight": "Bolder"})])
        yield rich(_scores(grid.columns, scores, pen), spacing="None")
    yield from words(pen.line(grid.note), **SUBTLE)


def _chart(grid: Grid, pen: Pen) -> Json:
    """A bar for each column, all as long as there are rows, in as many colours as there are bands in it."""
    columns, title = spreads(grid), pen.line(grid.title)
    said = [rich([run(pen.line(one.said()), SMALL)], spacing="None") for one in columns]
    return {
        "type": BAR,
        "title": title,
        "showLegend": True,
        "data": [{"title": pen.line(one.column), "data": _parts(one)} for one in columns],
        "fallback": {"type": "Container", "items": [*words(f"{title}: {COUNTED}", **SUBTLE), *said]},
    }


def _parts(spread: Spread) -> list[Json]:
    named = [
        (band.says, count, colour) for band, count, colour in zip(BANDS, spread.counts, BARS, strict=True)
    ]
    parts = [*named, (NOT_KNOWN, spread.unknown, NO_BAR)]
    return [{"legend": says, "value": count, "color": colour} for says, count, colour in parts if count]


def _scores(columns: Sequence[str], scores: Sequence[int | None], pen: Pen) -> list[Json]:
    """What is known in the columns' order, its ends in colour; what is not known by its name alone."""
    told = [(pen.line(name), score) for name, score in zip(columns, scores, strict=False)]
    known = [(name, score) for name, score in told if score is not None]
    runs = [
        one for number, (name, score) in enumerate(known) for one in _score(name, score, first=not number)
    ]
    unknown = ", ".join(name for name, score in told if score is None)
    between = BETWEEN if runs and unknown else ""
    return [*runs, run(f"{between}{NOT_KNOWN}: {unknown}", SUBTLE)] if unknown else runs


def _score(name: str, score: int, *, first: bool) -> list[Json]:
    before = f"{name} " if first else f"{BETWEEN}{name} "
    return [run(before, SMALL), run(str(score), {**SMALL, **LOOKS[band_of(score)]})]
