"""What has fallen due: check-ins to open, to remind of and to close, digests to post; it must not keep time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby

from bot.core import cadence
from bot.core.decisions import DECISION
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event, OrganisationId, Person, PersonId, Pilot, PilotId, Schedule
from bot.core.state import Phase
from bot.log import get
from bot.service import (
    absence,
    answerers,
    attesting,
    bundling,
    checkins,
    concluding,
    deciding,
    digest,
    escalating,
    evaluate,
    evaluating,
    evaluations,
    framing,
    gates,
    hours,
    likeness,
    nagging,
    pausing,
    registry,
    schedules,
    second,
    silence,
    sponsors,
)
from bot.service.work import Work, again

Todo = Callable[[Work], None]

log = get("tick")

ROUNDS = 1000  # more means that something makes itself due over and over
BATCH = 200  # rows looked up at once (performance.md, 3c)
TOGETHER = 20  # jobs in one unit: a tenth of a second, so that nobody who answers meanwhile waits long


@dataclass(frozen=True, slots=True)
class Job:
    """One due thing: a unit of work of its own, so that one bad pilot never stops the others.

    `since` is the moment it was due, or another mark that stays while it fails: one trouble is told once, by its name
    or by the `trouble` that it has in common with others. One that
    `joins` may be done with others in one unit; such a unit has them as its `parts`, each of which is done alone
    where the whole fails. One that takes others of the same person along has its own part in it as its only one.
    """

    name: str
    organisation: OrganisationId
    todo: Todo
    since: str = ""
    pilot: PilotId | None = None
    joins: bool = False
    parts: tuple[Job, ...] = ()
    form: str = ""
    trouble: str = ""


def due(
    store: Store, content: Content, now: datetime, *, resting: Callable[[], Collection[str]] = frozenset
) -> Iterator[Job]:
    """Everything that is due now, but for jobs that rest; one that is run twice finds nothing the second time."""
    for organisation in store.organisations():
        aside = resting()
        found = store.read(organisation.id, lambda unit: _found(Work(unit, content, now), aside))  # noqa: B023  # at once
        yield from (job for job in found if job.name not in aside)


def rounds(
    store: Store, content: Content, now: datetime, *, resting: Callable[[], Collection[str]]
) -> Iterator[Job]:
    """What is due, then what has fallen due because of it, until nothing is left but jobs that rest."""
    for jobs in looks(store, content, now, resting=resting):
        yield from jobs


def looks(
    store: Store, content: Content, now: datetime, *, resting: Callable[[], Collection[str]]
) -> Iterator[list[Job]]:
    """The same, all that one look finds together; the next look is at what these have left."""
    for _ in range(ROUNDS):
        jobs = list(due(store, content, now, resting=resting))
        if not jobs:
            return
        yield jobs
    log.error("tick.storm", rounds=ROUNDS)


def joined(jobs: Iterable[Job]) -> Iterator[Job]:
    """The jobs in their order, those that join in units of several: what many wait for is committed once."""
    for (joins, organisation), alike in groupby(jobs, key=lambda job: (job.joins, job.organisation)):
        same = tuple(alike)
        few = TOGETHER if joins else 1
        for parts in (same[start : start + few] for start in range(0, len(same), few)):
            together = partial(_each, jobs=parts)
            yield (
                parts[0]
                if len(parts) == 1
                else Job(f"together:{organisation}", organisation, together, parts=parts)
            )


def _each(work: Work, jobs: Sequence[Job]) -> None:
    asks = {job.pilot: job.form for job in jobs if job.pilot is not None and job.form}
    free = work.unit.foresee(asks, back=framing.READ, nags=nagging.read(work))
    for job in jobs:
        if not job.form or job.pilot in free:  # what others have in hand, they open
            job.todo(work)


def _job(
    name: str,
    todo: Todo,
    since: datetime | date | None = None,
    pilot: PilotId | None = None,
    *,
    organisation: OrganisationId,
    joins: bool = False,
    form: str = "",
    alone: Todo | None = None,
) -> Job:
    """One that joins, or takes others along, has what is done for it `alone`."""
    first = since.isoformat() if since else ""
    parts = (Job(name, organisation, alone, first, pilot, form=form),) if alone else ()
    return Job(name, organisation, todo, first, pilot, joins, parts, form)


def _found(work: Work, aside: Collection[str]) -> list[Job]:
    """What is due, the longest first; those that rest are looked up beside a full batch of others, never in place."""
    unit, now, most = work.unit, work.now, BATCH + len(aside)
    job = partial(_job, organisation=unit.organisation.id)
    month = work.today().replace(day=1)
    return [  # what closes comes before what opens: a pilot has one request open at a time, after an outage too
        *(job(name, todo, month, pilot) for name, todo, pilot in _night(work, aside)),
        *(
            job(
                f"checkin:{one}",
                partial(absence.wake, checkin=one),
                joins=True,
                alone=partial(absence.wake_one, checkin=one),
            )
            for one in unit.due_checkins(now, limit=most)
        ),
        *(
            job(
                f"schedule:{one.id}",
                partial(open_due, seen=one),
                one.next_due_at,
                one.pilot,
                joins=one.questionnaire != likeness.LIKENESS,  # which looks at all pilots, for each
                form=one.questionnaire,
                alone=partial(open_one_due, seen=one),
            )
            for one in unit.due_schedules(now, limit=most)
        ),
        *(
            job(f"back:{one.id}", partial(absence.returned, seen=one), one.away_until)
            for one in absence.returning(work)
        ),
        *(
            job(f"digest:{one.id}", partial(digest.post_due, seen=one), one.next_due_at)
            for one in unit.due_subscriptions(now)
        ),
    ]


def _night(work: Work, aside: Collection[str]) -> Iterator[tuple[str, Todo, PilotId | None]]:
    """Evaluations: many in one transaction, or each in its own while that fails because of one of them."""
    together = f"evaluate:{work.unit.organisation.id}"
    if together not in aside:
        if evaluations.due(work):
            yield together, evaluating.look_at_pilots, None
        return
    for pilot in work.unit.due_evaluations(work.now, limit=BATCH + len(aside)):
        yield f"pilot:{pilot}", partial(evaluating.look_at_pilot, ident=pilot), pilot


def run(store: Store, content: Content, job: Job, now: datetime) -> None:
    """Do one job in one transaction."""
    again(lambda: store.write(job.organisation, lambda unit: job.todo(Work(unit, content, now))))


# --- schedules ------------------------------------------------------------------------------------------------------


def open_due(work: Work, seen: Schedule) -> None:
    """Open a due slot and all else that is due for the same person, who is asked in one message."""
    together = bundling.gathering(work)
    for schedule in sorted({seen, *_due_beside(work, seen)}, key=_turn):
        open_one_due(together, schedule)
    attesting.join(together)
    bundling.send(together)
    concluding.tell(together)


def _turn(one: Schedule) -> tuple[PilotId, datetime, int]:
    """By pilot, so that workers that meet wait for each other in one order; of one pilot, what was asked least lately.

    Only one question at a time is before its owner: by any fixed order a monthly one could wait for ever behind a
    weekly one.
    """
    return one.pilot, one.last_due_at or datetime.min.replace(tzinfo=UTC), one.id


def _due_beside(work: Work, seen: Schedule) -> Iterator[Schedule]:
    """What else is due of the same person."""
    pilot = work.unit.pilot(seen.pilot)
    if pilot is not None and seen.questionnaire == silence.SILENCE:
        yield from escalating.beside(work, pilot, seen)
    asked = _asked(work, pilot, seen) if pilot is not None else None
    for other in _pilots_beside(work, pilot, asked) if pilot is not None and asked is not None else ():
        if other.stage not in checkins.ENDED:
            yield from (
                one
                for one in work.unit.schedules(other.id)
                if one.next_due_at is not None
                and one.next_due_at <= work.now
                and _asked(work, other, one) == asked
            )


def _pilots_beside(work: Work, pilot: Pilot, asked: PersonId) -> Sequence[Pilot]:
    """The pilots in which whoever is asked has a part, and those of everybody for whom they stand in."""
    others = (one.id for one in work.unit.represented() if one.stand_in == asked)
    holders = dict.fromkeys(one for one in (asked, pilot.owner, *others) if one is not None)
    return list({one.id: one for holder in holders for one in work.unit.pilots_of(holder)}.values())


def _asked(work: Work, pilot: Pilot, schedule: Schedule) -> PersonId | None:
    """Whoever is asked a questionnaire in the end: they whose part it is, or whoever answers in their place."""
    form = work.content.questionnaires.get(schedule.questionnaire)
    decides = schedule.questionnaire == DECISION
    person = deciding.whom(work, pilot) if decides else _who(work, pilot, form.asks) if form else None
    return person.id if person is not None else None


def open_one_due(work: Work, seen: Schedule) -> None:
    """Open the check-in of a due slot and plan the next one; both in this unit, so never one without the other."""
    schedule = next((s for s in work.unit.schedules(seen.pilot) if s.id == seen.id), None)
    pilot = work.unit.pilot(seen.pilot)
    if schedule is None or schedule.next_due_at is None or schedule.next_due_at > work.now or pilot is None:
        return
    if seen.questionnaire == silence.SILENCE:
        escalating.step(work, pilot)
        return
    if seen.questionnaire == DECISION:
        deciding.look(work, pilot)
        return
    if seen.questionnaire == schedules.NEAR:
        gates.near(work, pilot, schedule)
        return
    if seen.questionnaire == likeness.LIKENESS:
        likeness.look(work, pilot, schedule)
        return
    unwanted = seen.questionnaire == second.SECOND and not second.still_wanted(work, pilot)
    if pilot.stage == "paused" and not unwanted:
        pausing.wake_up(work, pilot)
        return
    if unwanted or seen.questionnaire not in work.content.questionnaires:
        work.unit.save_schedule(replace(schedule, next_due_at=None))
        return
    if seen.questionnaire == second.SECOND and sponsors.tell(work, pilot, schedule):
        return
    _open_slot(work, pilot, schedule)


def _open_slot(work: Work, pilot: Pilot, schedule: Schedule) -> None:
    stuck, due = evaluate.is_stuck(work, pilot), schedule.next_due_at or work.now
    slot, following = schedules.around(work, pilot, schedule, due, stuck=stuck)
    asks = work.content.questionnaires[schedule.questionnaire].asks
    person = _who(work, pilot, asks)
    back = _back_again(work, pilot, asks) if person is None else None
    moved = (
        back
        or _after_others(work, pilot, person)
        or _when_there_is_room(work, person)
        or _moved(work, person, slot, following)
    )
    if moved is not None and moved > work.now:
        work.unit.save_schedule(replace(schedule, next_due_at=moved))
        return
    work.unit.save_schedule(replace(schedule, next_due_at=following, last_due_at=slot))
    reason = _reason_to_skip(work, pilot, schedule, person, moved)
    if reason or person is None:
        skipped = Event(schedules.SKIPPED, work.now, None, pilot.id, schedule.questionnaire, after=reason)
        work.unit.record(skipped)
        return
    checkins.open_one(work, pilot, schedule.questionnaire, person=person.id, slot=slot)


def _who(work: Work, pilot: Pilot, asks: str) -> Person | None:
    """Whoever a form asks, or stands in for them; for an owner who is away, gone or out of reach, the deputy.

    Nobody is held to a question that could not reach them.
    """
    there = (
        person
        for holder in _reached(work, pilot, asks)
        for person in (work.stand_in(holder), holder)
        if person is not None and not work.is_away(person)
    )
    return next((one for one in there if registry.address_of(work.unit, one.id) is not None), None)


def _reached(work: Work, pilot: Pilot, asks: str) -> Iterator[Person]:
    """Whoever may be asked, also while they are away."""
    for role in answerers.roles(asks):
        holder = getattr(pilot, role)
        person = work.unit.person(holder) if holder else None
        if person is not None and person.active and registry.address_of(work.unit, person.id) is not None:
            yield person


def _back_again(work: Work, pilot: Pilot, asks: str) -> datetime | None:
    """When somebody can be asked again, where all who can be are away; None where there is nobody."""
    return min((hours.back_at(work, person) for person in _reached(work, pilot, asks)), default=None)


def _moved(work: Work, person: Person | None, slot: datetime, following: datetime | None) -> datetime | None:
    """When a slot is sent: now, or at the next good hour after an outage; None when the next one is nearer."""
    asking, zone = work.asking(person), work.zone(person)
    return cadence.after_outage(slot, work.now, next_due=following, zone=zone, asking=asking)


def _after_others(work: Work, pilot: Pilot, person: Person | None) -> datetime | None:
    """One open request for each pilot: while one is before this person, the next waits for a day of theirs after it has
    closed. An answer may settle it or put it off before (`schedules.answered`).
    """
    if person is None:
        return None
    pending = [one for one in work.unit.live_checkins(pilot=pilot.id) if one.state.person == person.id]
    if not pending:
        return None
    closed = max(one.state.closes_at for one in pending)
    if closed <= work.now:  # after an outage: whoever closes it has not come to it
        return hours.good(work, person, work.now + timedelta(minutes=1))
    return hours.own_day(work, person, closed)


def _when_there_is_room(work: Work, person: Person | None) -> datetime | None:
    """Somebody's usual hour from which their week has room for one more message; None where it has now."""
    room = nagging.room(work, person) if person is not None else work.now
    if person is None or room <= work.now:
        return None
    return hours.usual(work, person, room)


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
        return schedules.ANSWERED
    return ""


def _asked_lately(work: Work, pilot: Pilot, form: str) -> bool:
    """Whoever answered within the last days, or has an early check-in open, is left alone."""
    since = work.now - timedelta(days=work.content.policy.asking.recent_days)
    lately = work.unit.history(pilot.id, questionnaire=form, limit=framing.READ, answers=True)[:2]
    for asked in lately:
        if asked.phase == Phase.DONE and asked.done_at is not None and asked.done_at > since:
            return True
        if asked.phase in (Phase.OPEN, Phase.SNOOZED, Phase.WAITING):
            return True
    return False


def send_now(work: Work, pilot: Pilot, form: str, *, person: PersonId, full: bool = False) -> int | None:
    """Ask now, out of turn; the check-in's id, or None when this very moment was used already."""
    opened = checkins.open_one(work, pilot, form, person=person, slot=work.now, on_demand=True, full=full)
    return opened.id if opened else None
