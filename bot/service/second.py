"""The second view beside the owner's: when its sponsor is asked, and where the two differ; it must not word it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.compose import decision as decision_words
from bot.core.compose import second as words
from bot.core.context import Context
from bot.core.decisions import deciders
from bot.core.questionnaire import STAGES
from bot.core.records import Asked, Person, Pilot, Schedule
from bot.core.state import Phase
from bot.service import cases, hours
from bot.service.work import Work

SECOND, PULSE = "second", "pulse"
EVERY = timedelta(days=28)  # "monthly": four weeks keep it on the weekday of the owner's check-in
SOON = timedelta(days=7)  # after a claim that rose far: not twice in one week
ROSE = 2  # levels by which a claim rose, that ask for a second view out of turn
READ = 6  # check-ins looked back at


def ride_along(work: Work, pilot: Pilot, *, rose: int = 0) -> None:
    """The owner has answered: plan the sponsor's view, at their next good hour, where it is time for one.

    `rose` is by how many levels a claim rose at most. Nobody is asked to compare with what was never said.
    """
    sponsor = _sponsor(work, pilot)
    known = next((one for one in work.unit.schedules(pilot.id) if one.questionnaire == SECOND), None)
    if sponsor is None or (known is not None and known.next_due_at is not None):
        return
    every = SOON if rose >= ROSE else EVERY
    told = known is not None and known.last_due_at is not None and work.now - known.last_due_at < every
    if not told and _is_time(work, pilot, every) and can_compare(work, pilot):
        good = hours.good(work, sponsor, work.now)
        fresh = known or Schedule(0, pilot.id, SECOND, None)
        work.unit.save_schedule(replace(fresh, next_due_at=good))


def still_wanted(work: Work, pilot: Pilot) -> bool:
    """Whether a view that was planned is to be asked for now."""
    return _sponsor(work, pilot) is not None


def _sponsor(work: Work, pilot: Pilot) -> Person | None:
    """Whoever has a view of their own: not one who answers the check-ins."""
    if pilot.stage not in STAGES or pilot.sponsor is None or pilot.sponsor in (pilot.owner, pilot.deputy):
        return None
    return work.unit.person(pilot.sponsor)


def can_compare(work: Work, pilot: Pilot) -> bool:
    """Whether the owner has said how likely it is."""
    pulses = work.unit.history(pilot.id, questionnaire=PULSE, limit=READ, answers=True)
    return any("pulse.sure" in one.answers for one in pulses if one.phase == Phase.DONE)


def _is_time(work: Work, pilot: Pilot, every: timedelta) -> bool:
    last = next(iter(work.unit.history(pilot.id, questionnaire=SECOND, limit=1)), None)
    return last is None or work.now - last.slot >= every


def framed(work: Work, pilot: Pilot, context: Context) -> Context:
    """The context of a second view: the month above the one question, which is for its person alone."""
    known = cases.case(work, pilot)
    scores, decider = known.standing.readiness, next((person for person, _ in deciders(pilot)), None)
    choice = known.suggestion.choice
    above = words.month(
        words.Month(
            course=known.standing.course,
            because=known.standing.signals[0].text if known.standing.signals else "",
            overall=scores.overall,
            claimed=scores.claimed if scores.claimed != scores.overall else None,
            today=context.today or work.today(),
            decide_by=pilot.decide_by,
            decider=cases.name_of(work, decider) if decider is not None else "",
            suggests=decision_words.choice_name(choice) if choice and pilot.decide_by else "",
            reasons=decision_words.strongest(known.suggestion, cases.item_names(work)),
        )
    )
    return replace(context, preface=above, personal=True)


def difference(work: Work, pilot: Pilot, reader: Person) -> str:
    """How the sponsor's newest view compares with what the owner says; empty where there is none."""
    asked = work.unit.history(pilot.id, questionnaire=SECOND, limit=READ, answers=True)
    newest = next((one for one in asked if one.phase == Phase.DONE and "second.sponsor" in one.answers), None)
    sponsor = work.unit.person(newest.person) if newest else None
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    if newest is None or newest.done_at is None or sponsor is None or owner is None:
        return ""
    said = _sure(work, pilot, newest.done_at)
    on, view = work.day(newest.done_at, reader), str(newest.answers["second.sponsor"])
    if not said:
        return ""
    return words.beside(view, sponsor.name, owner.name, said=said, on=on, today=work.today(reader))


def _sure(work: Work, pilot: Pilot, until: datetime) -> str:
    """How likely the owner called production use in the last check-in before a moment, in the option's words."""
    pulses: Sequence[Asked] = work.unit.history(pilot.id, questionnaire=PULSE, limit=READ, answers=True)
    for one in pulses:
        if one.done_at is not None and one.done_at <= until and "pulse.sure" in one.answers:
            form = work.unit.form(PULSE, one.version)
            question = form.question("pulse.sure") if form else None
            option = question.option(str(one.answers["pulse.sure"])) if question else None
            return f"“{option.label.partition(':')[0].lower()}”" if option else ""
    return ""
