"""What can be told of one pilot of the example, as data; it must not know any pilot, nor how it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.questionnaire import ItemId

NO_DATE = "none"


@dataclass(frozen=True, slots=True)
class Pulse:
    """One answered check-in, in the words of the questionnaire.

    `date` is the day of real use that it names, in days from the start of the demo; None: as before.
    """

    moved: str
    block: str
    users: int
    sure: str
    date: int | str | None = None
    done: str = ""
    who: str = ""
    need: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """A pilot was stopped a week ago, in the words of the questionnaire; every switch-off step is done."""

    reason: str
    lesson: str
    reuse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One pilot. `created`, `stages`, `reviews`, `told_until`, `replied` are in days ago.

    `pulses` go up to the last fortnightly slot before `told_until`; None is one that nobody answered. `levels` say for
    each dimension, item by item, what the last review said: a level with a plus where its proof is linked. `opens` is
    what waits for the owner now, `paused` since how many days ago and until how many days ahead. `waits`: whoever
    decides about it has the form now.
    """

    key: str
    name: str
    group: str
    work: str
    owner: str
    created: int
    first_stage: str = "framed"
    stages: tuple[tuple[int, str], ...] = ()
    deputy: str = ""
    sponsor: str = ""
    decider: str = ""
    accepted: bool = True
    decides: tuple[int, int] | None = (
        None  # so many days ago its sponsor set the day to decide by, in so many days
    )
    target: int | None = None
    decide_by: int | None = None
    risk: str = "medium"
    metric: str = ""
    baseline: float | None = None
    goal: float | None = None
    intended: int | None = None
    pulses: tuple[Pulse | None, ...] = ()
    told_until: int = 0
    reviews: tuple[int, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    replied: int = 0
    opens: str = ""
    paused: tuple[int, int] | None = None
    waits: bool = False
    ending: Ending | None = None

    def items(self) -> Iterator[tuple[ItemId, str]]:
        """Every readiness item with what is said of it."""
        for dimension, said in self.levels.items():
            yield from zip(ITEMS[dimension], said.split(), strict=True)


ITEMS: Mapping[str, tuple[ItemId, ...]] = {
    dimension: tuple(f"{dimension}.{item}" for item in items.split())
    for dimension, items in {
        "value": "problem baseline proof cost scale",
        "flow": "map embed review fallback same users",
        "data": "access quality real owner rights",
        "base": "eval env links monitor rollback",
        "gov": "risk security access audit lineage vendor",
        "team": "owner sponsor decide run skills change",
    }.items()
}
