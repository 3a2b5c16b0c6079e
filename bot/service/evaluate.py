"""What answers mean for a pilot: its record, its readiness, its signals; it must not know of chats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.core import outcome, readiness, review, signals
from bot.core.compose import checkin as words
from bot.core.compose.words import item_name
from bot.core.context import Context
from bot.core.ports import Unit
from bot.core.questionnaire import Content, ItemId, Questionnaire
from bot.core.readiness import GateResult, Readiness
from bot.core.records import PersonId, Pilot, Request, Snapshot
from bot.core.signals import Course, PilotFacts, Signal
from bot.core.state import Checkin, Phase
from bot.service import registry, requests

PULSES_READ = 8  # enough for the last four ended ones whatever is open or replaced
FOCUSED = frozenset({"review"})  # forms that ask a choice of items


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pilot is: scores, the gate before it, what is on, and its course."""

    readiness: Readiness
    gate: GateResult | None
    signals: tuple[Signal, ...]
    course: Course


def finished(
    unit: Unit,
    content: Content,
    checkin: Checkin,
    form: Questionnaire,
    context: Context,
    *,
    now: datetime,
) -> tuple[str, ...]:
    """Make the answers of an ended check-in true; the lines that tell its person what they did.

    Whoever was asked stands for the result, also where a colleague gave the last answer.
    """
    pilot = unit.pilot(checkin.pilot)
    if pilot is None:
        return ()
    actor = checkin.state.person
    pilot = _change_record(unit, content, pilot, checkin, form, actor, now)
    moved = _change_levels(unit, content, pilot, checkin, form, actor, now)
    asked = _ask_for_help(unit, pilot, checkin, form, actor, now)
    standing = stand(unit, content, pilot, now)
    lacking = [name_of(content, item.id) for item in standing.gate.lacking] if standing.gate else []
    return words.effect_lines(
        overall=standing.readiness.overall if moved is not None else None,
        before=moved,
        gate=standing.gate.name if standing.gate else "",
        lacking=tuple(lacking),
        helper=context.name(asked.person) if asked else "",
        topic=asked.topic if asked else "",
    )


def _change_record(
    unit: Unit,
    content: Content,
    pilot: Pilot,
    checkin: Checkin,
    form: Questionnaire,
    actor: PersonId,
    now: datetime,
) -> Pilot:
    day = registry.today(unit, unit.person(actor), now)
    changes = outcome.pilot_changes(form.id, checkin.state.answers, pilot, day, by=actor)
    changed = registry.change_pilot(unit, content, pilot, changes, actor=actor, now=now)
    if changes.keys() & {"owner", "sponsor"}:
        requests.ask_roles(unit, changed, asked_by=actor, now=now)
    return changed


def _change_levels(
    unit: Unit,
    content: Content,
    pilot: Pilot,
    checkin: Checkin,
    form: Questionnaire,
    actor: PersonId,
    now: datetime,
) -> int | None:
    """Store changed item levels and a snapshot; the overall score before, None when no level was touched."""
    levels = unit.levels(pilot.id)
    answers = checkin.state.answers
    changed = outcome.level_changes(form, answers, levels, by=actor, at=now, checkin=checkin.id)
    for level in changed:
        unit.set_level(pilot.id, level)
    if not changed:
        return None
    before = unit.snapshot(pilot.id)
    scores = readiness.score(unit.levels(pilot.id), content.model, content.policy, now)
    unit.add_snapshot(_snapshot(pilot, content, scores, checkin, now))
    return before.overall if before and before.overall is not None else -1


def _snapshot(pilot: Pilot, content: Content, scores: Readiness, checkin: Checkin, now: datetime) -> Snapshot:
    return Snapshot(
        pilot=pilot.id,
        at=now,
        overall=scores.overall,
        dimensions={dimension.id: dimension.proven for dimension in scores.dimensions},
        weakest=scores.weakest,
        coverage=scores.coverage,
        policy=content.policy.version,
        model=content.model.version,
        checkin=checkin.id,
    )


def _ask_for_help(
    unit: Unit, pilot: Pilot, checkin: Checkin, form: Questionnaire, actor: PersonId, now: datetime
) -> Request | None:
    """Ask whoever was named to clear the blocker, once while the same request is open."""
    blocked = outcome.blocker(form, checkin.state.answers)
    if blocked is None or blocked.who is None or blocked.who == actor:
        return None
    request = Request(
        0, requests.HELP, pilot.id, blocked.who, actor, now, blocked.need, blocked.label, checkin=checkin.id
    )
    return request if requests.ask(unit, pilot, request, now) else None


# --- standing -------------------------------------------------------------------------------------------------------


def stand(unit: Unit, content: Content, pilot: Pilot, now: datetime) -> Standing:
    """Scores, gate, signals and course of one pilot as of now."""
    levels = unit.levels(pilot.id)
    scores = readiness.score(levels, content.model, content.policy, now)
    stage = pilot.before_pause or pilot.stage
    gate = readiness.gate(levels, content.model, content.policy, stage=stage, risk=pilot.risk, now=now)
    facts = pilot_facts(unit, content, pilot, scores.confidence, now)
    found = signals.signals(facts, content.policy)
    return Standing(scores, gate, found, signals.state(facts, found, content.policy))


def streak(unit: Unit, content: Content, pilot: Pilot) -> int:
    """How many pulses in a row went unanswered."""
    return signals.missed(unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ), content.policy)[1]


def is_stuck(unit: Unit, content: Content, pilot: Pilot, now: datetime) -> bool:
    """Whether the pilot is Stuck: it is asked more often then."""
    return stand(unit, content, pilot, now).course is Course.STUCK


def pilot_facts(unit: Unit, content: Content, pilot: Pilot, confidence: float, now: datetime) -> PilotFacts:
    """What signals look at, gathered from the record and the log."""
    owner = unit.person(pilot.owner) if pilot.owner else None
    today = registry.today(unit, None, now)
    pulses = unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ)
    missed, streak = signals.missed(pulses, content.policy)
    return PilotFacts(
        stage=pilot.stage,
        stage_since=pilot.stage_since,
        today=today,
        target=pilot.target,
        undated_since=_undated_since(unit, pilot),
        paused=pilot.stage == "paused",
        missed=missed,
        streak=streak,
        away=owner is not None and owner.away_until is not None and owner.away_until >= today,
        confidence=confidence,
    )


def _undated_since(unit: Unit, pilot: Pilot) -> date | None:
    if pilot.target is not None:
        return None
    taken = next(iter(unit.events(pilot=pilot.id, kinds=("pilot.target",), limit=1)), None)
    return registry.today(unit, None, taken.at) if taken and taken.after is None else None


def name_of(content: Content, item: ItemId) -> str:
    """What people call a readiness item."""
    found = content.model.item(item)
    return item_name(found) if found else item


def pick_items(unit: Unit, content: Content, pilot: Pilot, form_id: str, now: datetime) -> tuple[ItemId, ...]:
    """The readiness items that a form is to ask this time; none for forms that ask the same every time."""
    if form_id not in FOCUSED:
        return ()
    levels = unit.levels(pilot.id)
    scores = readiness.score(levels, content.model, content.policy, now)
    gate = readiness.gate(levels, content.model, content.policy, stage=pilot.stage, risk=pilot.risk, now=now)
    done = unit.history(pilot.id, questionnaire=form_id, limit=100)
    turn = sum(1 for past in done if past.phase == Phase.DONE)
    return review.pick(content.model, scores, gate, turn=turn)
