"""Evaluates pilots: after every answer and change, and once a night; it must not know a single rule.

What an evaluation finds is kept until the next one, so that lists and digests read it and nobody computes it twice.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.core import readiness, signals
from bot.core.journey import usual_stays
from bot.core.localtime import wall
from bot.core.records import Event, Pilot, PilotId
from bot.core.signals.course import Heading
from bot.core.signals.evaluation import Evaluation, evaluated
from bot.core.signals.kinds import Course, Signal
from bot.core.values import Json
from bot.service import facts, homes, portfolio_facts, schedules
from bot.service.work import Work

NIGHT = time(2)  # on the organisation's clock: after its day and before the digest's morning
BATCH = 50  # pilots in one transaction: a fifth of a second, so that nobody who answers meanwhile waits long
COURSE, STAYS = "pilot.course", "portfolio.stays"
ON, OFF = "signal.on", "signal.off"  # events: `subject` is the signal; what `rampcheck calibrate` counts


def renew(work: Work, pilot: Pilot) -> Evaluation:
    """Evaluate a pilot as of now and keep it; a course that changed is an event."""
    before = work.unit.evaluation(pilot.id)
    found = fresh(work, pilot, before=before)
    work.unit.save_evaluation(found)
    _record_signals(work, before, found)
    was, now = before.heading.course if before else None, found.heading.course
    if was is not now:
        work.unit.record(Event(COURSE, work.now, None, pilot.id, before=was, after=now))
        schedules.plan_decision(work, pilot)  # after so many days of Stuck somebody is asked to decide
    if before is None or was is not now or before.signals != found.signals:
        homes.outdated(work, homes.people_of(pilot))
    return found


def _record_signals(work: Work, before: Evaluation | None, found: Evaluation) -> None:
    """Each signal that came or went is an event, also one that somebody has acknowledged; one that stays is none."""
    was, now = _on(before) if before else {}, _on(found)
    for ident in sorted(now.keys() - was.keys()):
        came: Json = {"name": now[ident].name, "severity": now[ident].severity}
        work.unit.record(Event(ON, work.now, None, found.pilot, ident, after=came))
    for ident in sorted(was.keys() - now.keys()):
        work.unit.record(Event(OFF, work.now, None, found.pilot, ident, before=was[ident].severity))


def _on(found: Evaluation) -> dict[str, Signal]:
    return {seen.signal.id: seen.signal for seen in (*found.signals, *found.known)}


def fresh(work: Work, pilot: Pilot, *, before: Evaluation | None) -> Evaluation:
    """The evaluation of this moment; nothing is kept."""
    content = work.content
    seen = facts.past(work, pilot)
    scores = readiness.score(seen.levels, content.model, content.policy, work.now)
    known = facts.facts(work, pilot, seen, scores)
    return evaluated(
        before,
        pilot.id,
        known,
        content.policy,
        found=signals.signals(known, content.policy),
        mutes=work.unit.mutes(pilot.id),
        at=work.now,
        due_at=next_night(work),
    )


def known(work: Work, pilot: Pilot) -> Evaluation:
    """What was found last; as it would be found now where that is awaited, or was never done."""
    last = work.unit.evaluation(pilot.id)
    return last if last is not None and last.due_at > work.now else fresh(work, pilot, before=last)


def unknown(work: Work, pilot: PilotId) -> Evaluation:
    """That of a pilot which nobody has looked at yet."""
    return Evaluation(pilot, work.now, work.now, Heading(Course.UNKNOWN, work.now), None, 0)


def ask(work: Work, pilot: PilotId) -> None:
    """Something changed that signals look at: the pilot is evaluated at the next beat, outside of what is answered."""
    work.unit.await_evaluation(pilot, work.now)


# --- the night ------------------------------------------------------------------------------------------------------


def due(work: Work) -> bool:
    """Whether any pilot waits to be evaluated."""
    return bool(work.unit.due_evaluations(work.now, limit=1))


def renew_due(work: Work) -> list[Pilot]:
    """Evaluate some of the pilots whose time has come, with what is usual learnt from all of them once a night."""
    learn(work)
    found = (renew_one(work, ident) for ident in work.unit.due_evaluations(work.now, limit=BATCH))
    return [pilot for pilot in found if pilot is not None]


def renew_one(work: Work, ident: PilotId) -> Pilot | None:
    """Evaluate a pilot whose time has come."""
    pilot = work.unit.pilot(ident)
    if pilot is not None:
        renew(work, pilot)
    return pilot


def next_night(work: Work) -> datetime:
    """The next time at which all pilots are evaluated."""
    zone, today = work.unit.organisation.zone, work.today()
    tonight = wall(today, NIGHT, zone)
    return tonight if tonight > work.now else wall(today + timedelta(days=1), NIGHT, zone)


def learn(work: Work) -> None:
    """How long the organisation's pilots stay in each stage, and what is in the way of many; once a day."""
    newest = next(iter(work.unit.events(kinds=(STAYS,), limit=1)), None)
    if newest is not None and work.day(newest.at) == work.today():
        return
    pilots = work.unit.pilots()
    stays = usual_stays(portfolio_facts.journeys(work, pilots).values(), work.content.policy, work.today())
    if stays != work.unit.usual_stays() or newest is None:
        work.unit.save_usual_stays(stays)
    work.unit.record(Event(STAYS, work.now, None, after=dict(stays)))
    portfolio_facts.note_shared(work, pilots)
