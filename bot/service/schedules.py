"""When a pilot is next asked what: one row for each questionnaire; it must not know what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from bot.core import cadence
from bot.core.decisions import DECISION, deciders
from bot.core.localtime import local, wall
from bot.core.policy import Asking, Cadence
from bot.core.questionnaire import STAGES, Content, Questionnaire
from bot.core.records import Event, Person, PersonId, Pilot, Schedule
from bot.core.signals import Course
from bot.service import ServiceError, answerers, hours
from bot.service.work import Work

WAKES = (
    "pulse"  # the questionnaire whose schedule ends a pause, and whose cadence a pilot may have of its own
)
SKIPPED = "slot.skipped"  # an event: a slot that nobody was asked in; `after` is why
ANSWERED = "answered lately"  # why a slot was left out: its questions were answered without it
NEAR = "gate.near"  # in place of a questionnaire, and the event that it was looked at: `after` is the date of real use
BEFORE_LIVE, LIVE = "hardening", "limited"  # the production gate stands between these two
MOST_WEEKS = 26  # half a year: a pilot asked more rarely has ended or is paused


def plan(work: Work, pilot: Pilot, *, before: Pilot | None = None) -> None:
    """Plan the next check-in of every questionnaire anew; what no longer applies is planned no more.

    `before` is the pilot as it was until now: a slot that the change does not concern stays where it is.
    """
    known = {schedule.questionnaire: schedule for schedule in work.unit.schedules(pilot.id)}
    for form in questionnaires(work.content):
        schedule = known.get(form) or Schedule(0, pilot.id, form, None)
        due = _wake_up(work, pilot, form) if pilot.stage == "paused" else first(work, pilot, schedule)
        if due != schedule.next_due_at and not (before and _stays(work, before, pilot, schedule, due)):
            work.unit.save_schedule(replace(schedule, next_due_at=due))
    plan_decision(work, pilot)
    _plan_gate(work, pilot)


def _stays(work: Work, before: Pilot, now: Pilot, schedule: Schedule, due: datetime | None) -> bool:
    """Whether a slot outlives a change of its pilot: one that comes by the same rules as before, and one that waits.

    One that waits and is asked no more is left out, and the log says why.
    """
    if (
        schedule.next_due_at is None or before.stage == "paused"
    ):  # what is planned then is the end of the pause
        return False
    if now.stage != "paused" and due is not None:
        return first(work, before, schedule) == due or _waits(work, before, schedule)
    if _waits(work, before, schedule):
        why = _why_left_out(now)
        work.unit.record(Event(SKIPPED, work.now, None, now.id, schedule.questionnaire, after=why))
    return False


def _why_left_out(pilot: Pilot) -> str:
    if pilot.stage == "paused":
        return "paused"
    return "not asked at this stage" if pilot.owner or pilot.deputy else "nobody to ask"


def _waits(work: Work, pilot: Pilot, schedule: Schedule) -> bool:
    """Whether a slot has come and not been dealt with: put off for somebody or something, or for want of a worker."""
    regular = (first(work, pilot, schedule, stuck=stuck) for stuck in (False, True))
    return schedule.next_due_at is not None and schedule.next_due_at not in regular


def _plan_gate(work: Work, pilot: Pilot) -> None:
    """Plan the look at the production gate: so many days before the date of real use, once for each such date."""
    known = next((one for one in work.unit.schedules(pilot.id) if one.questionnaire == NEAR), None)
    due = _near(work, pilot) if pilot.stage == BEFORE_LIVE and pilot.target is not None else None
    if due != (known.next_due_at if known else None):
        work.unit.save_schedule(replace(known or Schedule(0, pilot.id, NEAR, None), next_due_at=due))


def _near(work: Work, pilot: Pilot) -> datetime | None:
    """The good hour of its owner on that day, or the next one; None where it was looked at before that date, or the
    date has passed.
    """
    told = {str(one.after) for one in work.unit.events(pilot=pilot.id, kinds=(NEAR,))}
    if pilot.target is None or pilot.target.isoformat() in told or pilot.target < work.today():
        return None
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    day = pilot.target - timedelta(days=work.content.policy.thresholds["gate"]["before_target_days"])
    zone, asking = work.zone(owner), work.asking(owner)
    return cadence.good_moment(max(wall(day, time(asking.hour), zone), work.now), zone=zone, asking=asking)


def plan_decision(work: Work, pilot: Pilot) -> None:
    """Plan when a pilot is next looked at for a decision: its decide-by date, or once it was Stuck for too long."""
    days = [day for day in (pilot.decide_by, _stuck_on(work, pilot)) if day is not None]
    set_decision(work, pilot, _morning(work, pilot, min(days)) if days and pilot.stage in STAGES else None)


def _stuck_on(work: Work, pilot: Pilot) -> date | None:
    """The day on which a pilot that is Stuck has been so for too long, tomorrow at the soonest; None once decided."""
    found = work.unit.evaluation(pilot.id)
    if found is None or found.heading.course is not Course.STUCK:
        return None
    made = next(iter(work.unit.decisions(pilot=pilot.id, limit=1)), None)
    if made is not None and pilot.decide_by is not None and made.until == pilot.decide_by:
        return None
    days = int(work.content.policy.thresholds["state"]["decide_days"])
    return max(work.day(found.heading.since) + timedelta(days=days), work.today() + timedelta(days=1))


def set_decision(work: Work, pilot: Pilot, due: datetime | None) -> None:
    """When a pilot is next looked at for a decision; None for not by itself."""
    known = next((one for one in work.unit.schedules(pilot.id) if one.questionnaire == DECISION), None)
    if due != (known.next_due_at if known else None):
        work.unit.save_schedule(replace(known or Schedule(0, pilot.id, DECISION, None), next_due_at=due))


def _morning(work: Work, pilot: Pilot, day: date) -> datetime:
    """The good hour of a day where whoever decides is."""
    decider = next((work.unit.person(person) for person, _ in deciders(pilot)), None)
    zone, asking = work.zone(decider), work.asking(decider)
    return cadence.good_moment(wall(day, time(asking.hour), zone), zone=zone, asking=asking)


def move(work: Work, person: Person, *, out_of: str) -> None:
    """Keep the planned hours of the day in the zone that a person has moved to, `out_of` another one.

    Moved and not planned anew: a slot whose hour has passed there already is due at once, not left out, and one that
    was used does not come a second time.
    """
    zone = work.zone(person)
    for pilot in work.unit.pilots_of(person.id):
        if person.id != (pilot.owner or pilot.deputy):
            continue
        for schedule in work.unit.schedules(pilot.id):
            if schedule.next_due_at is not None and _asks(work, schedule):
                shown = local(schedule.next_due_at, out_of)
                moved = wall(shown.date(), shown.time(), zone)
                work.unit.save_schedule(replace(schedule, next_due_at=moved))


def bring_forward(work: Work, person: Person, was: datetime, to: datetime) -> None:
    """What was put off until somebody's way back comes with it, now that they are back sooner."""
    for schedule in _own(work, person):
        if schedule.next_due_at == was:
            work.unit.save_schedule(replace(schedule, next_due_at=min(was, to)))


