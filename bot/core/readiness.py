"""Readiness scores and confidence from item levels; it must not know of gates, chats, storage or wording.

Every formula is that of content.md section 4 (Scoring); the names in the docstrings are the names used there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.policy import Policy
from bot.core.questionnaire import PROOF_LEVEL, Dimension, Item, ItemId, Model
from bot.core.records import ItemLevel, Verdict

Levels = Mapping[ItemId, ItemLevel]

UNPROVEN_LEVEL = PROOF_LEVEL - 1  # what a claim of 3 or 4 counts without a valid link
POINTS_PER_LEVEL = 25  # level 4 is 100 points
DAY = timedelta(days=1)
LINK_TRIES = 3  # checks in a row that a link did not open: a site may be down for a night, hardly for three


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item as it counts. `claimed` None: not answered, "I don't know", or does not apply.

    `effective` is the level after the proof rule, None where the item is not answered or does not apply.
    """

    id: ItemId
    dimension: str
    claimed: int | None
    effective: int | None
    confidence: float
    applicable: bool

    @property
    def answered(self) -> bool:
        """Whether it counts in the mean; "I don't know" does, as level 0."""
        return self.effective is not None


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension, 0..100, with the proof rule and without; None where nothing is answered."""

    id: str
    name: str
    proven: int | None
    claimed: int | None
    coverage: float
    confidence: float
    provisional: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """All scores of one pilot at one moment.

    `weakest` is the id of the lowest dimension, empty when nothing is answered. `band` is empty while too
    little is answered to give the score a name. `claimed` is for owner and sponsor alone.
    """

    dimensions: tuple[DimensionScore, ...]
    items: tuple[ItemScore, ...]
    overall: int | None
    claimed: int | None
    weakest: str
    coverage: float
    confidence: float
    band: str
    provisional: bool

    def dimension(self, wanted: str) -> DimensionScore | None:
        """The dimension of that id."""
        return next((dimension for dimension in self.dimensions if dimension.id == wanted), None)


def score(levels: Levels, model: Model, policy: Policy, now: datetime) -> Readiness:
    """Every score of one pilot. The order of the levels does not matter.

    Overall `R = sum(W_d * S_d) / sum(W_d)` over the dimensions that have a score: one in which nothing is
    answered yet leaves the mean, rather than counting as 0. Overall confidence
    `C = sum(W_d * C_d) / sum(W_d)` runs over all dimensions, since not knowing is what it measures.
    """
    parts = [_dimension(dimension, levels, policy, now) for dimension in model.dimensions]
    overall = _mean((part.weight, part.proven) for part in parts)
    items = tuple(item for part in parts for item in part.items)
    coverage = _coverage(items)
    return Readiness(
        dimensions=tuple(_shown(part, policy) for part in parts),
        items=items,
        overall=_points(overall),
        claimed=_points(_mean((part.weight, part.claimed) for part in parts)),
        weakest=_weakest(parts),
        coverage=coverage,
        confidence=_mean((part.weight, part.confidence) for part in parts) or 0.0,
        band=band(_points(overall), coverage, policy),
        provisional=coverage < policy.provisional_below,
    )


def effective(level: ItemLevel | None, policy: Policy, now: datetime) -> int | None:
    """`E = min(L, 2) if L >= 3 and no valid link else L`; 0 for "I don't know".

    None for an item that is not answered, or does not apply.
    """
    if level is None or level.not_applicable:
        return None
    if level.level is None:
        return 0
    if level.level >= PROOF_LEVEL and not proven(level, policy, now):
        return UNPROVEN_LEVEL
    return level.level


def proven(level: ItemLevel, policy: Policy, now: datetime) -> bool:
    """Whether the level carries a link that opens, or that a reviewer confirmed, younger than `proof_days`."""
    if not level.link or now - (level.link_at or level.at) >= timedelta(days=policy.proof_days):
        return False
    return level.link_failures < LINK_TRIES or checked_at(level) is not None


def confidence(level: ItemLevel | None, item: Item, policy: Policy, now: datetime) -> float:
    """`c = s * 2^(-a/h)`: s is 1.0 checked by a reviewer, 0.85 with a valid link, 0.6 without; 0 for unknown."""
    if level is None or level.level is None:
        return 0.0
    said = "reviewed" if checked_at(level) else "linked" if proven(level, policy, now) else "own"
    return policy.thresholds["confidence"][said] * math.pow(2.0, -staleness(level, now) / item.half_life_days)


def stands(verdict: Verdict, level: ItemLevel) -> bool:
    """Whether a reviewer's word still holds: for the link that was seen, and for the level or, of a yes, a higher one.

    So whoever swaps the proof or claims less has it confirmed again, and nobody needs to take a confirmation back.
    """
    if level.level is None or level.not_applicable or verdict.link != level.link:
        return False
    return level.level >= verdict.level if verdict.yes else level.level == verdict.level


def checked_at(level: ItemLevel) -> datetime | None:
    """When a reviewer last confirmed what stands now; None where nobody did."""
    return max((one.at for one in level.verdicts if one.yes and stands(one, level)), default=None)


def staleness(level: ItemLevel, now: datetime) -> float:
    """`a`: days since the answer, where repeating it counts less and less, or since a reviewer checked it.

    The first confirmation of a level sets a to 0, each later one in a row only halves it. Confirmations are
    taken as evenly spread over the time since the level, its link or an agreeing blind re-ask was new: with n of them
    d days apart, `a = d * (1 - 2^(1-n))` at the last one. (Hoogendoorn 2004: little reward for "no change".)
    """
    since = max(level.changed_at, level.link_at or level.changed_at, level.fresh_at or level.changed_at)
    waited = 0.0
    if level.same > 1 and level.at > since:
        waited = (level.at - since) / DAY / level.same * (1 - math.pow(2.0, 1 - level.same))
    said = waited + max((now - level.at) / DAY, 0.0)
    checked = checked_at(level)
    return said if checked is None else min(said, max((now - checked) / DAY, 0.0))


def band(points: int | None, coverage: float, policy: Policy) -> str:
    """The name of a score, e.g. "building"; empty when there is none or too little is answered to name it."""
    if points is None or coverage < policy.unlabelled_below:
        return ""
    return next((name for start, name in reversed(policy.bands) if points >= start), "")


def sureness(value: float, policy: Policy) -> str:
    """A confidence in a word: solid, fair or stale."""
    words = policy.thresholds["confidence"]
    if value >= words["solid"]:
        return "solid"
    return "fair" if value >= words["fair"] else "stale"


@dataclass(frozen=True, slots=True)
class _Part:
    """A dimension before rounding, so that the overall score is not made of rounded numbers."""

    id: str
    name: str
    weight: float
    items: tuple[ItemScore, ...]
    proven: float | None
    claimed: float | None
    confidence: float


def _dimension(dimension: Dimension, levels: Levels, policy: Policy, now: datetime) -> _Part:
    """`S_d = 25 * sum(w*E) / sum(w)` over answered, applicable items; `C_d` over all applicable ones."""
    items = [(item.weight, _item(item, levels.get(item.id), policy, now)) for item in dimension.items]
    counted = [(weight, item) for weight, item in items if item.answered]
    applicable = [(weight, item.confidence) for weight, item in items if item.applicable]
    return _Part(
        dimension.id,
        dimension.name,
        policy.weights.get(dimension.id, dimension.weight),
        tuple(item for _, item in items),
        proven=_mean((weight, POINTS_PER_LEVEL * (item.effective or 0)) for weight, item in counted),
        claimed=_mean((weight, POINTS_PER_LEVEL * (item.claimed or 0)) for weight, item in counted),
        confidence=_mean(applicable) or 0.0,
    )


def _item(item: Item, level: ItemLevel | None, policy: Policy, now: datetime) -> ItemScore:
    return ItemScore(
        item.id,
        item.dimension,
        claimed=None if level is None or level.not_applicable else level.level,
        effective=effective(level, policy, now),
        confidence=confidence(level, item, policy, now),
        applicable=level is None or not level.not_applicable,
    )


def _shown(part: _Part, policy: Policy) -> DimensionScore:
    coverage = _coverage(part.items)
    return DimensionScore(
        part.id,
        part.name,
        proven=_points(part.proven),
        claimed=_points(part.claimed),
        coverage=coverage,
        confidence=part.confidence,
        provisional=coverage < policy.provisional_below,
    )


def _weakest(parts: list[_Part]) -> str:
    scored = [(part.proven, part.id) for part in parts if part.proven is not None]
    return min(scored, key=lambda entry: entry[0])[1] if scored else ""


def _coverage(items: Iterable[ItemScore]) -> float:
    """Answered of applicable items; 1 where nothing applies, because then nothing is missing."""
    applicable = [item for item in items if item.applicable]
    return sum(item.answered for item in applicable) / len(applicable) if applicable else 1.0


def _mean(weighted: Iterable[tuple[float, float | None]]) -> float | None:
    """The weighted mean of the values that are there; summed exactly, so that their order cannot show."""
    known = [(weight, value) for weight, value in weighted if value is not None]
    total = math.fsum(weight for weight, _ in known)
    if total <= 0:
        return None
    return math.fsum(weight * value for weight, value in known) / total


def _points(value: float | None) -> int | None:
    """Rounded half up, as people do."""
    return None if value is None else math.floor(value + 0.5)
