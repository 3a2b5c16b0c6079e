"""Gathers what status and lists show; it must not know how a card is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.core import outcome, permissions, readiness
from bot.core.compose import decision, ledger, words
from bot.core.compose.portfolio import Line
from bot.core.compose.status import Asked, StatusView, forecast_words
from bot.core.decisions import DECISION
from bot.core.outcome import Blocker
from bot.core.permissions import Sensitivity
from bot.core.ports import Unit
from bot.core.records import Asked as Past
from bot.core.records import Decision, Person, PersonId, Pilot, PilotId, Request
from bot.core.state import Phase
from bot.service import attesting, cases, evaluate, facts, second, thresholds, users
from bot.service.evaluate import Standing
from bot.service.standings import standings
from bot.service.work import Work

PULSES_READ = 6  # check-ins in which a blocker is counted in a row


def status(work: Work, reader: Person, pilot: Pilot, *, direct: bool = False) -> StatusView:
    """Everything a status shows of one pilot to one reader; `direct`: nobody else reads along."""
    pulses = work.unit.history(pilot.id, questionnaire="pulse", limit=PULSES_READ, answers=True)
    standing = evaluate.stand(work, pilot, own=permissions.reads(reader, Sensitivity.FRESH, pilot))
    blocker, blocked_for = _blocker(work, pulses)
    told = work.unit.requests(pilot=pilot.id, unanswered=False)
    requests = tuple(sorted((one for one in told if not one.reply), key=lambda request: request.asked_at))
    asked = next((Asked(one.id, one.state.person) for one in work.unit.live_checkins(pilot=pilot.id)), None)
    known = cases.case(work, pilot, standing=standing)
    waiting = cases.waiting_of(work, known)
    return StatusView(
        pilot=pilot,
        today=work.today(reader),
        stage_days=standing.stage_days,
        readiness=standing.readiness,
        sureness=readiness.sureness(standing.readiness.confidence, work.content.policy),
        course=standing.course,
        gate=standing.gate,
        signals=standing.signals,
        names=_names(work.unit, pilot, blocker, requests, asked),
        items={item.id: words.item_name(item) for item in work.content.model.items()},
        blocker=blocker,
        blocked_for=blocked_for,
        requests=requests,
        asked=asked,
        last_on=_last_on(work, reader, pulses),
        next_on=_next_on(work, reader, pilot),
        reads_texts=permissions.reads(reader, Sensitivity.TEXTS, pilot),
        sees_claims=permissions.reads(reader, Sensitivity.CLAIMS, pilot),
        decides=bool(cases.role_of(work, pilot, reader.id)),
        due=cases.waits(work, pilot, standing=standing, made=known.made),
        decided=_decided(work, reader, known.made),
        slips=waiting.target,
        record=attesting.told(work, pilot, reader),
        cost=ledger.cost_words(waiting),
        moves=ledger.moves_words(waiting),
        rounds=ledger.rounds(known.grounds.fixes, known.grounds.extensions),
        reopened=tuple(one.item for one in standing.reopened),
        thresholds=thresholds.of(work, pilot),
        second=_second(work, reader, pilot),
        forecasts=_forecasts(work, reader, pilot) if direct else "",
        users=users.told(work, pilot) if permissions.reads(reader, Sensitivity.VIEWS, pilot) else "",
    )


def _forecasts(work: Work, reader: Person, pilot: Pilot) -> str:
    """How good the owner's own forecasts were, for nobody but them."""
    if reader.id != pilot.owner:
        return ""
    least = work.content.policy.thresholds["P18"]["resolved"]
    return forecast_words(facts.forecasts_of(work, pilot, reader.id), least)


def _second(work: Work, reader: Person, pilot: Pilot) -> str:
    """Where the sponsor's view differs from the owner's, for the two of them."""
    return (
        second.difference(work, pilot, reader) if permissions.reads(reader, Sensitivity.CLAIMS, pilot) else ""
    )


def _blocker(work: Work, pulses: Sequence[Past]) -> tuple[Blocker | None, int]:
    """The blocker of the newest answered pulse, and in how many in a row it was named."""
    done = [past for past in pulses if past.phase == Phase.DONE and "pulse.block" in past.answers]
    if not done:
        return None, 0
    form = work.unit.form(done[0].questionnaire, done[0].version) or work.content.questionnaires["pulse"]
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


def _decided(work: Work, reader: Person, made: Sequence[Decision]) -> str:
    """The last decision in words; empty where there was none."""
    if not made:
        return ""
    who = cases.name_of(work, made[0].by)
    return decision.decided_by(made[0], who, work.day(made[0].at, reader), work.today(reader))


def _last_on(work: Work, reader: Person, pulses: Sequence[Past]) -> date | None:
    done = next((past.done_at for past in pulses if past.phase == Phase.DONE), None)
    return work.day(done, reader) if done else None


def _next_on(work: Work, reader: Person, pilot: Pilot) -> date | None:
    due = [
        schedule.next_due_at
        for schedule in work.unit.schedules(pilot.id)
        if schedule.next_due_at
        and schedule.questionnaire in work.content.questionnaires
        and schedule.questionnaire != DECISION
    ]
    return work.day(min(due), reader) if due else None


# --- lists ----------------------------------------------------------------------------------------------------------


def lines(work: Work, pilots: Sequence[Pilot]) -> tuple[Line, ...]:
    """One line for each pilot."""
    return lines_of(work, pilots, standings(work, pilots))


def lines_of(work: Work, pilots: Sequence[Pilot], found: Mapping[PilotId, Standing]) -> tuple[Line, ...]:
    """One line for each pilot, whose standing is known."""
    people = {person.id: person.name for person in work.unit.people()}
    return tuple(_line(pilot, found[pilot.id], people) for pilot in pilots)


def _line(pilot: Pilot, standing: Standing, people: Mapping[PersonId, str]) -> Line:
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