def answered(work: Work, pilot: Pilot, form: Questionnaire, *, stuck: bool) -> None:
    """Whoever has answered is left alone for some days.

    A slot of the same questionnaire that waited is settled by it: the next comes in its rhythm, never sooner than it
    was planned. What else would be asked of them comes a week later.
    """
    roles = answerers.roles(form.asks)
    for schedule in work.unit.schedules(pilot.id):
        due = first(work, pilot, schedule, stuck=stuck) if _asks(work, schedule) else None
        if due is None:
            continue
        if schedule.questionnaire == form.id:
            _settle(work, pilot, schedule, due)
        elif answerers.roles(work.content.questionnaires[schedule.questionnaire].asks) == roles:
            _put_off(work, pilot, schedule)


def _settle(work: Work, pilot: Pilot, schedule: Schedule, due: datetime) -> None:
    if schedule.next_due_at is not None and schedule.next_due_at < due:
        left_out = Event(SKIPPED, work.now, None, pilot.id, schedule.questionnaire, after=ANSWERED)
        work.unit.record(left_out)
        work.unit.save_schedule(replace(schedule, next_due_at=due))


def _put_off(work: Work, pilot: Pilot, schedule: Schedule) -> None:
    holder = work.unit.person(pilot.owner or pilot.deputy or 0)
    alone = work.now + timedelta(days=work.content.policy.asking.recent_days)
    if holder is not None and schedule.next_due_at is not None and schedule.next_due_at <= alone:
        work.unit.save_schedule(replace(schedule, next_due_at=hours.own_day(work, holder, alone)))


def follow_hours(work: Work, person: Person) -> None:
    """Somebody wants to be asked at another day or hour: each cycle keeps its one slot, at that hour."""
    for schedule in _own(work, person):
        pilot, due = work.unit.pilot(schedule.pilot), schedule.next_due_at
        beat = _beat(work, pilot, schedule, stuck=False) if pilot is not None and due is not None else None
        if pilot is None or due is None or beat is None:
            continue
        rhythm, rule = beat
        moved = _milestone(rhythm, pilot, rule, work.now) or cadence.within_cycle(due, **rule)
        if moved > work.now:  # else this cycle's time by the new rules is over: it keeps the one it had
            work.unit.save_schedule(replace(schedule, next_due_at=moved))


def _asks(work: Work, schedule: Schedule) -> bool:
    """Whether it plans a questionnaire, by the hours of whoever answers it."""
    return schedule.questionnaire != DECISION and schedule.questionnaire in work.content.questionnaires


def _own(work: Work, person: Person) -> Iterator[Schedule]:
    """What is planned at the hours of one person: that of the pilots they own, or are deputy of without an owner."""
    for pilot in work.unit.pilots_of(person.id):
        if person.id == (pilot.owner or pilot.deputy) and pilot.stage != "paused":
            yield from (one for one in work.unit.schedules(pilot.id) if _asks(work, one))


