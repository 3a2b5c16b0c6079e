"""What the answers of an ended check-in change: the record, the levels, requests for help; it must not word it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core import outcome
from bot.core.compose import checkin as words
from bot.core.context import Context
from bot.core.decisions import DECISION
from bot.core.ports import Unit
from bot.core.questionnaire import STAGES, ItemId, Questionnaire
from bot.core.readiness import effective
from bot.core.records import Event, ItemLevel, PersonId, Pilot, Request
from bot.core.routing import Answers
from bot.core.signals import Course
from bot.core.state import Checkin, Phase
from bot.service import (
    attesting,
    evaluate,
    evaluations,
    likeness,
    registry,
    requests,
    rulings,
    schedules,
    second,
    thresholds,
    users,
)
from bot.service.facts import REASKED
from bot.service.work import Work

KICKOFF = "kickoff"
OWNERS = frozenset(
    {"pulse", "review", "kickoff"}
)  # what the owner says; a sponsor's view rides along with it
NOT_SCORED_YET = -1  # the score before the first one
NEWER_READ = 3  # check-ins looked at for one that has ended since
# Answers that empty a field of the record when a correction takes them back.
CLEARED: dict[str, tuple[str, Any]] = {
    "kickoff.metric": ("metric", ""),
    "kickoff.baseline": ("baseline", None),
    "kickoff.target": ("goal", None),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A check-in that has ended, or whose answers were corrected since: then `before` are those until now."""

    checkin: Checkin
    form: Questionnaire
    context: Context
    before: Answers | None = None

    @property
    def answers(self) -> Answers:
        """The answers as they stand."""
        return self.checkin.state.answers

    @property
    def person(self) -> PersonId:
        """Who stands for the result: whoever was asked, also where a colleague gave the last answer."""
        return self.checkin.state.person


def apply(work: Work, ended: Ended) -> tuple[str, ...]:
    """Make the answers true; the lines that tell their person what they did.

    A correction changes what it changed and nothing else; once a newer check-in has been answered, what that one
    said stands, and the correction is for the history alone.
    """
    pilot = work.unit.pilot(ended.checkin.pilot)
    if pilot is None or (ended.before is not None and _outdated(work.unit, ended.checkin)):
        return ()
    if ended.form.id == DECISION:
        return rulings.make(work, pilot, ended.checkin, ended.form) if ended.before is None else ()
    pilot = _change_record(work, pilot, ended)
    moved = _change_levels(work, pilot, ended)
    asked = _ask_for_help(work, pilot, ended)
    gate = evaluate.gate_of(work, pilot, work.unit.levels(pilot.id))
    evaluations.ask(work, pilot.id)
    if ended.before is None:
        schedules.answered(work, pilot, ended.form, stuck=evaluate.is_stuck(work, pilot))
    if ended.before is None and ended.form.id == KICKOFF:
        likeness.plan(work, pilot, told_by=ended.person)
    if ended.before is None and ended.form.id in OWNERS:
        second.ride_along(work, pilot, rose=moved.rose if moved is not None else 0)
        users.ride_along(work, pilot)
        attesting.ride_along(work, pilot)
    course, because = _course(work, pilot)
    return words.effect_lines(
        words.Done(
            overall=_overall(work.unit, pilot) if moved is not None else None,
            before=moved.before if moved is not None else None,
            moved=tuple(evaluate.name_of(work.content, item) for item in moved.items) if moved else (),
            gate=gate.name if gate else "",
            lacking=tuple(evaluate.name_of(work.content, item.id) for item in gate.lacking) if gate else (),
            helper=ended.context.name(asked.person) if asked else "",
            topic=asked.topic if asked else "",
            course=course,
            because=because,
        )
    )


def _course(work: Work, pilot: Pilot) -> tuple[Course | None, str]:
    """What the last evaluation called the pilot and the strongest reason: what is answered now is judged right after.

    A course has to hold for two evaluations, so that this one seldom changes it.
    """
    found = work.unit.evaluation(pilot.id)
    if found is None or pilot.stage not in STAGES:
        return None, ""
    return found.heading.course, found.signals[0].signal.text if found.signals else ""


def _outdated(unit: Unit, checkin: Checkin) -> bool:
    """Whether a newer check-in of the same questionnaire has been answered."""
    newest = unit.history(checkin.pilot, questionnaire=checkin.questionnaire, limit=NEWER_READ)
    return any(past.slot > checkin.slot and past.phase == Phase.DONE for past in newest)


# --- the record -----------------------------------------------------------------------------------------------------


