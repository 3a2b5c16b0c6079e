"""What a sponsor of several pilots reads once a month, in one message for all of them; it must not word it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.compose import decision as decision_words
from bot.core.compose import sponsor as words
from bot.core.decisions import deciders
from bot.core.journey import came_forward
from bot.core.ports import Message
from bot.core.records import Address, Event, Person, Pilot, PilotId, Schedule
from bot.service import cases, hours, nagging, registry, second, todos
from bot.service.evaluate import Standing
from bot.service.standings import standings
from bot.service.work import Work

TOLD = "sponsor.told"
SLOT_TOLD = "slot.told"  # a due moment whose message is no check-in: the auditor finds it accounted for
STAGES_READ = 5  # changes of stage looked at for the newest of a month


def tell(work: Work, pilot: Pilot, schedule: Schedule) -> bool:
    """The view of one pilot is due: tell its sponsor of all theirs at once; False where that one is to be asked alone.

    Alone: a sponsor of one pilot, one who had this month's message already, and one who cannot be reached now.
    """
    sponsor = work.unit.person(pilot.sponsor) if pilot.sponsor else None
    address = registry.address_of(work.unit, sponsor.id) if sponsor is not None and sponsor.active else None
    if sponsor is None or address is None or work.is_away(sponsor):
        return False
    theirs = [one for one in work.unit.pilots_of(sponsor.id) if _sponsors(work, sponsor, one)]
    planned = {one.id: _planned(work, one) for one in theirs}
    if len(theirs) < 2 or not _is_time(work, planned):
        return False
    at = max(nagging.room(work, sponsor), work.now)
    good = hours.good(work, sponsor, at)
    if good > work.now:
        work.unit.save_schedule(replace(schedule, next_due_at=good))
        return True
    _send(work, sponsor, address, theirs)
    for one in theirs:
        known = planned[one.id] or Schedule(0, one.id, second.SECOND, None)
        work.unit.save_schedule(replace(known, next_due_at=None, last_due_at=work.now))
        work.unit.record(Event(SLOT_TOLD, work.now, None, one.id, second.SECOND))
    return True


def _sponsors(work: Work, sponsor: Person, pilot: Pilot) -> bool:
    return pilot.sponsor == sponsor.id and second.still_wanted(work, pilot)


def _planned(work: Work, pilot: Pilot) -> Schedule | None:
    return next((one for one in work.unit.schedules(pilot.id) if one.questionnaire == second.SECOND), None)


def _is_time(work: Work, planned: Mapping[PilotId, Schedule | None]) -> bool:
    """Four weeks after the last message: no pilot was told of, or asked about, longer ago."""
    told = [one.last_due_at for one in planned.values() if one is not None and one.last_due_at is not None]
    return not told or work.now - min(told) >= second.EVERY


def _send(work: Work, sponsor: Person, address: Address, theirs: Sequence[Pilot]) -> None:
    known = {pilot.id for pilot in theirs}
    found = standings(work, theirs)
    first = sorted(theirs, key=lambda one: (words.FIRST.index(found[one.id].course), one.name.casefold()))
    told = [_month(work, one, found[one.id], sponsor) for one in first[: words.LISTED]]
    rest = [words.Month(one.id, one.key, one.name, found[one.id].course) for one in first[words.LISTED :]]
    view = words.MonthView(
        today=work.today(sponsor),
        now=work.now,
        zone=work.zone(sponsor),
        pilots=(*told, *rest),
        waiting=tuple(todo for todo in todos.of(work, sponsor) if todo.pilot in known),
    )
    key = f"sponsor:{sponsor.id}:{work.today().isoformat()}"
    card = words.month_card(view, work.content.policy.digest)
    work.unit.enqueue(Message(key, address, card, stale_at=work.now + second.SOON), work.now)
    work.unit.record(Event(TOLD, work.now, None, subject=str(sponsor.id), after=len(theirs)))


def _month(work: Work, pilot: Pilot, standing: Standing, sponsor: Person) -> words.Month:
    """One pilot of the message, with where it was four weeks ago."""
    since, scores = work.now - second.EVERY, standing.readiness
    before = work.unit.snapshot(pilot.id, before=since)
    suggestion = cases.case(work, pilot, standing=standing).suggestion if pilot.decide_by else None
    decider = next((person for person, _ in deciders(pilot)), None)
    return words.Month(
        pilot.id,
        pilot.key,
        pilot.name,
        standing.course,
        because=standing.signals[0].text if standing.signals else "",
        overall=scores.overall,
        claimed=scores.claimed,
        before=before.overall if before else None,
        entered=_entered(work, pilot, since),
        decide_by=pilot.decide_by,
        decider=cases.name_of(work, decider) if decider is not None else "",
        yours=decider == sponsor.id,
        suggests=decision_words.choice_name(suggestion.choice) if suggestion and suggestion.choice else "",
        view=second.can_compare(work, pilot),
    )


def _entered(work: Work, pilot: Pilot, since: datetime) -> str:
    """The stage that a pilot came forward into within the month; empty where it did not."""
    moved = work.unit.events(pilot=pilot.id, kinds=("pilot.stage",), since=since, limit=STAGES_READ)
    return pilot.stage if any(came_forward(str(one.before), str(one.after)) for one in moved) else ""
