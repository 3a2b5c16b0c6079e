"""Whether the gate before a pilot is passed, and whether one behind it still is; it must not know who is asked.

The rule is content.md section 4 (Gate result): `pass(g) = for all i in must(g, risk): E_i >= level and c_i >= 0.5 and
reviewer confirmed`, where at most three items may follow later under a condition (section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.policy import Policy
from bot.core.questionnaire import STAGES, Gate, Item, ItemId, Model
from bot.core.readiness import confidence, effective, stands
from bot.core.records import Condition, ItemLevel, Verdict

Levels = Mapping[ItemId, ItemLevel]


class Lack(StrEnum):
    """What keeps a gate item from being met by its own answer."""

    NOTHING = ""
    ANSWER = "answer"  # never answered
    KNOWLEDGE = "knowledge"  # answered "I don't know"
    LEVEL = "level"
    LINK = "link"  # the claim would do, its link is missing, does not open or is too old
    FRESHNESS = "freshness"  # met when it was said, but too long ago to rest a gate on
    REFUSED = "refused"  # a reviewer says that the proof does not show it yet


@dataclass(frozen=True, slots=True)
class GateItem:
    """One must-meet item of a gate.

    `roles` have to confirm it, `verdicts` are what those said that still holds. `condition` is the one agreed for it;
    `waived` tells whether its day is still to come.
    """

    id: ItemId
    need: int
    effective: int
    confidence: float
    lack: Lack
    roles: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    condition: Condition | None = None
    waived: bool = False

    @property
    def met(self) -> bool:
        """Whether its own answer is enough and no reviewer has refused it."""
        return self.lack is Lack.NOTHING

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The roles that have not said yes."""
        said = {verdict.role for verdict in self.verdicts if verdict.yes}
        return tuple(role for role in self.roles if role not in said)

    @property
    def passes(self) -> bool:
        """Met and confirmed, or to follow under a condition."""
        return self.waived or (self.met and not self.unconfirmed)

    @property
    def refusal(self) -> Verdict | None:
        """The newest no that stands."""
        return max((one for one in self.verdicts if not one.yes), key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True)
class GateResult:
    """The gate before a pilot: `items` in the order of the model, `lacking` the farthest from met first.

    What is under a condition that holds is not lacking.
    """

    id: str
    name: str
    opens: str
    items: tuple[GateItem, ...]
    lacking: tuple[GateItem, ...]

    @property
    def waiting(self) -> tuple[GateItem, ...]:
        """Items that lack nothing but a reviewer's yes."""
        return tuple(item for item in self.items if item.met and not item.passes)

    @property
    def met(self) -> int:
        """How many items their own answers meet, or a condition lets follow."""
        return len(self.items) - len(self.lacking)

    @property
    def passed(self) -> bool:
        """Whether every must-meet item passes."""
        return all(item.passes for item in self.items)

    def item(self, wanted: ItemId) -> GateItem | None:
        """The must-meet item of that id."""
        return next((item for item in self.items if item.id == wanted), None)


