"""The map of a portfolio: pilots by dimension as one picture for a phone, and its words; it must not draw.

It is no ranking: pilots stand by stage, then by name. What needs a decision or is stuck is always on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.core.card import Card, Grid, Picture, fit
from bot.core.card_json import grid_to_json
from bot.core.compose import words
from bot.core.questionnaire import STAGES
from bot.core.records import PilotId

PILOTS_SHOWN = 12  # rows that a phone shows without scrolling
NAME_SHOWN = 32  # characters in the words, which with twelve rows have to stay under two thousand
TITLE = "Readiness by dimension"
# One word a column; where a dimension is not among these, its id is the word.
SHORT = {
    "value": "Value",
    "flow": "Process",
    "data": "Data",
    "base": "Platform",
    "gov": "Control",
    "team": "People",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A pilot with its score in each dimension, 0..100, None where nothing is known."""

    pilot: PilotId
    name: str
    stage: str
    scores: tuple[int | None, ...]


def portfolio_map(
    dimensions: Sequence[str], pilots: Sequence[Scored], wanted: Collection[PilotId]
) -> Card | None:
    """The card with the picture; None where no pilot has a score. `wanted` are shown before all others."""
    known = [one for one in pilots if any(score is not None for score in one.scores)]
    if not known:
        return None
    chosen = sorted(known, key=lambda one: (one.pilot not in wanted, _place(one)))[:PILOTS_SHOWN]
    shown = sorted(chosen, key=_place)
    columns = tuple(SHORT.get(dimension, words.capital(dimension)) for dimension in dimensions)
    grid = Grid(
        f"{TITLE}, 0 to 100",
        columns,
        tuple((one.name, one.scores) for one in shown),
        _rest(pilots, known, shown),
    )
    alt = _alt(grid)
    return Card(TITLE, f"{TITLE}\n{alt}", body=(Picture(_key(grid), alt, grid),))


def _place(one: Scored) -> tuple[int, str]:
    """The furthest first."""
    return -STAGES.index(one.stage) if one.stage in STAGES else 1, one.name.casefold()


def _rest(pilots: Sequence[Scored], known: Sequence[Scored], shown: Sequence[Scored]) -> str:
    parts = []
    if more := len(known) - len(shown):
        parts.append(f"{words.count(more, 'pilot')} more")
    if unknown := len(pilots) - len(known):
        parts.append(f"{words.count(unknown, 'pilot')} without a score yet")
    return f"Not shown: {words.listed(parts)}." if parts else ""


def _alt(grid: Grid) -> str:
    """All that the picture shows, in words."""
    rows = (f"{fit(name, NAME_SHOWN)}: {_scores(grid, scores)}." for name, scores in grid.rows)
    return " ".join((f"{grid.title}.", *rows, grid.note)).strip()


def _scores(grid: Grid, scores: Sequence[int | None]) -> str:
    told = (
        f"{name} {'not known' if score is None else score}"
        for name, score in zip(grid.columns, scores, strict=True)
    )
    return ", ".join(told)


def _key(grid: Grid) -> str:
    """The same numbers have the same picture, so that it is drawn and uploaded once."""
    return "map-" + hashlib.sha256(json.dumps(grid_to_json(grid)).encode()).hexdigest()[:32]
