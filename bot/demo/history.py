"""Turns the stories of the example into what happened when, through the services; it must not know any story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.core import cadence, events
from bot.core.decisions import DECISION
from bot.core.outcome import LINK
from bot.core.questionnaire import PROOF_LEVEL, QuestionId
from bot.core.records import PersonId, Pilot
from bot.core.state import Checkin
from bot.core.tokens import About, Token
from bot.core.values import NotKnown, Value
from bot.demo.people import CHANNEL, LEAD, ZONES, Scene
from bot.demo.story import NO_DATE, Ending, Pulse, Story
from bot.service import (
    ServiceError,
    checkins,
    deciding,
    digest,
    evaluate,
    evaluations,
    framing,
    registry,
    requests,
)
from bot.service.work import Work

Deed = Callable[[Work], object]
Moment = tuple[datetime, Deed]
Raw = Mapping[QuestionId, Any]

NIGHTS = (17, 16, 10, 3, 2)  # days ago
ANSWER_TIME = timedelta(hours=3)  # a slot nearer to now than this might not have been answered yet
# So far ago whatever day it is: the last digest, at most a week old, tells of it.
ENDED_AGO = timedelta(days=7) - timedelta(minutes=1)
PULSE, REVIEW, KICKOFF = "pulse", "review", "kickoff"


def timeline(scene: Scene, stories: Iterable[Story]) -> list[Moment]:
    """Everything that happened to all pilots, the oldest first."""
    deeds = [deed for story in stories for deed in _Telling(scene, story).deeds()]
    return sorted((*deeds, *_nights(scene), *_digests(scene)), key=lambda moment: moment[0])


def _nights(scene: Scene) -> Iterator[Moment]:
    """The nights that still matter: those before a digest, and the last two. All of half a year would take a while."""
    for days in NIGHTS:
        yield scene.now - timedelta(days=days), _evaluate
    for slot, _ in list(_digests(scene))[1:]:
        yield slot - timedelta(hours=3), _evaluate


def _evaluate(work: Work) -> None:
    evaluations.learn(work)
    for pilot in work.unit.pilots():
        evaluations.renew(work, pilot)


def _digests(scene: Scene) -> Iterator[Moment]:
    """The channel asked for the digest and got the last one at its usual hour."""
    policy, zone = scene.work.content.policy.digest, scene.work.unit.organisation.zone
    slot = scene.now - timedelta(days=15)
    while (
        later := cadence.digest_slot(slot, weekday=policy.weekday, hour=policy.hour, zone=zone)
    ) <= scene.now:
        slot = later
    yield slot - timedelta(days=1), partial(_subscribe, scene)
    yield slot, _post_digests


def _subscribe(scene: Scene, work: Work) -> None:
    lead = work.unit.person(scene.people[LEAD])
    if lead is not None:
        digest.subscribe(work, scene.channel, CHANNEL, lead)


def _post_digests(work: Work) -> None:
    for subscription in work.unit.subscriptions():
        digest.post_due(work, subscription)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One story told in one scene."""

    scene: Scene
    story: Story

    def deeds(self) -> Iterator[Moment]:
        """Everything that happened to this pilot, in no order."""
        yield self._at(-self.story.created), self._register
        for days, stage in self.story.stages:
            yield self._at(-days), partial(self._move, stage=stage)
        for turn, days in enumerate(self.story.reviews, start=1):
            yield self._at(-days), partial(self._review, early=turn * 2 <= len(self.story.reviews))
        yield from self._pulses()
        if self.story.replied:
            yield self._at(-self.story.replied), self._reply
        if self.story.decides:
            since, until = self.story.decides
            yield self._at(-since), partial(self._set_day, until=until)
        if self.story.paused:
            since, until = self.story.paused
            yield self._at(-since), partial(self._pause, until=until)
        if self.story.ending:
            yield self.scene.now - ENDED_AGO, partial(self._stop, ending=self.story.ending)
        if self.story.waits:
            yield self.scene.now - timedelta(hours=1), lambda work: deciding.ask(work, self._pilot(work))
        if self.story.opens:
            yield self.scene.now - timedelta(hours=2), self._open

    def _at(self, days: int) -> datetime:
        return self.scene.morning(days, self.story.owner)

    # --- the record

    def _register(self, work: Work) -> None:
        story, day, who = self.story, self.scene.day, self.scene.people
        pilot = Pilot(
            0,
            story.key,
            story.name,
            work=story.work,
            stage=story.first_stage,
            stage_since=day(-story.created),
            created=day(-story.created),
            owner=who[story.owner],
            owner_accepted=True,
            deputy=who.get(story.deputy),
            sponsor=who.get(story.sponsor),
            sponsor_accepted=story.accepted,
            decider=who.get(story.decider or story.sponsor),
            target=day(story.target) if story.target is not None else None,
            original_target=day(story.target) if story.target is not None else None,
            decide_by=day(story.decide_by) if story.decide_by is not None else None,
            group=story.group,
            risk=story.risk,
            metric=story.metric,
            baseline=story.baseline,
            goal=story.goal,
            intended_users=story.intended,
        )
        added = registry.add_pilot(work, pilot, actor=who[LEAD])
        if story.sponsor and not story.accepted:
            requests.ask_roles(work, added, asked_by=who[LEAD])

    def _move(self, work: Work, stage: str) -> None:
        changes = {"stage": stage, "stage_since": work.today()}
        registry.change_pilot(work, self._pilot(work), changes, actor=self.scene.people[LEAD])

    def _pause(self, work: Work, until: int) -> None:
        registry.pause(work, self._pilot(work), self.scene.day(until), actor=self._owner)

    def _stop(self, work: Work, ending: Ending) -> None:
        """Whoever decides is asked, and stops it."""
        asked = deciding.ask(work, self._pilot(work))
        if isinstance(asked, str):
            raise ServiceError(f"The example cannot stop {self.story.name}: {asked}.")
        form = work.content.questionnaires[DECISION]
        steps = form.question("dec.close")
        self._answer(
            work,
            self._asked(work),
            {
                "dec.choice": "stop",
                "dec.reason": ending.reason,
                "dec.learn": ending.lesson,
                "dec.reuse": list(ending.reuse),
                "dec.close": [option.slug for option in steps.options] if steps else [],
            },
            by=asked.id,
        )

    def _set_day(self, work: Work, until: int) -> None:
        """The sponsor says until when it is to be decided."""
        sponsor = self.scene.people[self.story.sponsor]
        changes = {"decide_by": self.scene.day(until)}
        registry.change_pilot(work, self._pilot(work), changes, actor=sponsor)

    def _reply(self, work: Work) -> None:
        """Whoever was asked for help says that they are on it."""
        for request in work.unit.requests(pilot=self._pilot(work).id):
            person = work.unit.person(request.person)
            if person is not None and request.kind == requests.HELP:
                requests.replied(work, person, Token(About.REQUEST, request.id, "on_it"))

    @property
    def _owner(self) -> PersonId:
        return self.scene.people[self.story.owner]

    def _pilot(self, work: Work) -> Pilot:
        found = work.unit.pilot_by_key(self.story.key)
        if found is None:
            raise ServiceError(f"The example has no pilot {self.story.name} yet.")
        return found

    # --- check-ins

    def _pulses(self) -> Iterator[Moment]:
        """Each told check-in on one of the pilot's own slots, the last of them on the last that has ended."""
        slots = list(self._slots())[-len(self.story.pulses) :] if self.story.pulses else []
        for turn, (slot, pulse) in enumerate(zip(slots, self.story.pulses[-len(slots) :], strict=True)):
            yield slot, partial(self._ask, form=PULSE)
            if pulse is None:
                zone = ZONES[self.story.owner]
                asking = self.scene.work.content.policy.asking.where(zone)
                reminders, closed = cadence.ladder(slot, zone=zone, asking=asking)
                yield from ((moment, self._let_pass) for moment in (*reminders, closed))
            else:
                later = timedelta(minutes=6 + turn * 53 % 170)
                yield slot + later, partial(self._answer_pulse, pulse=pulse)

    def _slots(self) -> Iterator[datetime]:
        """The pilot's fortnightly slots from its first day until its story's last, each over by then."""
        zone = ZONES[self.story.owner]
        asking = self.scene.work.content.policy.asking.where(zone)
        ends = min(self._at(-self.story.told_until), self.scene.now - ANSWER_TIME)
        slot = self._at(-self.story.created)
        while True:
            slot = cadence.next_slot(
                slot,
                weekday=asking.weekday,
                hour=asking.hour,
                zone=zone,
                asking=asking,
                weeks=2,
                anchor=self.scene.day(-self.story.created),
            )
            if slot > ends:
                return
            yield slot

    def _ask(self, work: Work, form: str, answers: Mapping[QuestionId, Value] | None = None) -> Checkin:
        pilot = self._pilot(work)
        opened = checkins.open_one(
            work, pilot, form, person=self._owner, slot=work.now, on_demand=form != PULSE, answers=answers
        )
        if opened is None:
            raise ServiceError(f"The example asks {self.story.name} twice at once.")
        return opened

    def _open(self, work: Work) -> None:
        """What waits for the owner when the demo begins."""
        known: dict[QuestionId, Value] = {"kickoff.name": self.story.name}
        self._ask(work, self.story.opens, known if self.story.opens == KICKOFF else None)

    def _let_pass(self, work: Work) -> None:
        checkins.happen(work, self._asked(work).id, events.Ticked(work.now), actor=None)

    def _answer_pulse(self, work: Work, pulse: Pulse) -> None:
        self._answer(work, self._asked(work), self._pulse_values(pulse))

    def _pulse_values(self, pulse: Pulse) -> Raw:
        day = pulse.date if pulse.date in (None, NO_DATE) else self.scene.day(int(pulse.date)).isoformat()
        return {
            "pulse.moved": pulse.moved,
            "pulse.block": pulse.block,
            "pulse.users": str(pulse.users),
            "pulse.sure": pulse.sure,
            "pulse.date": day,
            "pulse.done": pulse.done,
            "pulse.need": pulse.need,
            "pulse.why_date": pulse.why,
            "pulse.who": str(self.scene.people[pulse.who]) if pulse.who else None,
        }

    def _review(self, work: Work, *, early: bool) -> None:
        """A review whose levels and links are known when it opens; what it asks beyond them stays empty."""
        pilot = self._pilot(work)
        given = self._levels(work, pilot, early=early)
        self._answer(work, self._ask(work, REVIEW, given), {})

    def _levels(self, work: Work, pilot: Pilot, *, early: bool) -> dict[QuestionId, Value]:
        """The level of every item asked, every second one lower in early reviews, and where new proof is."""
        asked, linked = (
            evaluate.pick_items(work, pilot, REVIEW, slot=work.now).items,
            framing.facts(work, pilot).get("linked", ()),
        )
        given: dict[QuestionId, Value] = {}
        for turn, (item, said) in enumerate(self.story.items()):
            if item not in asked:
                continue
            level = said.removesuffix("+")
            number = int(level) - (early and turn % 2) if level.isdigit() else None
            given[item] = NotKnown() if number is None else max(number, 0)
            proven = said.endswith("+") and number is not None and number >= PROOF_LEVEL
            if proven and item not in str(linked):
                given[item + LINK] = f"https://wiki.airfield.example/{self.story.key}/{item}"
        return given

    def _asked(self, work: Work) -> Checkin:
        """The check-in that is open."""
        return work.unit.live_checkins(pilot=self._pilot(work).id)[0]

    def _answer(self, work: Work, checkin: Checkin, given: Raw, *, by: PersonId | None = None) -> None:
        """Send one screen after the other, as a person does, until the check-in is done."""
        state, person = checkin.state, by or self._owner
        while state.asking:
            values = {question: given.get(question) for question in state.asking}
            sent = events.Submitted(work.now, person, state.step, values)
            happened = checkins.happen(work, checkin.id, sent, actor=person, people=self.scene.names)
            if happened is None or happened.step.problems:
                problems = happened.step.problems if happened else "it is gone"
                raise ServiceError(f"The example cannot answer for {self.story.name}: {problems}")
            state = happened.checkin.state
