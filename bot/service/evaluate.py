"""What answers mean for a pilot: its record, its readiness, its signals; it must not know of chats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core import outcome, readiness, review, signals
from bot.core.compose import checkin as words
from bot.core.compose.words import item_name
from bot.core.context import Context
from bot.core.questionnaire import Content, ItemId, Questionnaire
from bot.core.readiness import GateResult, Readiness
from bot.core.records import Asked, PersonId, Pilot, Request, Snapshot
from bot.core.signals import Course, PilotFacts, Signal
from bot.core.state import Checkin, Phase
from bot.service import registry, requests
from bot.service.work import Work

PULSES_READ = 8  # enough for the last four ended ones whatever is open or replaced
STAGES_READ = 20  # stage changes looked at for pauses; a stage with more pauses than ten is no stage
FOCUSED = frozenset({"review"})  # forms that ask a choice of items


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pilot is: scores, the gate before it, what is on, and its course."""

    readiness: Readiness
    gate: GateResult | None
    signals: tuple[Signal, ...]
    course: Course
    facts: PilotFacts


def finished(
    work: Work,
    checkin: Checkin,
    form: Questionnaire,
    context: Context,
) -> tuple[str, ...]:
    """Make the answers of an ended check-in true; the lines that tell its person what they did.

    Whoever was asked stands for the result, also where a colleague gave the last answer.
    """
    pilot = work.unit.pilot(checkin.pilot)
    if pilot is None:
        return ()
    actor = checkin.state.person
    pilot = _change_record(work, pilot, checkin, form, actor)
    moved = _change_levels(work, pilot, checkin, form, actor)
    asked = _ask_for_help(work, pilot, checkin, form, actor)
    standing = stand(work, pilot)
    lacking = [name_of(work.content, item.id) for item in standing.gate.lacking] if standing.gate else []
    return words.effect_lines(
        overall=standing.readiness.overall if moved is not None else None,
        before=moved,
        gate=standing.gate.name if standing.gate else "",
        lacking=tuple(lacking),
        helper=context.name(asked.person) if asked else "",
        topic=asked.topic if asked else "",
    )


def _change_record(
    work: Work,
    pilot: Pilot,
    checkin: Checkin,
    form: Questionnaire,
    actor: PersonId,
) -> Pilot:
    day = work.today(work.unit.person(actor))
    changes = outcome.pilot_changes(form.id, checkin.state.answers, pilot, day, by=actor)
    changed = registry.change_pilot(work, pilot, changes, actor=actor)
    if changes.keys() & {"owner", "sponsor"}:
        requests.ask_roles(work.unit, changed, asked_by=actor, now=work.now)
    return changed


def _change_levels(
    work: Work,
    pilot: Pilot,
    checkin: Checkin,
    form: Questionnaire,
    actor: PersonId,
) -> int | None:
    """Store changed item levels and a snapshot; the overall score before, None when no level was touched."""
    levels = work.unit.levels(pilot.id)
    answers = checkin.state.answers
    changed = outcome.level_changes(form, answers, levels, by=actor, at=work.now, checkin=checkin.id)
    for level in changed:
        work.unit.set_level(pilot.id, level)
    if not changed:
        return None
    before = work.unit.snapshot(pilot.id)
    scores = readiness.score(work.unit.levels(pilot.id), work.content.model, work.content.policy, work.now)
    work.unit.add_snapshot(_snapshot(pilot, work.content, scores, checkin, work.now))
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
    work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire, actor: PersonId
) -> Request | None:
    """Ask whoever was named to clear the blocker, once while the same request is open."""
    blocked = outcome.blocker(form, checkin.state.answers)
    if blocked is None or blocked.who is None or blocked.who == actor:
        return None
    request = Request(
        0,
        requests.HELP,
        pilot.id,
        blocked.who,
        actor,
        work.now,
        blocked.need,
        blocked.label,
        checkin=checkin.id,
    )
    return request if requests.ask(work.unit, pilot, request, work.now) else None


# --- standing -------------------------------------------------------------------------------------------------------


def stand(work: Work, pilot: Pilot, *, pulses: Sequence[Asked] | None = None) -> Standing:
    """Scores, gate, signals and course of one pilot as of now; its newest PULSES_READ `pulses` if they are known."""
    levels = work.unit.levels(pilot.id)
    scores = readiness.score(levels, work.content.model, work.content.policy, work.now)
    stage = pilot.before_pause or pilot.stage
    gate = readiness.gate(
        levels, work.content.model, work.content.policy, stage=stage, risk=pilot.risk, now=work.now
    )
    facts = pilot_facts(work, pilot, scores.confidence, pulses=pulses)
    found = signals.signals(facts, work.content.policy)
    return Standing(scores, gate, found, signals.state(facts, found, work.content.policy), facts)


def streak(work: Work, pilot: Pilot) -> int:
    """How many pulses in a row went unanswered."""
    return signals.missed(
        work.unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ), work.content.policy
    )[1]


def is_stuck(work: Work, pilot: Pilot) -> bool:
    """Whether the pilot is Stuck: it is asked more often then."""
    return stand(work, pilot).course is Course.STUCK


def pilot_facts(
    work: Work, pilot: Pilot, confidence: float, *, pulses: Sequence[Asked] | None = None
) -> PilotFacts:
    """What signals look at, gathered from the record and the log."""
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    today = work.today()
    if pulses is None:
        pulses = work.unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ)
    missed, streak = signals.missed(pulses, work.content.policy)
    return PilotFacts(
        stage=pilot.stage,
        stage_since=pilot.stage_since,
        today=today,
        target=pilot.target,
        undated_since=_undated_since(work, pilot),
        paused=pilot.stage == "paused",
        paused_days=paused_days(work, pilot),
        missed=missed,
        streak=streak,
        away=owner is not None and owner.away_until is not None and owner.away_until >= today,
        confidence=confidence,
    )


def _undated_since(work: Work, pilot: Pilot) -> date | None:
    """The day on which the target date was taken away."""
    if pilot.target is not None:
        return None
    taken = next(iter(work.unit.events(pilot=pilot.id, kinds=("pilot.target",), limit=1)), None)
    return work.day(taken.at) if taken and taken.after is None else None


def paused_days(work: Work, pilot: Pilot) -> int:
    """Days of the present stage that the pilot was paused: they do not make it older."""
    events = reversed(work.unit.events(pilot=pilot.id, kinds=("pilot.stage",), limit=STAGES_READ))
    total, since = 0, None
    for event in events:
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
    return review.pick(work.content.model, scores, gate, turn=turn)