def _change_record(work: Work, pilot: Pilot, ended: Ended) -> Pilot:
    changes = _changes(work, pilot, ended, ended.answers)
    if ended.before is not None:
        stood = _changes(work, pilot, ended, ended.before)
        changes = {
            name: value for name, value in changes.items() if name not in stood or stood[name] != value
        }
        changes |= _emptied(ended.before, ended.answers)
    changed = registry.change_pilot(work, pilot, changes, actor=ended.person)
    rules = outcome.rules(ended.form.id, ended.answers, ended.before, changed)
    thresholds.propose(work, changed, rules, by=ended.person)
    if changes.keys() & {"owner", "sponsor"}:
        requests.ask_roles(work, changed, asked_by=ended.person)
    return changed


def _changes(work: Work, pilot: Pilot, ended: Ended, answers: Answers) -> dict[str, Any]:
    day = work.today(work.unit.person(ended.person))
    return outcome.pilot_changes(ended.form.id, answers, pilot, day, by=ended.person)


def _emptied(before: Answers, after: Answers) -> dict[str, Any]:
    """Fields of the record whose answer was taken back."""
    gone = before.keys() - after.keys()
    return {field: empty for question, (field, empty) in CLEARED.items() if question in gone}


# --- levels ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Moved:
    """The overall score until now, and the items that count differently since."""

    before: int
    items: tuple[ItemId, ...]
    rose: int  # by how many levels a claim rose at most


def _change_levels(work: Work, pilot: Pilot, ended: Ended) -> _Moved | None:
    """Store changed item levels and a snapshot; None when no level was touched."""
    changed = _levels(work, pilot, ended, ended.answers)
    if ended.before is not None:
        stood = _levels(work, pilot, ended, ended.before)
        changed = {item: level for item, level in changed.items() if stood.get(item) != level}
    _note_reask(work, pilot, ended, changed)
    known = dict(work.unit.levels(pilot.id)) if changed else {}
    for level in changed.values():
        work.unit.set_level(pilot.id, level)
    if not changed:
        return None
    before = work.unit.snapshot(pilot.id)
    work.unit.add_snapshot(evaluate.snapshot(work, pilot, checkin=ended.checkin.id))
    policy = work.content.policy
    counts = {item: effective(level, policy, work.now) for item, level in changed.items()}
    items = (item for item, now in counts.items() if effective(known.get(item), policy, work.now) != now)
    was = before.overall if before and before.overall is not None else NOT_SCORED_YET
    rose = max((_rise(known.get(item), level) for item, level in changed.items()), default=0)
    return _Moved(was, tuple(items), rose)


def _rise(before: ItemLevel | None, now: ItemLevel) -> int:
    """By how many levels a claim rose; what was not known before has not risen."""
    known = before is not None and before.level is not None and now.level is not None
    return (now.level or 0) - (before.level or 0) if before is not None and known else 0


def _note_reask(work: Work, pilot: Pilot, ended: Ended, changed: Mapping[ItemId, ItemLevel]) -> None:
    """What an item asked again without its earlier answer came to beside that answer; corrections are no re-ask."""
    item = ended.checkin.blind
    now, known = changed.get(item), work.unit.levels(pilot.id).get(item)
    if ended.before is None and now is not None and known is not None:
        event = Event(REASKED, work.now, ended.person, pilot.id, item, known.level, now.level)
        work.unit.record(event)


def _levels(work: Work, pilot: Pilot, ended: Ended, answers: Answers) -> dict[str, ItemLevel]:
    levels = work.unit.levels(pilot.id)
    found = outcome.level_changes(
        ended.form,
        answers,
        levels,
        by=ended.person,
        at=work.now,
        checkin=ended.checkin.id,
        blind=ended.checkin.blind,
    )
    return {level.item: level for level in found}


def _overall(unit: Unit, pilot: Pilot) -> int | None:
    newest = unit.snapshot(pilot.id)
    return newest.overall if newest else None


# --- help -----------------------------------------------------------------------------------------------------------


def _ask_for_help(work: Work, pilot: Pilot, ended: Ended) -> Request | None:
    """Ask whoever was named to clear the blocker; what a correction made untrue is withdrawn."""
    blocked = outcome.blocker(ended.form, ended.answers)
    fresh = None
    if blocked is not None and blocked.who is not None and blocked.who != ended.person:
        fresh = Request(
            0,
            requests.HELP,
            pilot.id,
            blocked.who,
            ended.person,
            work.now,
            blocked.need,
            blocked.label,
            checkin=ended.checkin.id,
        )
    cleared = ended.answers.get("pulse.block") == outcome.NOTHING
    requests.keep_true(work, pilot, fresh, checkin=ended.checkin.id, cleared=cleared)
    return fresh if fresh and requests.ask(work, pilot, fresh) else None
