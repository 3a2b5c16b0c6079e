"""One pilot's evaluation, kept until the next: which signals are on since when, the course, who sees what of it yet.

Signals are computed after every answer and once a night (content.md section 5); it must not know how they are stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.policy import Policy
from bot.core.records import PersonId, PilotId
from bot.core.signals.course import Heading, heading, purgatory_index, state
from bot.core.signals.facts import PilotFacts
from bot.core.signals.kinds import Course, Signal


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal that is on, and the evaluation that saw it first."""

    signal: Signal
    since: datetime


@dataclass(frozen=True, slots=True)
class Mute:
    """A signal that somebody in charge acknowledged: known, for this reason, until the end of a day."""

    pilot: PilotId
    signal: str
    until: date
    reason: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of a pilot since `at`; it is looked at again at `due_at`.

    `was` is the course before this one. `known` are signals that are on and acknowledged: they neither count nor
    call. `streak` are check-ins without an answer until now, `paused_days` days of this stage spent paused.
    """

    pilot: PilotId
    at: datetime
    due_at: datetime
    heading: Heading
    was: Course | None
    index: int
    signals: tuple[Seen, ...] = ()
    known: tuple[Seen, ...] = ()
    streak: int = 0
    paused_days: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What one reader sees of it: a course, since when, and the signals behind it."""

    course: Course
    since: datetime
    signals: tuple[Signal, ...]
    known: tuple[Signal, ...]


def evaluated(
    before: Evaluation | None,
    pilot: PilotId,
    facts: PilotFacts,
    policy: Policy,
    *,
    found: Iterable[Signal],
    mutes: Iterable[Mute],
    at: datetime,
    due_at: datetime,
) -> Evaluation:
    """The evaluation at a moment, given the one before it."""
    quiet = {mute.signal for mute in mutes if mute.until >= facts.today}
    on, known = [one for one in found if one.id not in quiet], [one for one in found if one.id in quiet]
    course = heading(before.heading if before else None, state(facts, on, policy), on, at, policy)
    changed = before is not None and before.heading.course is not course.course
    return Evaluation(
        pilot,
        at,
        due_at,
        course,
        was=before.heading.course if before and changed else before.was if before else None,
        index=round(purgatory_index(on, policy)),
        signals=_seen(before, on, at),
        known=_seen(before, known, at),
        streak=facts.streak,
        paused_days=facts.paused_days,
    )


def shown(found: Evaluation, now: datetime, policy: Policy, *, own: bool) -> View:
    """What somebody sees: the pilot's `own` people all of it, everybody else what they have known for a day.

    The owner sees a signal a day before anyone else, so as to add a line; a course that rests on newer ones is not
    shown to others yet.
    """
    head, first = found.heading, timedelta(hours=policy.thresholds["signal"]["owner_first_hours"])
    if own:
        return View(head.course, head.since, _signals(found.signals), _signals(found.known))
    old = tuple(one for one in found.signals if now - one.since >= first)
    early = now - head.since < first and found.was is not None and head.course is not Course.PAUSED
    course = found.was if early and found.was is not None else head.course
    return View(course, head.since, _signals(old), _signals(found.known))


def _seen(before: Evaluation | None, signals: Iterable[Signal], at: datetime) -> tuple[Seen, ...]:
    """Since when each is on; one that becomes heavier is the same signal."""
    known = {one.signal.id: one.since for one in (*before.signals, *before.known)} if before else {}
    return tuple(Seen(signal, known.get(signal.id, at)) for signal in signals)


def _signals(seen: Iterable[Seen]) -> tuple[Signal, ...]:
    return tuple(one.signal for one in seen)
