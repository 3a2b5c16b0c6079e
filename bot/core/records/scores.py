"""Where a pilot stands: its items with their proof, and its scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.questionnaire import ItemId
from bot.core.records.people import PersonId
from bot.core.records.pilots import CheckinId, PilotId


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer said of an item at a gate, in one of the roles that confirm it: yes, or not yet and why.

    `level` and `link` are what they saw; `readiness.stands` tells whether it still holds.
    """

    gate: str
    role: str
    by: PersonId
    at: datetime
    yes: bool
    level: int
    link: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemLevel:
    """Where one readiness item of one pilot stands: the claimed level, its proof and when it was said.

    `level` None means "I don't know"; `not_applicable` takes the item out of the mean. `same` counts how often the
    level was confirmed unchanged, `changed_at` is when it last changed. `fresh_at` is when it was last as good as new
    for another reason: said again where the earlier answer was not shown.
    `verdicts` is the newest word of each role at each gate. `link_failures` counts the checks in a row at which the
    link did not open, the last at `link_checked_at`.
    """

    item: ItemId
    level: int | None
    at: datetime
    changed_at: datetime
    by: PersonId | None = None
    link: str = ""
    link_at: datetime | None = None
    not_applicable: str = ""
    same: int = 0
    checkin: CheckinId | None = None
    fresh_at: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()
    link_checked_at: datetime | None = None
    link_failures: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The readiness scores of one pilot at one moment, 0..100, under one policy and model version."""

    pilot: PilotId
    at: datetime
    overall: int | None
    dimensions: Mapping[str, int | None]
    weakest: str
    coverage: float
    policy: int
    model: int
    checkin: CheckinId | None = None


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The lowest and the highest overall score of some time; `first` is when the oldest of them was computed."""

    low: int
    high: int
    first: datetime