def gate(
    levels: Levels,
    model: Model,
    policy: Policy,
    *,
    stage: str,
    risk: str,
    now: datetime,
    conditions: Iterable[Condition] = (),
    today: date | None = None,
) -> GateResult | None:
    """The next gate of a pilot in `stage` with what each must-meet item lacks; None where no gate follows.

    `today` is the organisation's day, on which conditions run out at its end.
    """
    found = model.gate_after(stage)
    if found is None:
        return None
    look = _Look(
        found, levels, policy, now, today or now.date(), {one.item: one for one in _of(found, conditions)}
    )
    needs = found.needs(risk)
    asked = [(item, needs[item.id]) for item in model.items() if item.id in needs]
    items = tuple(_gate_item(item, need, look) for item, need in asked)
    return GateResult(found.id, found.name, found.opens, items, _farthest_first(items, asked))


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one gate of one pilot."""

    gate: Gate
    levels: Levels
    policy: Policy
    now: datetime
    today: date
    conditions: Mapping[ItemId, Condition]


def _of(found: Gate, conditions: Iterable[Condition]) -> Iterator[Condition]:
    return (one for one in conditions if one.gate == found.id)


def _gate_item(item: Item, need: int, look: _Look) -> GateItem:
    level = look.levels.get(item.id)
    counted = effective(level, look.policy, look.now) or 0
    certain = confidence(level, item, look.policy, look.now)
    verdicts = _standing(level, look.gate) if level else ()
    lack = _lack(level, need, counted, enough=certain >= look.policy.thresholds["gate"]["confidence"])
    if lack in (Lack.NOTHING, Lack.FRESHNESS) and any(not one.yes for one in verdicts):
        lack = Lack.REFUSED
    condition = look.conditions.get(item.id)
    roles = look.gate.reviewers.get(item.id, ())
    waived = condition is not None and condition.until >= look.today
    return GateItem(item.id, need, counted, certain, lack, roles, verdicts, condition, waived)


def _standing(level: ItemLevel, found: Gate) -> tuple[Verdict, ...]:
    return tuple(one for one in level.verdicts if one.gate == found.id and stands(one, level))


def _lack(level: ItemLevel | None, need: int, counted: int, *, enough: bool) -> Lack:
    """The first thing in the way; an item said not to apply still has to be answered at a gate."""
    if level is None or level.not_applicable:
        return Lack.ANSWER
    if level.level is None:
        return Lack.KNOWLEDGE
    if counted < need:
        return Lack.LINK if level.level >= need else Lack.LEVEL
    return Lack.NOTHING if enough else Lack.FRESHNESS


def _farthest_first(items: tuple[GateItem, ...], asked: list[tuple[Item, int]]) -> tuple[GateItem, ...]:
    """Unmet items by distance to their level, then by weight; equal ones keep the order of the model."""
    weights = {item.id: item.weight for item, _ in asked}
    unmet = (item for item in items if not item.met and not item.waived)
    return tuple(sorted(unmet, key=lambda item: (item.effective - item.need, -weights[item.id])))


def approvers(found: GateResult, model: Model, policy: Policy, *, risk: str) -> int:
    """How many people have to say yes to passing a gate: two where high risk adds items to it (section 2)."""
    of = next((one for one in model.gates if one.id == found.id), None)
    if risk != "high" or of is None or not of.high_risk:
        return 1
    return int(policy.thresholds["gate"]["approvers_high_risk"])


# --- gates behind a pilot -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reopened:
    """An item of a gate that was passed and does not hold any more.

    `condition` is the one that ran out; None: the item was confirmed, and less is claimed now or its reviewer took it
    back.
    """

    gate: str
    opens: str
    item: ItemId
    condition: Condition | None = None


def reopened(
    levels: Levels,
    model: Model,
    policy: Policy,
    *,
    stage: str,
    risk: str,
    now: datetime,
    conditions: Iterable[Condition] = (),
    today: date | None = None,
) -> tuple[Reopened, ...]:
    """What opens a passed gate again: a condition that ran out unmet, or a confirmed item of which less is true now.

    An answer that grew old, or a pilot that was registered behind a gate, opens none.
    """
    agreed, day = tuple(conditions), today or now.date()
    if not agreed and not any(level.verdicts for level in levels.values()):
        return ()
    return tuple(
        found
        for passed in model.gates
        if _behind(passed, stage)
        for found in _broken(
            _Look(passed, levels, policy, now, day, {one.item: one for one in _of(passed, agreed)}),
            model,
            risk,
        )
    )


def _behind(passed: Gate, stage: str) -> bool:
    return stage in STAGES and STAGES.index(passed.opens) <= STAGES.index(stage)


def _broken(look: _Look, model: Model, risk: str) -> Iterator[Reopened]:
    needs = look.gate.needs(risk)
    for item in model.items():
        if item.id not in needs:
            continue
        found = _gate_item(item, needs[item.id], look)
        if found.condition is not None:
            if not found.waived and not _closed(found):
                yield Reopened(look.gate.id, look.gate.opens, item.id, found.condition)
        elif _fell(look.levels.get(item.id), look.gate, needs[item.id]):
            yield Reopened(look.gate.id, look.gate.opens, item.id)


# What time alone takes from an item that was met.
AGED = frozenset({Lack.NOTHING, Lack.FRESHNESS, Lack.LINK})


def _closed(found: GateItem) -> bool:
    """Whether the item of a condition has been met since; that its answer grew old later changes nothing."""
    return found.lack in AGED and not found.unconfirmed


def _fell(level: ItemLevel | None, passed: Gate, need: int) -> bool:
    """Whether a reviewer confirmed it for this gate once, and less is claimed now or a reviewer says so."""
    words = [one for one in level.verdicts if one.gate == passed.id] if level else []
    if level is None or not words:
        return False
    return (level.level or 0) < need or any(not one.yes and stands(one, level) for one in words)
