"""A pilot about which nobody answers: since when, what follows and when; it must not take a step itself.

The ladder belongs to the pilot, not to one check-in: a newer check-in neither begins it anew nor ends it. It is a
schedule beside those of the questionnaires, and ends with the first answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.core.compose import notes
from bot.core.compose import silence as words
from bot.core.decisions import DECISION, ENDED
from bot.core.escalation import DEPUTY, LEAD, OUTCOME, SPONSOR, Rung, rest, rungs
from bot.core.questionnaire import Questionnaire
from bot.core.records import Event, Person, PersonId, Pilot, Schedule
from bot.core.state import Checkin, Phase
from bot.core.values import Json
from bot.service import registry, release, requests
from bot.service.work import Work

SILENCE = "silence"  # the schedule of the next step
BEGUN, STEP, OVER = "silence.begun", "silence.step", "silence.ended"


def begin(work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire) -> None:
    """A check-in has closed unanswered: where this is the first, the ladder begins."""
    if not climbs(form) or pilot.stage in ENDED or planned(work, pilot) is not None:
        return
    silent = checkin.state.person
    after: Json = {"since": checkin.state.opened_at.isoformat(), "person": silent}
    work.unit.record(Event(BEGUN, work.now, None, pilot.id, str(checkin.id), after=after))
    put(work, pilot, _ladder(work, pilot, checkin.state.closes_at, silent)[0].at)


def end(work: Work, pilot: Pilot, by: Person | None) -> None:
    """Somebody has answered, or it is not about this owner any more: nobody is asked why nobody answers.

    A question that was not sent yet never is.
    """
    if planned(work, pilot) is None:
        return
    card = words.answered(pilot.name, by.name) if by else notes.withdrawn_request(pilot.name)
    for request in work.unit.requests(pilot=pilot.id):
        if request.kind == requests.SILENT:
            own = by is not None and request.person == by.id
            requests.call_back(work, pilot, request, words.seen_to(pilot.name) if own else card)
    work.unit.record(Event(OVER, work.now, by.id if by else None, pilot.id))
    put(work, pilot, None)


def planned(work: Work, pilot: Pilot) -> datetime | None:
    """When the next step is due; None while nobody is silent."""
    return next(
        (one.next_due_at for one in work.unit.schedules(pilot.id) if one.questionnaire == SILENCE), None
    )


def put(work: Work, pilot: Pilot, due: datetime | None) -> None:
    """Plan the next step, or none."""
    known = next((one for one in work.unit.schedules(pilot.id) if one.questionnaire == SILENCE), None)
    if known is not None or due is not None:
        work.unit.save_schedule(replace(known or Schedule(0, pilot.id, SILENCE, None), next_due_at=due))


def left(work: Work, pilot: Pilot, due: datetime) -> tuple[Rung, ...]:
    """The steps still to come, the next at `due`; none where the last was taken, and not everybody has heard of it."""
    begun = _begun(work, pilot)
    since = begun.at if begun else work.now
    done = {event.subject for event in work.unit.events(pilot=pilot.id, kinds=(STEP,), since=since)}
    rules, owner = work.content.policy.escalation, owner_of(work, pilot)
    silent = begun.after.get("person") if begun and isinstance(begun.after, dict) else None
    there = [] if OUTCOME in done else [step for step in _there(work, pilot, silent) if step not in done]
    return rest(due, there, rules=rules, asking=work.asking(owner), zone=work.zone(owner))


def begun(work: Work, pilot: Pilot) -> tuple[datetime, int]:
    """Since when nobody answers, and the check-in with which it began."""
    found = _begun(work, pilot)
    if found is None or not isinstance(found.after, dict):
        return work.now, 0
    return datetime.fromisoformat(str(found.after["since"])), int(found.subject)


def has_another_owner(work: Work, pilot: Pilot) -> bool:
    """Whether the pilot changed hands since: whoever has it now has not been silent."""
    found = _begun(work, pilot)
    return found is not None and bool(
        work.unit.events(pilot=pilot.id, kinds=("pilot.owner",), since=found.at)
    )


def announced(work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire) -> str:
    """What follows where nobody answers this check-in, in words, when it is to be said; else empty."""
    state = checkin.state
    reminds = state.wake_at is not None and state.wake_at <= work.now
    if not climbs(form) or not (reminds or state.phase is Phase.EXPIRED):
        return ""
    due = planned(work, pilot)
    ladder = (
        left(work, pilot, due) if due is not None else _ladder(work, pilot, state.closes_at, state.person)
    )
    person = work.unit.person(state.person)
    names = {role: known.name for role in (DEPUTY, SPONSOR) if (known := _holder(work, pilot, role))}
    return words.announced(
        ladder, names, outcome_of(work, pilot), today=work.today(person), zone=work.zone(person)
    )


def outcome_of(work: Work, pilot: Pilot) -> str:
    """What comes of silence for a pilot of this risk."""
    return work.content.policy.escalation.silence[pilot.risk or "unknown"]


def owner_of(work: Work, pilot: Pilot) -> Person | None:
    """By whose days the steps are counted."""
    holder = pilot.owner or pilot.deputy
    return work.unit.person(holder) if holder else None


def _ladder(work: Work, pilot: Pilot, closed_at: datetime, silent: PersonId) -> tuple[Rung, ...]:
    rules, owner = work.content.policy.escalation, owner_of(work, pilot)
    there, asking = tuple(_there(work, pilot, silent)), work.asking(owner)
    return rungs(closed_at, there, rules=rules, asking=asking, zone=work.zone(owner))


def _there(work: Work, pilot: Pilot, silent: object) -> Iterator[str]:
    """The steps that have somebody in them: each is asked once, and nobody about themselves."""
    seen: set[object] = {pilot.owner, silent}
    for step in (DEPUTY, SPONSOR):
        person = _holder(work, pilot, step)
        if person is not None and person.id not in seen:
            seen.add(person.id)
            yield step
    if any(lead.id not in seen for lead in registry.leads(work.unit, pilot)):
        yield LEAD
    yield OUTCOME


def _holder(work: Work, pilot: Pilot, role: str) -> Person | None:
    person = work.unit.person(getattr(pilot, role) or 0)
    reached = person is not None and registry.address_of(work.unit, person.id) is not None
    return person if person is not None and person.active and reached else None


def _begun(work: Work, pilot: Pilot) -> Event | None:
    return next(iter(work.unit.events(pilot=pilot.id, kinds=(BEGUN,), limit=1)), None)


def climbs(form: Questionnaire) -> bool:
    """Whether silence about a questionnaire leads anywhere: what an owner is asked, no decision and no release."""
    return form.asks not in ("sponsor", "decider") and form.id not in (DECISION, release.FORM)
