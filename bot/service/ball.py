"""Gathers who had the ball in a pilot's stage: its requests, check-ins, decisions and moves; it must not judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from bot.core import ball, outcome
from bot.core.ball import Holder, Rest, Split, Told, Turn
from bot.core.journey import PAUSED
from bot.core.records import Asked, Decision, Event, Pilot, Request
from bot.core.state import Phase
from bot.service.work import Work

CHECKINS_READ = 26  # a year of them; of a longer stay the last part is told
EVENTS_READ = 200  # changes of stage and owner: a pilot has a few dozen in its life
PULSE, HELP, NOT_ME = "pulse", "help", "not_me"
BLOCKER = ("pulse.block", "pulse.who")  # what is in the way, and who can clear it
STAGE, OWNER = "pilot.stage", "pilot.owner"
MISSED = "missed"  # the outcome of a check-in whose time ran out


def split(work: Work, pilot: Pilot, made: Sequence[Decision]) -> Split:
    """Days in the stage by who had the ball; `made` are the pilot's decisions."""
    pulses = work.unit.history(pilot.id, questionnaire=PULSE, limit=CHECKINS_READ)
    asked = work.unit.requests(pilot=pilot.id, unanswered=False)
    logged = work.unit.events(pilot=pilot.id, kinds=(STAGE, OWNER), limit=EVENTS_READ)[::-1]
    refused = {
        one.person: work.day(one.replied_at)
        for one in sorted(asked, key=lambda one: one.id)
        if one.kind == HELP and one.reply == NOT_ME and one.replied_at
    }
    turns = [
        *_asked(work, pilot, asked),
        *_undecided(work, pilot, made),
        *_unowned(work, pilot, [event for event in logged if event.kind == OWNER]),
        *ball.of_checkins(_told(work, pulses), partial(ball.part, pilot), refused),
    ]
    since = pilot.stage_since
    if len(pulses) == CHECKINS_READ:
        since = max(since, work.day(pulses[-1].slot))
    rests = _rests(work, [event for event in logged if event.kind == STAGE])
    return ball.split(turns, since=since, today=work.today(), rests=rests)


def _asked(work: Work, pilot: Pilot, asked: Iterable[Request]) -> Iterator[Turn]:
    """What was asked of somebody is theirs until they say something."""
    for one in asked:
        until = work.day(one.replied_at) if one.replied_at else None
        yield Turn(ball.part(pilot, one.person), work.day(one.asked_at), until)


def _undecided(work: Work, pilot: Pilot, made: Iterable[Decision]) -> Iterator[Turn]:
    """From a decide-by date on, until somebody decides."""
    for decision in made:
        if decision.due is not None:
            yield Turn(Holder.DECIDER, decision.due, max(work.day(decision.at), decision.due))
    if pilot.decide_by is not None:
        yield Turn(Holder.DECIDER, pilot.decide_by)


def _unowned(work: Work, pilot: Pilot, changed: Sequence[Event]) -> Iterator[Turn]:
    """While nobody was its owner; changes come oldest first."""
    owner, since = (changed[0].before if changed else pilot.owner), pilot.created
    for event in changed:
        if owner is None:
            yield Turn(Holder.NOBODY, since, work.day(event.at))
        owner, since = event.after, work.day(event.at)
    if owner is None:
        yield Turn(Holder.NOBODY, since)


def _told(work: Work, pulses: Sequence[Asked]) -> list[Told]:
    """What check-ins told, oldest first; those that wait for an answer, or need none any more, tell nothing."""
    form, found = work.content.questionnaires[PULSE], []
    answers = work.unit.answers_of([one.id for one in pulses], to=BLOCKER)
    for one in pulses:
        if one.phase == Phase.DONE and one.done_at:
            known = outcome.blocker(form, answers.get(one.id, {}))
            found.append(
                Told(work.day(one.done_at), known.slug if known else "", known.who if known else None)
            )
        elif one.outcome == MISSED:
            found.append(Told(work.day(one.slot), missed=True))
    return sorted(found, key=lambda told: told.on)


def _rests(work: Work, moves: Iterable[Event]) -> Iterator[Rest]:
    """The pauses, of moves given oldest first."""
    since: date | None = None
    for event in moves:
        if event.after == PAUSED:
            since = work.day(event.at)
        elif since is not None:
            yield Rest(since, work.day(event.at))
            since = None
    if since is not None:
        yield Rest(since)
