"""What a changed policy or questionnaire would make of what is stored; it only reads, and must not keep any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from bot.core.journey import usual_stays
from bot.core.policy import Policy
from bot.core.ports import Unit
from bot.core.questionnaire import Content, ItemId, QuestionId, Questionnaire
from bot.core.records import Asked, ItemLevel, Pilot, PilotId, ScoreRange, Snapshot
from bot.core.signals import Course
from bot.core.state import Checkin
from bot.core.values import Value
from bot.service import cases, evaluate, evaluations
from bot.service.checkins import ENDED
from bot.service.portfolio_facts import journeys
from bot.service.work import Work

SHOTS_READ = 200  # scores of one pilot within the window of P02: one for each answer that touched a level
NO_CHOICE = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules make of a pilot: its course without waiting for a second evaluation, the gate, the suggestion.

    `gate` is the name of the next one with how many items are met of how many; None where none follows.
    """

    course: Course
    signals: frozenset[str]
    gate: tuple[str, int, int] | None
    suggested: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One pilot that would be another: as it is under what holds now, and as it would be."""

    key: str
    name: str
    now: Outcome
    then: Outcome


@dataclass(frozen=True, slots=True)
class Replay:
    """What would change, of how many pilots; `lost` counts stored answers that the changed questions do not know."""

    pilots: int
    differences: Sequence[Difference]
    lost: Mapping[QuestionId, int]


def replay(work: Work, tried: Content, *, since: datetime | None = None) -> Replay:
    """Compare every pilot under the content of `work` and under `tried`; answers before `since` stand as they are."""
    changed = {
        name: form
        for name, form in tried.questionnaires.items()
        if name in work.content.questionnaires and form != work.content.questionnaires[name]
    }
    view = _Reread(work.unit, changed, tried.policy, since)
    then = Work(cast(Unit, view), tried, work.now)  # _Reread hands on all but what it reads anew
    every = work.unit.pilots()
    view.stays = usual_stays(journeys(work, every).values(), tried.policy, work.today())
    pilots = [pilot for pilot in every if pilot.stage not in ENDED]
    found = [
        Difference(pilot.key, pilot.name, _outcome(work, pilot), _outcome(then, pilot)) for pilot in pilots
    ]
    return Replay(len(pilots), [one for one in found if one.now != one.then], dict(sorted(view.lost.items())))


def _outcome(work: Work, pilot: Pilot) -> Outcome:
    found = evaluations.fresh(work, pilot, before=None)
    stand = evaluate.standing(work, pilot, partial(work.unit.levels, pilot.id), found, own=True)
    choice = cases.case(work, pilot, standing=stand).suggestion.choice
    gate = stand.gate
    return Outcome(
        found.heading.course,
        frozenset(signal.id for signal in stand.signals),
        (gate.name, gate.met, len(gate.items)) if gate else None,
        choice.value if choice else NO_CHOICE,
    )


class _Reread:
    """A unit of work whose answers and scores are read as the changed content would have them; it cannot write."""

    def __init__(
        self, unit: Unit, changed: Mapping[str, Questionnaire], policy: Policy, since: datetime | None
    ) -> None:
        self._unit, self._changed, self._policy, self._since = unit, changed, policy, since
        self._counted: set[tuple[int, QuestionId]] = set()
        self.lost: Counter[QuestionId] = Counter()
        self.stays: Mapping[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def usual_stays(self) -> Mapping[str, int]:
        """Those that the changed policy would have learnt."""
        return self.stays

    def form(self, form: str, version: int) -> Questionnaire | None:
        """A changed questionnaire in the place of each of its versions."""
        return self._changed.get(form) or self._unit.form(form, version)

    def history(self, pilot: PilotId, **wanted: Any) -> Sequence[Asked]:
        """Check-ins without the answers that the changed questions do not know."""
        return [self._reread(asked) for asked in self._unit.history(pilot, **wanted)]

    def levels(self, pilot: PilotId) -> Mapping[ItemId, ItemLevel]:
        """Levels without those that came from a question which is gone."""
        levels = self._unit.levels(pilot)
        return (
            {item: level for item, level in levels.items() if self._asked(level)} if self._changed else levels
        )

    def score_range(self, pilot: PilotId, *, since: datetime) -> ScoreRange | None:
        """The scores of that time, weighed anew: each dimension's was kept."""
        known = self._unit.score_range(pilot, since=since)
        scores = [score for shot in self._shots(pilot, since) if (score := self._weighed(shot)) is not None]
        return replace(known, low=min(scores), high=max(scores)) if known and scores else known

    def _shots(self, pilot: PilotId, since: datetime) -> list[Snapshot]:
        """The scores in force at or after a moment, the newest first."""
        found: list[Snapshot] = []
        shot = self._unit.snapshot(pilot)
        while shot is not None and len(found) < SHOTS_READ:
            found.append(shot)
            if shot.at <= since:
                break
            shot = self._unit.snapshot(pilot, before=shot.at - timedelta(microseconds=1))
        return found

    def _weighed(self, shot: Snapshot) -> int | None:
        known = [(self._policy.weights.get(name, 0), points) for name, points in shot.dimensions.items()]
        told = [(weight, points) for weight, points in known if points is not None]
        total = sum(weight for weight, _ in told)
        return round(sum(weight * points for weight, points in told) / total) if total else None

    def _asked(self, level: ItemLevel) -> bool:
        checkin = self._unit.checkin(level.checkin) if level.checkin is not None else None
        form = self._changed.get(checkin.questionnaire) if checkin else None
        if checkin is None or form is None or not self._is_read(checkin.slot):
            return True
        return self._keeps(checkin, form, level)

    def _keeps(self, checkin: Checkin, form: Questionnaire, level: ItemLevel) -> bool:
        known = form.question(level.item) is not None
        if not known:
            self._lose(checkin.id, level.item)
        return known

    def _reread(self, asked: Asked) -> Asked:
        form = self._changed.get(asked.questionnaire)
        if form is None or not self._is_read(asked.slot):
            return asked
        known = {name: value for name, value in asked.answers.items() if _fits(form, name, value)}
        for name in asked.answers.keys() - known.keys():
            self._lose(asked.id, name)
        return replace(asked, answers=known)

    def _is_read(self, slot: datetime) -> bool:
        return self._since is None or slot >= self._since

    def _lose(self, checkin: int, question: QuestionId) -> None:
        if (checkin, question) not in self._counted:
            self._counted.add((checkin, question))
            self.lost[question] += 1


def _fits(form: Questionnaire, name: QuestionId, value: Value) -> bool:
    """Whether the questionnaire knows the question and, where it offers options, the one that was chosen.

    What hangs on an answer (`pulse.why_not`, a link) is no question of its own, and stands.
    """
    question = form.question(name)
    if question is None:
        return any(name.startswith(f"{other.id}.") for other in form.questions())
    if not question.options or not isinstance(value, str | tuple):
        return True
    chosen = value if isinstance(value, tuple) else (value,)
    return all(question.option(slug) is not None for slug in chosen)
