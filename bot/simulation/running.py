"""Lives a made-up portfolio through the real services, week by week; it must not know what they find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar, cast

from bot.core import events
from bot.core.decisions import DECISION
from bot.core.ports import Store, Unit
from bot.core.questionnaire import Content, Kind, Question
from bot.core.records import Address, Connection, Identity, Organisation, Person, PersonId, Pilot, PilotId
from bot.core.state import Checkin
from bot.demo.held import Held
from bot.service import ServiceError, checkins, evaluate, registry, tick
from bot.service.work import Work
from bot.simulation.fates import Life, Raw, lives, next_stage

T = TypeVar("T")

START = date(2026, 1, 5)  # a Monday; every portfolio begins then, so that a seed says all
ALREADY = 20  # days that the pilots have been in Pilot when it begins: past the grace of a new stage
FIRST_REVIEWS = 3  # in the first days: a dozen items each cover all of them
SEEN_AHEAD = timedelta(days=45)  # the day to decide by that a sponsor who looks at a pilot sets
PULSE, REVIEW = "pulse", "review"
# When something happens in a week: (days after its Monday, hour, whether people answer). Tuesday's questions are sent
# at ten and answered at half past one; a review that had to wait for a check-in comes on Monday; by Friday evening
# what nobody answered has closed. Not every night: evaluating is most of the time, and a fate takes weeks to show.
BEATS = ((0, 13, True), (1, 13, True), (4, 20, False))


@dataclass(frozen=True, slots=True)
class Lived:
    """The lives with the ids that their pilots got, and the moment at which it ended."""

    lives: Mapping[PilotId, Life]
    ended: datetime


def _unseen(_work: Work) -> None:
    """Nobody looks at the end of a week."""


def live(
    unit: Unit,
    content: Content,
    *,
    pilots: int,
    weeks: int,
    seed: int,
    after_week: Callable[[Work], None] = _unseen,
) -> Lived:
    """Everything that happens to a portfolio in so many weeks, in one unit of work; no message is sent.

    `after_week` looks at each week when it is over.
    """
    quiet = cast(Unit, Held(unit))  # Held hands on all but messages
    begin = datetime.combine(START, time(8), UTC)
    items = tuple(item.id for item in content.model.items())
    town = _Town(quiet, content)
    town.settle(begin, lives(pilots, weeks, seed, items, START))
    moment = begin
    for week in range(weeks):
        for days, hour, answering in BEATS:
            moment = datetime.combine(START + timedelta(weeks=week, days=days), time(hour, 30), UTC)
            town.beat(moment, answering=answering)
        after_week(Work(quiet, content, moment))
    return Lived(town.lives, moment)


class _Town:
    """The people and pilots, and what they do at each beat."""

    def __init__(self, unit: Unit, content: Content) -> None:
        self.unit, self.content = unit, content
        self.store = cast(Store, _Within(unit))  # tick asks for no more of a store than this has
        self.lives: dict[PilotId, Life] = {}

    def settle(self, now: datetime, portfolio: list[Life]) -> None:
        work = Work(self.unit, self.content, now)
        connection = self.unit.save_connection(Connection(0, "local", "local")).id
        for life in portfolio:
            owner = _person(self.unit, connection, f"Owner of {life.name}")
            sponsor = _person(self.unit, connection, f"Sponsor of {life.name}")
            pilot = self._register(work, life, owner, sponsor)
            self.lives[pilot.id] = life

    def _register(self, work: Work, life: Life, owner: PersonId, sponsor: PersonId) -> Pilot:
        since = START - timedelta(days=ALREADY)
        pilot = Pilot(
            0,
            "",
            life.name,
            stage="pilot",
            stage_since=since,
            created=since,
            owner=owner,
            owner_accepted=True,
            sponsor=sponsor,
            sponsor_accepted=True,
            decider=sponsor,
            target=life.target,
            decide_by=START + SEEN_AHEAD,
            risk="medium",
            metric="Minutes for each case",
            intended_users=40,
        )
        added = registry.add_pilot(work, pilot, actor=sponsor)
        for turn in range(FIRST_REVIEWS):
            later = Work(work.unit, work.content, work.now + timedelta(minutes=turn))
            self._reviewed(later, added, life, None)
        return added

    def beat(self, now: datetime, *, answering: bool) -> None:
        """What is due is asked, reminded of, closed and evaluated; then people do what they do, and it is evaluated."""
        self._tick(now)
        if answering:
            work = Work(self.unit, self.content, now)
            for ident, life in self.lives.items():
                self._day_of(work, ident, life)
            self._tick(now)

    def _tick(self, now: datetime) -> None:
        for job in tick.rounds(self.store, self.content, now, resting=frozenset):
            tick.run(self.store, self.content, job, now)

    def _day_of(self, work: Work, ident: PilotId, life: Life) -> None:
        for checkin in self.unit.live_checkins(pilot=ident):
            if checkin.questionnaire != DECISION and life.answers(work.today()):
                self._answered(work, checkin, life)
        pilot = self.unit.pilot(ident)
        if pilot is not None:
            self._moved(work, pilot, life)

    def _moved(self, work: Work, pilot: Pilot, life: Life) -> None:
        """Its sponsor looks at it and sets the next day to decide by; it enters the next stage in its time."""
        today = work.today()
        if life.is_watched(today):
            registry.change_pilot(work, pilot, {"decide_by": today + SEEN_AHEAD}, actor=pilot.sponsor)
        usual = self.content.policy.medians.get(pilot.stage)
        if usual is not None and life.goes_on(today, pilot.stage_since, usual):
            changes = {"stage": next_stage(pilot.stage), "stage_since": today}
            registry.change_pilot(work, self.unit.pilot(pilot.id) or pilot, changes, actor=pilot.sponsor)

    # --- answers

    def _answered(self, work: Work, checkin: Checkin, life: Life) -> None:
        if checkin.questionnaire == REVIEW:
            pilot = self.unit.pilot(checkin.pilot)
            if pilot is not None:
                self._reviewed(work, pilot, life, checkin)
            return
        given = life.pulse(work.today()) if checkin.questionnaire == PULSE else {"v30.users": str(life.users)}
        self._send(work, checkin, given)

    def _reviewed(self, work: Work, pilot: Pilot, life: Life, checkin: Checkin | None) -> None:
        """A review with its levels and links; the first ones are answered as they are opened."""
        picked = evaluate.pick_items(work, pilot, REVIEW, slot=work.now)
        asked = checkin.focus if checkin else picked.items
        given = life.review(asked, work.today())
        if checkin is None and pilot.owner is not None:
            checkin = checkins.open_one(
                work, pilot, REVIEW, person=pilot.owner, slot=work.now, on_demand=True
            )
        if checkin is not None:
            self._send(work, checkin, given)

    def _send(self, work: Work, checkin: Checkin, given: Raw) -> None:
        """Send one screen after the other, as a person does, until the check-in is done."""
        state, form = checkin.state, checkins.form_of(work, checkin)
        while state.asking and form is not None:
            values = {name: _value(form.question(name), given.get(name)) for name in state.asking}
            sent = events.Submitted(work.now, state.person, state.step, values)
            happened = checkins.happen(work, checkin.id, sent, actor=state.person)
            if happened is None or happened.step.problems:
                problems = dict(happened.step.problems) if happened else "it is gone"
                raise ServiceError(f"The simulation cannot answer {form.key}: {problems}")
            state = happened.checkin.state


def _value(question: Question | None, said: Any) -> Any:
    """What was said; where nothing was and the question insists, its first answer."""
    if said is not None or question is None or not question.required:
        return said
    return question.options[0].slug if question.options else "1" if question.kind is Kind.NUMBER else "0"


def _person(unit: Unit, connection: int, name: str) -> PersonId:
    person = unit.save_person(Person(0, name, zone="UTC"))
    unit.save_identity(Identity(person.id, name, Address(connection, "local", f"dm:{person.id}")))
    return person.id


class _Within:
    """The one unit of work of a simulation, as a store of its own: what is due is done inside it."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def organisations(self) -> list[Organisation]:
        return [self._unit.organisation]

    def read(self, _organisation: int, work: Callable[[Unit], T]) -> T:
        return work(self._unit)

    write = read
