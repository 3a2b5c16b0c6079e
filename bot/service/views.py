"""Gathers what status and lists show; it must not know how a card is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.core import outcome, readiness
from bot.core.compose import words
from bot.core.compose.portfolio import Line
from bot.core.compose.status import Asked, StatusView
from bot.core.outcome import Blocker
from bot.core.ports import Unit
from bot.core.questionnaire import Content
from bot.core.records import Asked as Past
from bot.core.records import Person, PersonId, Pilot, Request
from bot.core.signals import PilotFacts
from bot.core.state import Phase
from bot.service import evaluate, registry

PULSES_READ = 6  # check-ins in which a blocker is counted in a row


def status(unit: Unit, content: Content, reader: Person, pilot: Pilot, now: datetime) -> StatusView:
    """Everything a status shows of one pilot to one reader."""
    standing = evaluate.stand(unit, content, pilot, now)
    pulses = unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ, answers=True)
    blocker, blocked_for = _blocker(unit, content, pulses)
    requests = tuple(sorted(unit.requests(pilot=pilot.id), key=lambda request: request.asked_at))
    asked = next((Asked(one.id, one.state.person) for one in unit.live_checkins(pilot=pilot.id)), None)
    roles = registry.relations(pilot, reader)
    return StatusView(
        pilot=pilot,
        today=registry.today(unit, reader, now),
        stage_days=PilotFacts(pilot.before_pause or pilot.stage, pilot.stage_since, registry.today(unit, None, now)).stage_days,
        readiness=standing.readiness,
        sureness=readiness.sureness(standing.readiness.confidence, content.policy),
        course=standing.course,
        gate=standing.gate,
        signals=standing.signals,
        names=_names(unit, pilot, blocker, requests, asked),
        items={item.id: words.item_name(item) for item in content.model.items()},
        blocker=blocker,
        blocked_for=blocked_for,
        requests=requests,
        asked=asked,
        last_on=_last_on(unit, reader, pulses),
        next_on=_next_on(unit, reader, pilot),
        reads_texts=registry.reads_texts(pilot, reader),
        sees_claims=bool(roles & {"owner", "sponsor"}),
    )


def _blocker(unit: Unit, content: Content, pulses: Sequence[Past]) -> tuple[Blocker | None, int]:
    """The blocker of the newest answered pulse, and in how many in a row it was named."""
    done = [past for past in pulses if past.phase == Phase.DONE and "pulse.block" in past.answers]
    if not done:
        return None, 0
    form = unit.form(done[0].questionnaire, done[0].version) or content.questionnaires["pulse"]
    found = outcome.blocker(form, done[0].answers)
    slugs = [past.answers["pulse.block"] for past in done]
    return found, next((n for n, slug in enumerate(slugs) if slug != slugs[0]), len(slugs))


def _names(
    unit: Unit, pilot: Pilot, blocker: Blocker | None, requests: Sequence[Request], asked: Asked | None
) -> dict[PersonId, str]:
    wanted = {pilot.owner, pilot.deputy, pilot.sponsor, pilot.decider, blocker.who if blocker else None}
    wanted |= {request.person for request in requests} | ({asked.person} if asked else set())
    found = (unit.person(person) for person in wanted if person is not None)
    return {person.id: person.name for person in found if person is not None}


def _last_on(unit: Unit, reader: Person, pulses: Sequence[Past]) -> date | None:
    done = next((past.done_at for past in pulses if past.phase == Phase.DONE), None)
    return registry.today(unit, reader, done) if done else None


def _next_on(unit: Unit, reader: Person, pilot: Pilot) -> date | None:
    due = [schedule.next_due_at for schedule in unit.schedules(pilot.id) if schedule.next_due_at]
    return registry.today(unit, reader, min(due)) if due else None


# --- lists ----------------------------------------------------------------------------------------------------------


def lines(unit: Unit, content: Content, pilots: Sequence[Pilot], now: datetime) -> tuple[Line, ...]:
    """One line for each pilot."""
    people = {person.id: person.name for person in unit.people()}
    return tuple(_line(unit, content, pilot, people, now) for pilot in pilots)


def _line(unit: Unit, content: Content, pilot: Pilot, people: Mapping[PersonId, str], now: datetime) -> Line:
    standing = evaluate.stand(unit, content, pilot, now)
    return Line(
        pilot=pilot.id,
        name=pilot.name,
        stage=pilot.stage,
        owner=people.get(pilot.owner, "") if pilot.owner else "",
        target=pilot.target,
        overall=standing.readiness.overall,
        provisional=standing.readiness.provisional,
        course=standing.course,
        group=pilot.group,
    )
