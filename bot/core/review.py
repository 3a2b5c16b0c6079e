"""Which readiness items a review asks this time; it must not know how they are asked.

The rule is content.md section 3, "Which 12 items". The blind re-ask of that rule needs a seed kept with the review.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, zip_longest

from bot.core.questionnaire import ItemId, Model
from bot.core.readiness import GateResult, ItemScore, Readiness

MOST = 12  # items of one review, about five minutes
GATE_MOST = 6
LOW_CONFIDENCE = 0.5
# Three monthly reviews are 91 days on their weekday and have 36 places for 33 items, so hardly any may be asked
# twice in them. What is older than two months at their longest (35 + 28 days) has to be asked this time.
DUE_DAYS = 64


def pick(
    model: Model,
    scores: Readiness,
    gate: GateResult | None,
    *,
    turn: int,
    ages: Mapping[ItemId, float],
) -> tuple[ItemId, ...]:
    """At most MOST items. `ages`: days since each item's last answer; an item without one was never answered.

    First what would be older than 90 days at the next review, then what was never answered, the next gate's first,
    then gate gaps, low confidence, and one of every dimension. They come in the order of the dimensions, which
    starts one dimension later each `turn`: later items get quicker, less careful answers. Inside a dimension the
    gate's items come first.
    """
    asked = sorted((item for item in scores.items if item.applicable), key=lambda it: (it.confidence, it.id))
    gaps = [item.id for item in sorted(gate.lacking, key=lambda item: item.confidence)] if gate else []
    chosen: dict[ItemId, None] = {}
    _take(chosen, _due(asked, ages), MOST)
    _take(chosen, (item for item in gaps if item not in ages), GATE_MOST)
    _take(chosen, _new(model, asked, ages, chosen), MOST)
    _take(chosen, gaps, GATE_MOST - len(chosen.keys() & set(gaps)))
    shaky = (item.id for item in asked if item.confidence < LOW_CONFIDENCE)
    _take(chosen, shaky, MOST - len(chosen) - len(_missing_dimensions(model, chosen)))
    for dimension in _missing_dimensions(model, chosen):
        _take(chosen, (item.id for item in asked if item.dimension == dimension), 1)
    return _in_order(model, chosen, {item.id for item in gate.items} if gate else set(), turn)


def _due(asked: Iterable[ItemScore], ages: Mapping[ItemId, float]) -> list[ItemId]:
    """What cannot wait, oldest first; nothing where reviews are so rare that every answer is as old as that."""
    if min(ages.values(), default=0.0) > DUE_DAYS:
        return []
    old = [item.id for item in asked if ages.get(item.id, 0.0) > DUE_DAYS]
    return sorted(old, key=lambda item: -ages[item])


def _new(
    model: Model, asked: Iterable[ItemScore], ages: Mapping[ItemId, float], chosen: Iterable[ItemId]
) -> list[ItemId]:
    """What was never answered: one of each dimension in turn, those first that have none chosen yet."""
    new = [item for item in asked if item.id not in ages]
    missing = _missing_dimensions(model, chosen)
    dimensions = sorted((dimension.id for dimension in model.dimensions), key=lambda one: one not in missing)
    columns = [[item.id for item in new if item.dimension == dimension] for dimension in dimensions]
    return [item for item in chain.from_iterable(zip_longest(*columns)) if item is not None]


def _take(chosen: dict[ItemId, None], items: Iterable[ItemId], most: int) -> None:
    for item in items:
        if most <= 0 or len(chosen) >= MOST:
            return
        if item not in chosen:
            chosen[item] = None
            most -= 1


def _missing_dimensions(model: Model, chosen: Iterable[ItemId]) -> list[str]:
    held = {item.partition(".")[0] for item in chosen}
    return [dimension.id for dimension in model.dimensions if dimension.id not in held]


def _in_order(model: Model, chosen: Iterable[ItemId], of_gate: set[ItemId], turn: int) -> tuple[ItemId, ...]:
    picked = set(chosen)
    start = turn % len(model.dimensions)
    rotated = (*model.dimensions[start:], *model.dimensions[:start])
    ordered = [item.id for dimension in rotated for item in dimension.items if item.id in picked]
    rank = {dimension.id: position for position, dimension in enumerate(rotated)}
    return tuple(sorted(ordered, key=lambda item: (rank[item.partition(".")[0]], item not in of_gate)))
