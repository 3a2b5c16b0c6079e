"""What a link proves: which items want one, and an item's level with one; it must not know who may attach it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.policy import Policy
from bot.core.questionnaire import PROOF_LEVEL, Item, ItemId, Model
from bot.core.readiness import proven
from bot.core.records import ItemLevel, PersonId

Levels = Mapping[ItemId, ItemLevel]
FOR = "for"  # parts a pilot from an item in what people type


@dataclass(frozen=True, slots=True)
class Wanting:
    """One item of a pilot as somebody with a link sees it.

    `held_back`: its claim counts less until a link is there. `level` None: not answered, or "I don't know".
    """

    item: Item
    dimension: str
    level: int | None
    linked: bool
    held_back: bool


def wanting(levels: Levels, model: Model, policy: Policy, now: datetime) -> tuple[Wanting, ...]:
    """The items that a link can be attached to: first those that it makes count more, then the rest as in the model.

    Without `levels` (the pilot is not chosen yet) all of them as in the model.
    """
    found = [
        _wanting(item, dimension.name, levels.get(item.id), policy, now)
        for dimension in model.dimensions
        for item in dimension.items
    ]
    return tuple(sorted(found, key=lambda one: not one.held_back))


def _wanting(item: Item, dimension: str, level: ItemLevel | None, policy: Policy, now: datetime) -> Wanting:
    claimed = None if level is None or level.not_applicable else level.level
    linked = level is not None and proven(level, policy, now)
    held_back = claimed is not None and claimed >= PROOF_LEVEL and not linked
    return Wanting(item, dimension, claimed, linked, held_back)


def attached(
    before: ItemLevel | None, item: ItemId, link: str, *, level: int, by: PersonId, at: datetime
) -> ItemLevel:
    """The item at a level with a link: proof given, new or again, makes the answer as good as new."""
    if before is None:
        return ItemLevel(item, level, at=at, changed_at=at, by=by, link=link, link_at=at)
    return replace(
        before,
        level=level,
        at=at,
        changed_at=before.changed_at if before.level == level and not before.not_applicable else at,
        by=by,
        link=link,
        link_at=at,
        not_applicable="",
        same=0,
        link_checked_at=None,
        link_failures=0,
    )


def readings(about: str) -> Iterator[tuple[str, str]]:
    """What "Invoice matcher for live data" may mean, as (pilot, item); the last "for" first, as names have some too."""
    words: Sequence[str] = about.split()
    for place in range(len(words) - 1, 0, -1):
        if words[place].casefold() == FOR:
            yield " ".join(words[:place]), " ".join(words[place + 1 :])
    yield " ".join(words), ""
