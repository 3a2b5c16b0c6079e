"""Made-up pilots with a known fate and how each of them answers; it must not know the rules that are to find it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from bot.core.outcome import LINK
from bot.core.questionnaire import PROOF_LEVEL, STAGES, ItemId, QuestionId

Raw = Mapping[QuestionId, Any]

BLOCKERS = ("data", "process", "privacy", "security", "systems", "quality", "people")


class Fate(StrEnum):
    """What becomes of a pilot; the last three only from a day on, before which it moves like the first."""

    MOVING = "moving"
    STUCK = "stuck"
    SILENT = "silent"
    OVER_OPTIMISTIC = "over-optimistic"


STANDS = frozenset(
    {Fate.STUCK, Fate.OVER_OPTIMISTIC}
)  # nothing moves while they report: what Stuck is to find
SHARES: Mapping[Fate, int] = {  # of ten pilots; over half of a real portfolio is no trouble
    Fate.MOVING: 5,
    Fate.STUCK: 2,
    Fate.SILENT: 1,
    Fate.OVER_OPTIMISTIC: 2,
}


@dataclass(frozen=True, slots=True)
class Habit:
    """How often, from 0 to 1, a pilot of one fate does what: for each check-in, for each item of a review.

    `sure` are the words that its owner chooses from.
    """

    answers: float
    finishes: float
    blocked: float
    same_blocker: float
    raises: float  # an item that is asked rises by a level
    proves: float  # a level that asks for proof gets a link
    slips: float  # the date of real use moves
    slip_days: int
    watched: float  # its sponsor looks at it, for each check-in
    sure: tuple[str, ...]
    goes_on: bool = False  # it enters the next stage when its time has come


HABITS: Mapping[Fate, Habit] = {
    Fate.MOVING: Habit(
        0.9, 0.5, 0.4, 0.4, 0.35, 0.8, 0.08, 21, 0.5, ("even", "likely", "very_likely"), goes_on=True
    ),
    Fate.STUCK: Habit(0.9, 0.05, 0.8, 0.85, 0.01, 0.0, 0.25, 30, 0.25, ("unlikely", "even", "likely")),
    Fate.SILENT: Habit(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.1, ("even",)),
    Fate.OVER_OPTIMISTIC: Habit(
        0.95, 0.4, 0.3, 0.4, 0.02, 0.0, 0.25, 40, 0.4, ("likely", "very_likely", "very_likely")
    ),
}


@dataclass(slots=True)
class Life:
    """One pilot as it lives: its fate, when that begins, and where it is. Everything it does comes from `dice`.

    `pace` is how long it stays in a stage, as a share of what is usual; `turns` counts its check-ins.
    """

    name: str
    fate: Fate
    begins: date | None
    dice: Random
    levels: dict[ItemId, int]
    target: date
    pace: float
    users: int = 2
    block: str = "nothing"
    linked: set[ItemId] = field(default_factory=set)

    def habit(self, today: date) -> Habit:
        """How it behaves on a day."""
        begun = self.begins is not None and today >= self.begins
        return HABITS[self.fate if begun else Fate.MOVING]

    def answers(self, today: date) -> bool:
        """Whether its owner answers what is asked today."""
        return self.dice.random() < self.habit(today).answers

    def is_watched(self, today: date) -> bool:
        """Whether its sponsor looks at it."""
        return self.dice.random() < self.habit(today).watched

    def goes_on(self, today: date, since: date, usual: int) -> bool:
        """Whether it has done what its stage is for; `usual` are the days that one takes."""
        return self.habit(today).goes_on and (today - since).days >= self.pace * usual

    def pulse(self, today: date) -> Raw:
        """What its owner says in a check-in."""
        habit, dice = self.habit(today), self.dice
        finished = dice.random() < habit.finishes
        if dice.random() >= habit.same_blocker:
            self.block = dice.choice(BLOCKERS) if dice.random() < habit.blocked else "nothing"
        if dice.random() < habit.slips or self.target <= today:
            self.target = max(self.target, today) + timedelta(days=habit.slip_days or 30)
        self.users += dice.randint(0, 4) if habit.goes_on else dice.randint(-1, 1)
        self.users = max(self.users, 0)
        return {
            "pulse.moved": "finished" if finished else "blocked" if self.block != "nothing" else "worked",
            "pulse.block": self.block,
            "pulse.date": self.target.isoformat(),
            "pulse.users": str(self.users),
            "pulse.sure": dice.choice(habit.sure),
            "pulse.done": "https://example.com/done" if finished and habit.goes_on else "A step",
        }

    def review(self, asked: tuple[ItemId, ...], today: date) -> dict[QuestionId, Any]:
        """The level of every item asked, and where its proof is."""
        habit, dice = self.habit(today), self.dice
        given: dict[QuestionId, Any] = {}
        for item in asked:
            self.levels[item] = min(self.levels[item] + (dice.random() < habit.raises), 4)
            given[item] = self.claimed(item, today)
            if self.levels[item] >= PROOF_LEVEL and item not in self.linked and dice.random() < habit.proves:
                self.linked.add(item)
                given[item + LINK] = f"https://example.com/{item}"
        return given

    def claimed(self, item: ItemId, today: date) -> int:
        """The level as its owner puts it: who is too hopeful calls what is half done done."""
        level = self.levels[item]
        hopeful = self.fate is Fate.OVER_OPTIMISTIC and self.begins is not None and today >= self.begins
        return PROOF_LEVEL if hopeful and level == PROOF_LEVEL - 1 else level


def lives(pilots: int, weeks: int, seed: int, items: tuple[ItemId, ...], start: date) -> list[Life]:
    """So many pilots, the same for the same seed: their fates by the shares, their beginnings within the weeks."""
    order = [fate for fate, share in SHARES.items() for _ in range(share)]
    fates = [order[number * 3 % len(order)] for number in range(pilots)]  # 3: the first few have every fate
    return [
        _life(
            f"{fate.capitalize()} {number}", fate, Random(f"{seed}:{number}"), weeks, items=items, start=start
        )
        for number, fate in enumerate(fates, start=1)
    ]


def _life(name: str, fate: Fate, dice: Random, weeks: int, *, items: tuple[ItemId, ...], start: date) -> Life:
    """A fate begins in the first third, so that there is time left to find it out."""
    begins = start + timedelta(days=dice.randint(14, max(weeks * 7 // 3, 15)))
    return Life(
        name,
        fate,
        None if fate is Fate.MOVING else begins,
        dice,
        levels={item: dice.choice((1, 1, 2, 2, 2)) for item in items},  # as after the gate to Pilot
        target=start + timedelta(days=dice.randint(100, 180)),
        pace=dice.uniform(0.5, 1.3),
    )


def next_stage(stage: str) -> str:
    """The stage after one; production is the last."""
    return STAGES[min(STAGES.index(stage) + 1, STAGES.index("production"))]
