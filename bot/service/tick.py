"""What has fallen due: check-ins to open, to remind of and to close, digests to post; it must not keep time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.core import cadence
from bot.core import checkin as engine
from bot.core.ports import Store, Unit
from bot.core.questionnaire import Cadence, Content
from bot.core.records import Event, OrganisationId, Person, PersonId, Pilot, Schedule
from bot.core.state import Phase
from bot.service import checkins, digest, evaluate, registry

BATCH = 200  # rows looked up at once (performance.md, 3c)


@dataclass(frozen=True, slots=True)
class Job:
    """One due thing: a unit of work of its own, so that one bad pilot never stops the others."""

    name: str
    organisation: OrganisationId
    work: Callable[[Unit], object]


def due(store: Store, content: Content, now: datetime) -> Iterator[Job]:
    """Everything that is due now, each as a job; a job that is run twice finds nothing to do the second time."""
    for organisation in store.organisations():
        found = store.read(organisation.id, partial(_found, content=content, now=now))
        for name, work in found:
            yield Job(name, organisation.id, work)


def _found(unit: Unit, content: Content, now: datetime) -> list[tuple[str, Callable[[Unit], object]]]:
    schedules, woken = unit.due_schedules(now, limit=BATCH), unit.due_checkins(now, limit=BATCH)
    return [
        *((f"schedule:{one.id}", partial(open_due, content=content, seen=one, now=now)) for one in schedules),
        *((f"checkin:{one}", partial(wake, content=content, checkin=one, now=now)) for one in woken),
        *(
            (f"digest:{one.id}", partial(digest.post_due, content=content, seen=one, now=now))
            for one in unit.due_subscriptions(now)
        ),
    ]


def run(store: Store, job: Job) -> None:
    """Do one job in one transaction."""
    store.write(job.organisation, job.work)


def wake(unit: Unit, content: Content, checkin: int, now: datetime) -> None:
    """Time has passed for a check-in: remind, ask again or close."""
    checkins.happen(unit, content, checkin, engine.Ticked(now), actor=None)


# --- schedules ------------------------------------------------------------------------------------------------------


def open_due(unit: Unit, content: Content, seen: Schedule, now: datetime) -> None:
    """Open the check-in of a due slot and plan the next one; both in this unit, so never one without the other."""
    schedule = next((s for s in unit.schedules(seen.pilot) if s.id == seen.id), None)
    pilot = unit.pilot(seen.pilot)
    rhythm = next((c for c in content.policy.cadences if c.questionnaire == seen.questionnaire), None)
    if schedule is None or schedule.next_due_at is None or schedule.next_due_at > now or pilot is None:
        return
    if pilot.stage == "paused":
        _wake_up(unit, content, pilot, now)
        return
    if rhythm is None:
        unit.save_schedule(replace(schedule, next_due_at=None))
        return
    _open_slot(unit, content, pilot, schedule, rhythm, now)


def _wake_up(unit: Unit, content: Content, pilot: Pilot, now: datetime) -> None:
    """The day a pause ends: the pilot is asked about again."""
    registry.resume(unit, content, pilot, actor=None, now=now)


def _open_slot(
    unit: Unit, content: Content, pilot: Pilot, schedule: Schedule, rhythm: Cadence, now: datetime
) -> None:
    slot = schedule.next_due_at or now
    stuck = evaluate.is_stuck(unit, content, pilot, now)
    following = registry.next_due(unit, content, pilot, rhythm, schedule, after=max(now, slot), stuck=stuck)
    person = _who(unit, pilot, content.questionnaires[schedule.questionnaire].asks, now)
    moved = _after_others(unit, content, pilot, person, now) or _moved(unit, content, person, slot, now, following)
    if moved is not None and moved > now:
        unit.save_schedule(replace(schedule, next_due_at=moved))
        return
    unit.save_schedule(replace(schedule, next_due_at=following))
    reason = _reason_to_skip(unit, content, pilot, schedule, person, moved, now)
    if reason or person is None:
        unit.record(Event("slot.skipped", now, None, pilot.id, schedule.questionnaire, after=reason))
        return
    checkins.open_one(unit, content, pilot, schedule.questionnaire, person=person.id, slot=slot, now=now)


def _who(unit: Unit, pilot: Pilot, asks: str, now: datetime) -> Person | None:
    """Whoever a form asks; for an owner who is away or gone, the deputy."""
    holders = {"sponsor": (pilot.sponsor,), "decider": (pilot.decider,)}
    for candidate in holders.get(asks, (pilot.owner, pilot.deputy)):
        person = unit.person(candidate) if candidate else None
        if person is not None and person.active and not _away(unit, person, now):
            return person
    return None


def _away(unit: Unit, person: Person, now: datetime) -> bool:
    return person.away_until is not None and person.away_until >= registry.today(unit, person, now)


def _moved(
    unit: Unit, content: Content, person: Person | None, slot: datetime, now: datetime, following: datetime | None
) -> datetime | None:
    """When a slot is sent: now, or at the next good hour after an outage; None when the next one is nearer."""
    asking = content.policy.asking
    zone = registry.zone_of(unit, person)
    if not cadence.too_late(slot, now, asking):
        return now
    return cadence.after_outage(slot, now, next_due=following, zone=zone, asking=asking)


def _after_others(
    unit: Unit, content: Content, pilot: Pilot, person: Person | None, now: datetime
) -> datetime | None:
    """One open request for each pilot: while one is before this person, the next waits until it has closed."""
    if person is None:
        return None
    pending = [one for one in unit.live_checkins(pilot=pilot.id) if one.state.person == person.id]
    if not pending:
        return None
    closed = max(one.state.closes_at for one in pending) + timedelta(minutes=1)
    return cadence.good_moment(closed, zone=registry.zone_of(unit, person), asking=content.policy.asking)


def _reason_to_skip(
    unit: Unit,
    content: Content,
    pilot: Pilot,
    schedule: Schedule,
    person: Person | None,
    moved: datetime | None,
    now: datetime,
) -> str:
    if person is None:
        return "nobody to ask"
    if moved is None:
        return "too late"
    if _asked_lately(unit, content, pilot, schedule.questionnaire, now):
        return "answered lately"
    return ""


def _asked_lately(unit: Unit, content: Content, pilot: Pilot, form: str, now: datetime) -> bool:
    """Whoever answered within the last days, or has an early check-in open, is left alone."""
    since = now - timedelta(days=content.policy.asking.recent_days)
    for asked in unit.history(pilot.id, questionnaire=form, limit=2):
        if asked.phase == Phase.DONE and asked.done_at is not None and asked.done_at > since:
            return True
        if asked.phase in (Phase.OPEN, Phase.SNOOZED, Phase.WAITING):
            return True
    return False


def send_now(
    unit: Unit, content: Content, pilot: Pilot, form: str, *, person: PersonId, now: datetime
) -> int | None:
    """Ask now, out of turn; the check-in's id, or None when this very moment was used already."""
    opened = checkins.open_one(unit, content, pilot, form, person=person, slot=now, now=now, on_demand=True)
    return opened.id if opened else None
