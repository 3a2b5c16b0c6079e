"""Where a pilot stands: its readiness, its gate, what its last evaluation found; it must not know of chats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.core import gates, readiness, review
from bot.core.compose.words import item_name
from bot.core.gates import GateResult, Reopened
from bot.core.questionnaire import Content, ItemId
from bot.core.readiness import Readiness
from bot.core.records import CheckinId, ItemLevel, Pilot, Snapshot
from bot.core.signals import Course, Signal
from bot.core.signals.evaluation import Evaluation, shown
from bot.core.state import Phase
from bot.service import evaluations
from bot.service.work import Work

Levels = Mapping[ItemId, ItemLevel]

FOCUSED = frozenset({"review"})  # forms that ask a choice of items


Scores = tuple[Readiness, GateResult | None, tuple[Reopened, ...]]


@dataclass(frozen=True)
class Standing:
    """Where a pilot is: what is on, its course and since when; its scores and gate, once somebody looks at them.

    `known` are signals that somebody acknowledged; `streak` counts check-ins without an answer until now. `scores`
    computes, and may read: a digest of thousands of pilots looks at those of a few.
    """

    signals: tuple[Signal, ...]
    known: tuple[Signal, ...]
    course: Course
    since: datetime
    stage_days: int
    streak: int
    scores: Callable[[], Scores] = field(compare=False, repr=False)

    @cached_property
    def _scored(self) -> Scores:
        return self.scores()

    @property
    def readiness(self) -> Readiness:
        """The scores."""
        return self._scored[0]

    @property
    def gate(self) -> GateResult | None:
        """The gate before it; None where there is none."""
        return self._scored[1]

    @property
    def reopened(self) -> tuple[Reopened, ...]:
        """What does not hold any more of gates that were passed."""
        return self._scored[2]


def stand(work: Work, pilot: Pilot, *, own: bool = True) -> Standing:
    """Where one pilot is; `own` as its people see it, who hear of a signal a day before everybody else."""
    found = evaluations.known(work, pilot)
    return standing(work, pilot, lambda: work.unit.levels(pilot.id), found, own=own)


def standing(
    work: Work, pilot: Pilot, levels: Callable[[], Levels], found: Evaluation, *, own: bool
) -> Standing:
    """Where a pilot is, by what was found of it; its `levels` are read when its scores are looked at."""
    view = shown(found, work.now, work.content.policy, own=own)
    days = (work.today() - pilot.stage_since).days - found.paused_days
    return Standing(
        view.signals,
        view.known,
        view.course,
        view.since,
        max(days, 0),
        found.streak,
        lambda: _scores(work, pilot, levels()),
    )


def _scores(work: Work, pilot: Pilot, levels: Levels) -> Scores:
    model, policy = work.content.model, work.content.policy
    scores = readiness.score(levels, model, policy, work.now)
    return scores, gate_of(work, pilot, levels), reopened(work, pilot, levels)


def gate_of(work: Work, pilot: Pilot, levels: Levels) -> GateResult | None:
    """The gate before a pilot, also while it is paused."""
    stage = pilot.before_pause or pilot.stage
    return gates.gate(
        levels,
        work.content.model,
        work.content.policy,
        stage=stage,
        risk=pilot.risk,
        now=work.now,
        conditions=pilot.conditions,
        today=work.today(),
    )


def reopened(work: Work, pilot: Pilot, levels: Levels) -> tuple[Reopened, ...]:
    """What opens a gate behind a pilot again."""
    return gates.reopened(
        levels,
        work.content.model,
        work.content.policy,
        stage=pilot.before_pause or pilot.stage,
        risk=pilot.risk,
        now=work.now,
        conditions=pilot.conditions,
        today=work.today(),
    )


def snapshot(work: Work, pilot: Pilot, *, checkin: CheckinId | None = None) -> Snapshot:
    """The scores of a pilot as its levels stand now, to be kept; `checkin` is what changed them, if one did."""
    model, policy = work.content.model, work.content.policy
    scores = readiness.score(work.unit.levels(pilot.id), model, policy, work.now)
    return Snapshot(
        pilot=pilot.id,
        at=work.now,
        overall=scores.overall,
        dimensions={dimension.id: dimension.proven for dimension in scores.dimensions},
        weakest=scores.weakest,
        coverage=scores.coverage,
        policy=policy.version,
        model=model.version,
        checkin=checkin,
    )


def is_stuck(work: Work, pilot: Pilot) -> bool:
    """Whether the pilot was found Stuck when it was last looked at: it is asked more often then."""
    last = work.unit.evaluation(pilot.id)
    return last is not None and last.heading.course is Course.STUCK


def name_of(content: Content, item: ItemId) -> str:
    """What people call a readiness item."""
    found = content.model.item(item)
    return item_name(found) if found else item


def pick_items(
    work: Work, pilot: Pilot, form_id: str, *, slot: datetime, full: bool = False
) -> review.Picked:
    """The readiness items that a form asks at a slot, all of them where `full`; none for forms that always ask alike.

    Which claim is asked again blind is drawn by pilot and slot, so that it can be drawn again later.
    """
    if form_id not in FOCUSED:
        return review.Picked()
    levels, model, policy = work.unit.levels(pilot.id), work.content.model, work.content.policy
    done = work.unit.history(pilot.id, questionnaire=form_id, limit=100)
    turn = sum(1 for past in done if past.phase == Phase.DONE)
    gate = gate_of(work, pilot, levels)
    if full:
        return review.everything(model, gate, turn=turn)
    scores = readiness.score(levels, model, policy, work.now)
    ages = {item: (work.now - level.at) / readiness.DAY for item, level in levels.items()}
    seed = f"blind:{pilot.id}:{slot.isoformat()}"
    return review.pick(model, scores, gate, review.rules_of(policy), turn=turn, ages=ages, seed=seed)
