"""Which readiness items a review asks this time, and in which order; it must not know how they are answered.

The rule is content.md section 3, "Which 12 items".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, zip_longest

from bot.core.draw import draw
from bot.core.gates import GateResult
from bot.core.policy import Policy
from bot.core.questionnaire import PROOF_LEVEL, ItemId, Kind, Model, Question, Questionnaire, Screen
from bot.core.readiness import ItemScore, Readiness

# A review comes 28 to 35 days after the one before, three of them take 91, and have 36 places for 33 items, so that
# hardly any may be asked twice in them. Of 90 days, 26 less is just past the longest two: such an item is asked now.
NEXT_DAYS = 26


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of a review: items in all, and of gate gaps; what counts as uncertain; days from which an item has
    to be asked; whether one claim is asked again blind.
    """

    items: int
    gate_items: int
    confidence: float
    due_days: int
    blind: bool


def rules_of(policy: Policy) -> Rules:
    """As the policy has them (`review`)."""
    rules = policy.thresholds["review"]
    return Rules(
        int(rules["items"]),
        int(rules["gate_items"]),
        rules["confidence"],
        max(int(rules["oldest_days"]) - NEXT_DAYS, 1),
        bool(rules["blind"]),
    )


@dataclass(frozen=True, slots=True)
class Picked:
    """The items of one review in the order asked; `blind` is the one shown without its earlier answer, if any."""

    items: tuple[ItemId, ...] = ()
    blind: ItemId = ""


def pick(
    model: Model,
    scores: Readiness,
    gate: GateResult | None,
    rules: Rules,
    *,
    turn: int,
    ages: Mapping[ItemId, float],
    seed: str = "",
) -> Picked:
    """At most `rules.items`. `ages`: days since each item's last answer; an item without one was never answered.

    First what would be too old at the next review, then what was never answered, the next gate's first, then gate
    gaps, one claim of 3 or 4 to ask again blind, low confidence, and one of every dimension. The claim is drawn by
    `seed`, of all claims or, where nothing more has room, of those asked anyway.

    They come in the order of the dimensions, which starts one dimension later each `turn`: later items get quicker,
    less careful answers. Inside a dimension the gate's items come first.
    """
    asked = sorted((item for item in scores.items if item.applicable), key=lambda it: (it.confidence, it.id))
    gaps = [item.id for item in sorted(gate.lacking, key=lambda item: item.confidence)] if gate else []
    chosen: dict[ItemId, None] = {}
    take = partial(_take, chosen, places=rules.items)
    take(_due(asked, ages, rules.due_days), rules.items)
    take((item for item in gaps if item not in ages), rules.gate_items)
    take(_new(model, asked, ages, chosen), rules.items)
    take(gaps, rules.gate_items - len(chosen.keys() & set(gaps)))
    blind = _blind(model, scores, chosen, rules.items, seed) if rules.blind else ""
    take([blind] if blind else [], 1)
    shaky = [item.id for item in asked if item.confidence < rules.confidence]
    take(shaky, rules.items - len(chosen) - len(_missing_dimensions(model, chosen)))
    for dimension in _missing_dimensions(model, chosen):
        take((item.id for item in asked if item.dimension == dimension), 1)
    take(shaky, rules.items)  # what was kept free for a dimension that an uncertain item stands for already
    return Picked(_in_order(model, chosen, _of_gate(gate), turn), blind)


def everything(model: Model, gate: GateResult | None, *, turn: int) -> Picked:
    """All items, for whoever wants to go through them at once; also those that were said not to apply."""
    return Picked(_in_order(model, (item.id for item in model.items()), _of_gate(gate), turn))


def arranged(form: Questionnaire, focus: tuple[ItemId, ...], blind: ItemId = "") -> Questionnaire:
    """A form with its dimensions, and the items in each, in the order of `focus`, and the blind one shown as such.

    What follows up on a dimension's answers stays behind it, and screens that belong to none stay where they are.
    """
    if not focus:
        return form
    rank = {item: place for place, item in reversed(list(enumerate(focus)))}
    order: dict[str, int] = {}
    for item, place in rank.items():
        order[_dimension(item)] = min(place, order.get(_dimension(item), place))
    slots = [place for place, screen in enumerate(form.screens) if _about(screen) in order]
    screens = list(form.screens)
    moved = sorted((form.screens[place] for place in slots), key=lambda screen: order[_about(screen)])
    for place, screen in zip(slots, moved, strict=True):
        asked = sorted(screen.questions, key=lambda question: rank.get(_item(question), len(rank)))
        screens[place] = replace(screen, questions=tuple(_hidden(question, blind) for question in asked))
    return replace(form, screens=tuple(screens))


def _about(screen: Screen) -> str:
    """The one dimension that all questions of a screen are about; empty for none, or several."""
    found = {_dimension(_item(question)) for question in screen.questions}
    return found.pop() if len(found) == 1 else ""


def _item(question: Question) -> ItemId:
    """The item that a question asks, or follows up on: `value.cost.link` is about `value.cost`."""
    return question.item or ".".join(question.id.split(".")[:2])


def _dimension(item: ItemId) -> str:
    return item.partition(".")[0]


def _hidden(question: Question, blind: ItemId) -> Question:
    known = question.kind is Kind.LEVEL and _item(question) == blind
    return replace(question, blind=True) if known else question


def _blind(model: Model, scores: Readiness, chosen: Mapping[ItemId, None], places: int, seed: str) -> ItemId:
    """The claim to ask again without its earlier answer: of those chosen where every other place is taken."""
    full = len(chosen) + len(_missing_dimensions(model, chosen)) >= places
    claims = [
        item.id
        for item in scores.items
        if (item.claimed or 0) >= PROOF_LEVEL and (not full or item.id in chosen)
    ]
    return draw(claims, seed=seed) or ""


def _of_gate(gate: GateResult | None) -> set[ItemId]:
    return {item.id for item in gate.items} if gate else set()


def _due(asked: Iterable[ItemScore], ages: Mapping[ItemId, float], days: int) -> list[ItemId]:
    """What cannot wait, oldest first; nothing where reviews are so rare that every answer is as old as that."""
    if min(ages.values(), default=0.0) > days:
        return []
    old = [item.id for item in asked if ages.get(item.id, 0.0) > days]
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


def _take(chosen: dict[ItemId, None], items: Iterable[ItemId], most: int, *, places: int) -> None:
    for item in items:
        if most <= 0 or len(chosen) >= places:
            return
        if item not in chosen:
            chosen[item] = None
            most -= 1


def _missing_dimensions(model: Model, chosen: Iterable[ItemId]) -> list[str]:
    held = {_dimension(item) for item in chosen}
    return [dimension.id for dimension in model.dimensions if dimension.id not in held]


def _in_order(model: Model, chosen: Iterable[ItemId], of_gate: set[ItemId], turn: int) -> tuple[ItemId, ...]:
    picked = set(chosen)
    start = turn % len(model.dimensions)
    rotated = (*model.dimensions[start:], *model.dimensions[:start])
    ordered = [item.id for dimension in rotated for item in dimension.items if item.id in picked]
    rank = {dimension.id: position for position, dimension in enumerate(rotated)}
    return tuple(sorted(ordered, key=lambda item: (rank[_dimension(item)], item not in of_gate)))
