"""How good forecasts were, once their dates have come; it must not know who made them or where they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Said:
    """One forecast: the chance, 0 to 1, of real use by a date."""

    chance: float
    by: date


@dataclass(frozen=True, slots=True)
class Score:
    """The Brier score, 0 to 1 where lower is better and 0.25 is a coin toss, and how many forecasts it rests on."""

    value: float
    forecasts: int


def brier(said: Iterable[Said], *, live: date | None, today: date) -> Score | None:
    """`mean((p - outcome)^2)` over the forecasts whose date has come, or that came true before it; None without any.

    `live` is the first day of real use, None for not yet. The outcome is 1 where that was by the date then stated.
    """
    errors = [
        (one.chance - kept) ** 2
        for one in said
        if (kept := live is not None and live <= one.by) or one.by < today
    ]
    return Score(sum(errors) / len(errors), len(errors)) if errors else None
