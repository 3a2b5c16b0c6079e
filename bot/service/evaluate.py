"""Where a pilot stands: its readiness, its gate, its signals and course; it must not know of chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core import readiness, review, signals
from bot.core.compose.words import item_name
from bot.core.questionnaire import Content, ItemId
from bot.core.readiness import GateResult, Readiness
from bot.core.records import Asked, CheckinId, Event, ItemLevel, Person, Pilot, Snapshot
from bot.core.signals import Course, PilotFacts, Signal
from bot.core.state import Phase
from bot.service.work import Work

PULSES_READ = 8  # enough for the last four ended ones whatever is open or replaced
STAGES_READ = 20  # stage changes looked at for pauses; a stage with more pauses than ten is no stage
MOVED, DATED = "pilot.stage", "pilot.target"  # events of a pilot's log
FOCUSED = frozenset({"review"})  # forms that ask a choice of items


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pilot is: scores, the gate before it, what is on, and its course."""

    readiness: Readiness
    gate: GateResult | None
    signals: tuple[Signal, ...]
    course: Course
    facts: PilotFacts


@dataclass(frozen=True, slots=True)
class Past:
    """What a standing is computed from besides the record, all of it newest first.

    `pulses` are the last PULSES_READ, `moves` the last STAGES_READ changes of stage; `dated` are changes of the
    target date, of which the newest is looked at, and only where there is no date.
    """

    levels: Mapping[ItemId, ItemLevel]
    pulses: Sequence[Asked]
    moves: Sequence[Event]
    dated: Sequence[Event]
    owner: Person | None


def stand(work: Work, pilot: Pilot, *, pulses: Sequence[Asked] | None = None) -> Standing:
    """Scores, gate, signals and course of one pilot as of now; its newest PULSES_READ `pulses` if they are known."""
    unit = work.unit
    if pulses is None:
        pulses = unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ)
    past = Past(
        levels=unit.levels(pilot.id),
        pulses=pulses,
        moves=unit.events(pilot=pilot.id, kinds=(MOVED,), limit=STAGES_READ),
        dated=unit.events(pilot=pilot.id, kinds=(DATED,), limit=1) if pilot.target is None else (),
        owner=unit.person(pilot.owner) if pilot.owner else None,
    )
    return standing(work, pilot, past)


def standing(work: Work, pilot: Pilot, past: Past) -> Standing:
    """Where a pilot is, of what was read of it: nothing more is read here."""
    content = work.content
    scores = readiness.score(past.levels, content.model, content.policy, work.now)
    stage = pilot.before_pause or pilot.stage
    gate = readiness.gate(
        past.levels, content.model, content.policy, stage=stage, risk=pilot.risk, now=work.now
    )
    facts = pilot_facts(work, pilot, past, scores.confidence)
    found = signals.signals(facts, content.policy)
    return Standing(scores, gate, found, signals.state(facts, found, content.policy), facts)


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
    """Whether the pilot is Stuck: it is asked more often then."""
    return stand(work, pilot).course is Course.STUCK


def pilot_facts(work: Work, pilot: Pilot, past: Past, confidence: float) -> PilotFacts:
    """What signals look at, gathered from the record and the log."""
    owner, today = past.owner, work.today()
    missed, streak = signals.missed(past.pulses, work.content.policy)
    return PilotFacts(
        stage=pilot.stage,
        stage_since=pilot.stage_since,
        today=today,
        target=pilot.target,
        undated_since=_undated_since(work, pilot, past.dated),
        paused=pilot.stage == "paused",
        paused_days=paused_days(work, pilot, past.moves),
        missed=missed,
        streak=streak,
        away=owner is not None and owner.away_until is not None and owner.away_until >= today,
        confidence=confidence,
    )


def _undated_since(work: Work, pilot: Pilot, dated: Sequence[Event]) -> date | None:
    """The day on which the target date was taken away."""
    if pilot.target is not None:
        return None
    taken = next(iter(dated), None)
    return work.day(taken.at) if taken and taken.after is None else None


def paused_days(work: Work, pilot: Pilot, moves: Sequence[Event]) -> int:
    """Days of the present stage that the pilot was paused: they do not make it older."""
    total, since = 0, None
    for event in reversed(moves):
        day = max(work.day(event.at), pilot.stage_since)
        if event.after == "paused":
            since = day
        elif event.before == "paused" and since is not None:
            total, since = total + (day - since).days, None
    return total + ((work.today() - since).days if since is not None else 0)


def name_of(content: Content, item: ItemId) -> str:
    """What people call a readiness item."""
    found = content.model.item(item)
    return item_name(found) if found else item


def pick_items(work: Work, pilot: Pilot, form_id: str) -> tuple[ItemId, ...]:
    """The readiness items that a form is to ask this time; none for forms that ask the same every time."""
    if form_id not in FOCUSED:
        return ()
    levels = work.unit.levels(pilot.id)
    scores = readiness.score(levels, work.content.model, work.content.policy, work.now)
    gate = readiness.gate(
        levels, work.content.model, work.content.policy, stage=pilot.stage, risk=pilot.risk, now=work.now
    )
    done = work.unit.history(pilot.id, questionnaire=form_id, limit=100)
    turn = sum(1 for past in done if past.phase == Phase.DONE)
    ages = {item: (work.now - level.at) / readiness.DAY for item, level in levels.items()}
    return review.pick(work.content.model, scores, gate, turn=turn, ages=ages)
