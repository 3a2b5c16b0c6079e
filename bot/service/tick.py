"""What has fallen due: check-ins to open, to remind of and to close, digests to post; it must not keep time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.core import cadence
from bot.core.compose import notes
from bot.core.decisions import DECISION
from bot.core.ports import Message, Store
from bot.core.questionnaire import Content
from bot.core.records import Event, OrganisationId, Person, PersonId, Pilot, Schedule
from bot.core.state import Phase
from bot.log import get
from bot.service import (
    absence,
    checkins,
    deciding,
    digest,
    evaluate,
    evaluations,
    leaving,
    registry,
    schedules,
)
from bot.service.work import Work, again

Todo = Callable[[Work], None]

log = get("tick")

ROUNDS = 1000  # more means that something makes itself due over and over
BATCH = 200  # rows looked up at once (performance.md, 3c)


@dataclass(frozen=True, slots=True)
class Job:
    """One due thing: a unit of work of its own, so that one bad pilot never stops the others."""

    name: str
    organisation: OrganisationId
    todo: Todo


def due(store: Store, content: Content, now: datetime) -> Iterator[Job]:
    """Everything that is due now, each as a job; a job that is run twice finds nothing to do the second time."""
    for organisation in store.organisations():
        found = store.read(organisation.id, lambda unit: _found(Work(unit, content, now)))
        for name, todo in found:
            yield Job(name, organisation.id, todo)


def rounds(store: Store, content: Content, now: datetime, *, skip: Callable[[str], bool]) -> Iterator[Job]:
    """What is due, then what has fallen due because of it, until nothing is left; `skip` says which jobs rest."""
    for _ in range(ROUNDS):
        jobs = [job for job in due(store, content, now) if not skip(job.name)]
        if not jobs:
            return
        yield from jobs
    log.error("tick.storm", rounds=ROUNDS)


def _found(work: Work) -> list[tuple[str, Todo]]:
    unit, now = work.unit, work.now
    schedules = unit.due_schedules(now, limit=BATCH)
    woken = unit.due_checkins(now, limit=BATCH)
    night = [("evaluate", look_at_pilots)] if evaluations.due(work) else []
    return [
        *night,
        *((f"schedule:{one.id}", partial(open_due, seen=one)) for one in schedules),
        *((f"checkin:{one}", partial(absence.wake, checkin=one)) for one in woken),
        *((f"back:{one.id}", partial(absence.returned, seen=one)) for one in absence.returning(work)),
        *((f"digest:{one.id}", partial(digest.post_due, seen=one)) for one in unit.due_subscriptions(now)),
    ]


def look_at_pilots(work: Work) -> None:
    """Evaluate the pilots whose time has come, and notice whose owner or sponsor is gone."""
    for pilot in evaluations.renew_due(work):
        leaving.notice(work, pilot)


def run(store: Store, content: Content, job: Job, now: datetime) -> None:
    """Do one job in one transaction."""
    again(lambda: store.write(job.organisation, lambda unit: job.todo(Work(unit, content, now))))


# --- schedules ------------------------------------------------------------------------------------------------------


def open_due(work: Work, seen: Schedule) -> None:
    """Open the check-in of a due slot and plan the next one; both in this unit, so never one without the other."""
    schedule = next((s for s in work.unit.schedules(seen.pilot) if s.id == seen.id), None)
    pilot = work.unit.pilot(seen.pilot)
    if schedule is None or schedule.next_due_at is None or schedule.next_due_at > work.now or pilot is None:
        return
    if seen.questionnaire == DECISION:
        deciding.look(work, pilot)
        return
    if pilot.stage == "paused":
        _wake_up(work, pilot)
        return
    if seen.questionnaire not in work.content.questionnaires:
        work.unit.save_schedule(replace(schedule, next_due_at=None))
        return
    _open_slot(work, pilot, schedule)


def _wake_up(work: Work, pilot: Pilot) -> None:
    """The day a pause ends: its owner hears of it, and the pilot is asked about again."""
    resumed = registry.resume(work, pilot, actor=None)
    address = registry.address_of(work.unit, pilot.owner) if pilot.owner else None
    if address is not None:
        key = f"awake:{pilot.id}:{work.today().isoformat()}"
        work.unit.enqueue(Message(key, address, notes.awake(resumed.name, resumed.stage)), work.now)


def _open_slot(work: Work, pilot: Pilot, schedule: Schedule) -> None:
    slot = schedule.next_due_at or work.now
    stuck = evaluate.is_stuck(work, pilot)
    following = schedules.after(work, pilot, schedule, slot, stuck=stuck)
    person = _who(work, pilot, work.content.questionnaires[schedule.questionnaire].asks)
    moved = _after_others(work, pilot, person) or _moved(work, person, slot, following)
    if moved is not None and moved > work.now:
        work.unit.save_schedule(replace(schedule, next_due_at=moved))
        return
    work.unit.save_schedule(replace(schedule, next_due_at=following))
    reason = _reason_to_skip(work, pilot, schedule, person, moved)
    if reason or person is None:
        work.unit.record(
            Event("slot.skipped", work.now, None, pilot.id, schedule.questionnaire, after=reason)
        )
        return
    checkins.open_one(work, pilot, schedule.questionnaire, person=person.id, slot=slot)


def _who(work: Work, pilot: Pilot, asks: str) -> Person | None:
    """Whoever a form asks; for an owner who is away, gone or out of reach, the deputy.

    Nobody is held to a question that could not reach them.
    """
    holders = {"sponsor": (pilot.sponsor,), "decider": (pilot.decider,)}
    for candidate in holders.get(asks, (pilot.owner, pilot.deputy)):
        person = work.unit.person(candidate) if candidate else None
        if person is None or not person.active or work.is_away(person):
            continue
        if registry.address_of(work.unit, person.id) is not None:
            return person
    return None


def _moved(work: Work, person: Person | None, slot: datetime, following: datetime | None) -> datetime | None:
    """When a slot is sent: now, or at the next good hour after an outage; None when the next one is nearer."""
    asking = work.content.policy.asking
    zone = work.zone(person)
    if not cadence.too_late(slot, work.now, asking):
        return work.now
    return cadence.after_outage(slot, work.now, next_due=following, zone=zone, asking=asking)


def _after_others(work: Work, pilot: Pilot, person: Person | None) -> datetime | None:
    """One open request for each pilot: while one is before this person, the next waits until it has closed."""
    if person is None:
        return None
    pending = [one for one in work.unit.live_checkins(pilot=pilot.id) if one.state.person == person.id]
    if not pending:
        return None
    closed = max(one.state.closes_at for one in pending) + timedelta(minutes=1)
    return cadence.good_moment(closed, zone=work.zone(person), asking=work.content.policy.asking)


def _reason_to_skip(
    work: Work,
    pilot: Pilot,
    schedule: Schedule,
    person: Person | None,
    moved: datetime | None,
) -> str:
    if person is None:
        return "nobody to ask"
    if moved is None:
        return "too late"
    if _asked_lately(work, pilot, schedule.questionnaire):
        return "answered lately"
    return ""


def _asked_lately(work: Work, pilot: Pilot, form: str) -> bool:
    """Whoever answered within the last days, or has an early check-in open, is left alone."""
    since = work.now - timedelta(days=work.content.policy.asking.recent_days)
    for asked in work.unit.history(pilot.id, questionnaire=form, limit=2):
        if asked.phase == Phase.DONE and asked.done_at is not None and asked.done_at > since:
            return True
        if asked.phase in (Phase.OPEN, Phase.SNOOZED, Phase.WAITING):
            return True
    return False


def send_now(work: Work, pilot: Pilot, form: str, *, person: PersonId, full: bool = False) -> int | None:
    """Ask now, out of turn; the check-in's id, or None when this very moment was used already."""
    opened = checkins.open_one(work, pilot, form, person=person, slot=work.now, on_demand=True, full=full)
    return opened.id if opened else None
