"""Which readiness items a review asks this time; it must not know how they are asked.

The rule is content.md section 3, "Which 12 items". The blind re-ask of that rule needs a seed kept with the review.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.questionnaire import ItemId, Model
from bot.core.readiness import GateResult, Readiness

MOST = 12  # items of one review, about five minutes
GATE_MOST = 6
NEW_MOST = 4
LOW_CONFIDENCE = 0.5


def pick(model: Model, scores: Readiness, gate: GateResult | None, *, turn: int) -> tuple[ItemId, ...]:
    """At most MOST items: gate gaps, never answered, low confidence, then one of every dimension.

    They come in the order of the dimensions, which starts one dimension later each `turn`: later items get quicker,
    less careful answers. Inside a dimension the gate's items come first.
    """
    by_confidence = sorted(scores.items, key=lambda item: (item.confidence, item.id))
    gaps = sorted((item for item in gate.lacking), key=lambda item: item.confidence) if gate else []
    chosen: dict[ItemId, None] = {}
    _take(chosen, (item.id for item in gaps), GATE_MOST)
    _take(chosen, (item.id for item in by_confidence if item.applicable and not item.answered), NEW_MOST)
    shaky = (item.id for item in by_confidence if item.applicable and item.confidence < LOW_CONFIDENCE)
    _take(chosen, shaky, MOST - len(_missing_dimensions(model, chosen)))
    for dimension in _missing_dimensions(model, chosen):
        first = next(
            (item.id for item in by_confidence if item.dimension == dimension and item.applicable), None
        )
        _take(chosen, [first] if first else [], 1)
    return _in_order(model, chosen, {item.id for item in gate.items} if gate else set(), turn)


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