def set_cadence(work: Work, pilot: Pilot, weeks: int | None, *, actor: PersonId | None = None) -> None:
    """Ask a pilot's check-in every so many weeks, whatever the policy says; None goes back to the policy."""
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        raise ServiceError(f"A pilot is asked every 1 to {MOST_WEEKS} weeks, not every {weeks}.")
    known = {one.questionnaire: one for one in work.unit.schedules(pilot.id)}
    schedule = known.get(WAKES) or Schedule(0, pilot.id, WAKES, None)
    if schedule.weeks == weeks:
        return
    waits = _waits(work, pilot, schedule)
    work.unit.save_schedule(replace(schedule, weeks=weeks))
    work.unit.record(
        Event("pilot.cadence", work.now, actor, pilot.id, WAKES, before=schedule.weeks, after=weeks)
    )
    if not waits:  # one that has come is asked first, and the next by the new cadence
        plan(work, pilot)


def cadences(work: Work) -> dict[int, int]:
    """Pilot -> the weeks set for it, where the policy's are not kept to."""
    found = {}
    for pilot in work.unit.pilots():
        own = (one.weeks for one in work.unit.schedules(pilot.id) if one.questionnaire == WAKES)
        if (weeks := next(own, None)) is not None:
            found[pilot.id] = weeks
    return found


def questionnaires(content: Content) -> Iterator[str]:
    """Every questionnaire that has a cadence, once."""
    yield from dict.fromkeys(rhythm.questionnaire for rhythm in content.policy.cadences)


def first(work: Work, pilot: Pilot, schedule: Schedule, *, stuck: bool = False) -> datetime | None:
    """The first slot after now; None where this questionnaire is not asked at this stage, or nobody is there."""
    beat = _beat(work, pilot, schedule, stuck=stuck)
    if beat is None:
        return None
    rhythm, rule = beat
    milestone = _milestone(rhythm, pilot, rule, work.now)
    return milestone or cadence.next_slot(work.now, **rule)


def around(
    work: Work, pilot: Pilot, schedule: Schedule, due: datetime, *, stuck: bool
) -> tuple[datetime, datetime | None]:
    """Of the slots from `due` on, the newest that has come and the one after it; None where none is planned.

    After weeks without a worker it is the newest that is late, not the oldest. Whoever moved to another zone since
    `due` misses none and has none twice.
    """
    beat = _beat(work, pilot, schedule, stuck=stuck)
    if beat is None:
        return due, None
    newest = due
    while (then := _following(pilot, beat, newest)) <= work.now:
        newest = then
    return newest, then


def _following(pilot: Pilot, beat: tuple[Cadence, _Rule], slot: datetime) -> datetime:
    rhythm, rule = beat
    return _milestone(rhythm, pilot, rule, slot) or cadence.following(slot, **rule)


class _Rule(TypedDict):
    """The arguments that all of cadence's slot functions share."""

    weekday: int
    hour: int
    zone: str
    asking: Asking
    weeks: int
    months: int
    anchor: date | None


def _beat(work: Work, pilot: Pilot, schedule: Schedule, *, stuck: bool) -> tuple[Cadence, _Rule] | None:
    """The cadence of a questionnaire at this pilot's stage, in the zone and at the hour of whoever answers for it."""
    holder = pilot.owner or pilot.deputy
    owner = work.unit.person(holder) if holder else None
    if owner is None:
        return None
    for rhythm in work.content.policy.cadences:
        if rhythm.questionnaire != schedule.questionnaire:
            continue
        every = cadence.interval_weeks(
            rhythm,
            stage=pilot.stage,
            target=pilot.target,
            today=work.today(owner),
            stuck=stuck,
            override_weeks=schedule.weeks,
        )
        if every is not None:
            return rhythm, _rule(work, pilot, owner, rhythm, every)
    return None


def _rule(work: Work, pilot: Pilot, owner: Person, rhythm: Cadence, every: tuple[int, int]) -> _Rule:
    asking = work.asking(owner)
    weeks, months = every
    last = timedelta(days=max(rhythm.after_days, default=0))
    return _Rule(
        weekday=asking.weekday if owner.weekday is None else owner.weekday,
        hour=asking.hour if owner.hour is None else owner.hour,
        zone=work.zone(owner),
        asking=asking,
        weeks=weeks,
        months=months,
        anchor=pilot.stage_since + last if rhythm.after_days else pilot.created,
    )


def _milestone(rhythm: Cadence, pilot: Pilot, rule: _Rule, now: datetime) -> datetime | None:
    if not rhythm.after_days:
        return None
    return cadence.milestone(
        now,
        since=pilot.stage_since,
        after_days=rhythm.after_days,
        hour=rule["hour"],
        zone=rule["zone"],
        asking=rule["asking"],
    )


def _wake_up(work: Work, pilot: Pilot, form: str) -> datetime | None:
    """The moment a pause ends, on the schedule of one questionnaire only."""
    if form != WAKES or pilot.paused_until is None:
        return None
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    zone, asking = work.zone(owner), work.asking(owner)
    morning = wall(pilot.paused_until, time(asking.hour), zone)
    return cadence.good_moment(morning, zone=zone, asking=asking)
