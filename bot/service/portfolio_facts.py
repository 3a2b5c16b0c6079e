"""Gathers what is known of all pilots together: their ways and what is in theirs; it must not judge any of it.

As many statements for thousands of pilots as for ten: whoever waits for a shared blocker is looked at no closer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core import outcome, portfolio
from bot.core.decisions import DECIDABLE
from bot.core.journey import Move, Stint, entered, journey
from bot.core.portfolio import Named
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.records import Asked, CheckinId, Event, Pilot, PilotId
from bot.core.signals.portfolio import PortfolioFacts, shared_blockers
from bot.core.state import Phase
from bot.core.values import Value
from bot.service.work import Work

PULSE, BLOCK = "pulse", "pulse.block"
STAGE = "pilot.stage"
SHARED = "portfolio.blockers"  # the event that says for which blockers PF3 is on
STAGES_READ = 1_000_000  # every change of stage of every pilot: a handful each
ROUNDS_READ = 12  # check-ins looked back on: half a year of them, or a quarter of those asked weekly
GLANCE = 3  # tell of most whether anything is in the way at all: one that is open, one missed, one answered
NEWEST_READ = 6  # of one pilot, as its status reads them
IDS = 10_000  # in one statement: SQLite takes 32,766 values

Answers = Mapping[CheckinId, Mapping[QuestionId, Value]]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All pilots on one day: what signals look at, and what each of those asked names as in its way."""

    facts: PortfolioFacts
    named: Mapping[PilotId, Named]


def portfolio_of(work: Work, pilots: Sequence[Pilot]) -> Portfolio:
    """What is known of these pilots together."""
    asked = [pilot for pilot in pilots if pilot.stage in DECIDABLE]
    named = _named(work, asked)
    facts = portfolio.counted(
        journeys(work, pilots).values(),
        named.values(),
        asked=len(asked),
        today=work.today(),
        policy=work.content.policy,
    )
    return Portfolio(facts, named)


def first_entered(work: Work, pilot: Pilot, stage: str) -> date | None:
    """The day one pilot first came into a stage; None where it never was there, or not since it is known."""
    moves = work.unit.events(pilot=pilot.id, kinds=(STAGE,), limit=STAGES_READ)
    come = [Move(work.day(one.at), str(one.before or ""), str(one.after or "")) for one in reversed(moves)]
    way = journey(come, stage=pilot.stage, since=pilot.stage_since, today=work.today(), begun=pilot.created)
    return entered(way, (stage,))


def journeys(work: Work, pilots: Sequence[Pilot]) -> dict[PilotId, tuple[Stint, ...]]:
    """The way of each pilot through the stages."""
    moves: dict[PilotId, list[Move]] = defaultdict(list)
    for event in reversed(work.unit.events(kinds=(STAGE,), limit=STAGES_READ)):
        if event.pilot is not None:
            moves[event.pilot].append(
                Move(work.day(event.at), str(event.before or ""), str(event.after or ""))
            )
    return {
        pilot.id: journey(
            moves.get(pilot.id, ()),
            stage=pilot.stage,
            since=pilot.stage_since,
            today=work.today(),
            begun=pilot.created,
        )
        for pilot in pilots
    }


# --- what is in the way ---------------------------------------------------------------------------------------------


def named_by(work: Work, pilot: PilotId, *, back: int = NEWEST_READ) -> Named | None:
    """What one pilot names as most in its way, looking so many check-ins back; None where nothing is."""
    found = work.unit.history(pilot, questionnaire=PULSE, limit=back, answers=True)
    done = [one for one in found if one.phase == Phase.DONE]
    return _run(work, done, {one.id: one.answers for one in done})


def _named(work: Work, pilots: Sequence[Pilot]) -> dict[PilotId, Named]:
    """What each of these pilots names as most in its way."""
    wanted = [pilot.id for pilot in pilots]
    newest = _done(work, wanted, back=GLANCE)
    first = answers_to(work, [one.id for lines in newest.values() for one in lines[:1]], to=(BLOCK,))
    free = {pilot for pilot, lines in newest.items() if lines and not block(first, lines[0])}
    held = _done(work, [pilot for pilot in wanted if pilot in newest and pilot not in free], back=ROUNDS_READ)
    answers = answers_to(work, [one.id for lines in held.values() for one in lines])
    found = ((pilot, _run(work, lines, answers)) for pilot, lines in held.items())
    return {pilot: named for pilot, named in found if named is not None}


def _done(work: Work, pilots: Sequence[PilotId], *, back: int) -> dict[PilotId, list[Asked]]:
    """The answered ones of so many check-ins of each of these pilots that was ever asked, the newest first."""
    found: dict[PilotId, Sequence[Asked]] = {}
    for start in range(0, len(pilots), IDS):
        found |= work.unit.latest(questionnaire=PULSE, per_pilot=back, pilots=pilots[start : start + IDS])
    return {pilot: [one for one in lines if one.phase == Phase.DONE] for pilot, lines in found.items()}


def answers_to(work: Work, checkins: Sequence[CheckinId], *, to: Collection[QuestionId] = ()) -> Answers:
    """The answers of many check-ins, or those to some questions."""
    found: dict[CheckinId, Mapping[QuestionId, Value]] = {}
    for start in range(0, len(checkins), IDS):
        found |= work.unit.answers_of(checkins[start : start + IDS], to=to)
    return found


def block(answers: Answers, checkin: Asked) -> str:
    """The slug of what a check-in names; empty for nothing."""
    said = answers.get(checkin.id, {}).get(BLOCK, outcome.NOTHING)
    return "" if said == outcome.NOTHING else str(said)


def _run(work: Work, done: Sequence[Asked], answers: Answers) -> Named | None:
    """The newest blocker and the check-ins running that name it, of answered check-ins, the newest first."""
    slug = block(answers, done[0]) if done else ""
    if not slug:
        return None
    run = list(_same(done, answers, slug))
    form = _form(work, run[0])
    said = [outcome.blocker(form, answers[one.id]) for one in run]
    label = said[0].label if said[0] else slug
    who = next((one.who for one in said if one and one.who is not None), None)
    return Named(slug, label, work.day(run[-1].done_at or run[-1].slot), len(run), who)


def _same(done: Sequence[Asked], answers: Answers, slug: str) -> Iterator[Asked]:
    for one in done:
        if block(answers, one) != slug:
            return
        yield one


def _form(work: Work, checkin: Asked) -> Questionnaire:
    return work.unit.form(PULSE, checkin.version) or work.content.questionnaires[PULSE]


# --- as of last night -----------------------------------------------------------------------------------------------


def note_shared(work: Work, pilots: Sequence[Pilot]) -> None:
    """Remember for which blockers PF3 is on, so that a single pilot need not look at all others to know."""
    found = portfolio_of(work, pilots)
    now = sorted(blocker.slug for blocker in shared_blockers(found.facts, work.content.policy))
    if now != noted(work):
        work.unit.record(Event(SHARED, work.now, None, after=list(now)))


def noted(work: Work) -> list[str]:
    """The blockers for which PF3 was on last night."""
    newest = next(iter(work.unit.events(kinds=(SHARED,), limit=1)), None)
    return [str(slug) for slug in newest.after] if newest and isinstance(newest.after, list) else []


def waits_for_shared(work: Work, pilot: Pilot) -> bool:
    """Whether what this pilot names is in the way of many: the cause is outside of it."""
    slugs = noted(work)
    named = named_by(work, pilot.id) if slugs else None
    return named is not None and named.slug in slugs
