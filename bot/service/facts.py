"""Gathers what signals look at, for one pilot: its answers, its log, its people; it must not judge any of it.

Reads are bounded: so many check-ins and events of the pilot, whatever else there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core import decisions, outcome, signals
from bot.core.compose import words
from bot.core.decisions import Choice
from bot.core.forecast import Said, Score, brier
from bot.core.journey import Move, entered, journey
from bot.core.questionnaire import ItemId, QuestionId
from bot.core.readiness import Readiness
from bot.core.records import Asked, Event, ItemLevel, Person, PersonId, Pilot, Request
from bot.core.signals.facts import (
    IN_PILOT,
    Answering,
    Blocked,
    Deciding,
    Forecast,
    Level,
    Owned,
    Pace,
    PilotFacts,
    Sponsored,
    Use,
)
from bot.core.state import Phase
from bot.core.values import Value
from bot.service.work import Work

CHECKINS_READ = 24  # half a year of pulses and reviews
EVENTS_READ = 200  # moves of stage, date, measure and owner; a pilot has a few dozen in its life
PULSE, REVIEW, VALUE, SECOND = "pulse", "review", "value30", "second"
HELP = "help"
STAGE, TARGET, METRIC, GOAL, OWNER, ACCEPTED, LEFT = (
    "pilot.stage",
    "pilot.target",
    "pilot.metric",
    "pilot.goal",
    "pilot.owner",
    "pilot.owner_accepted",
    "pilot.owner_left",
)
REASKED = "item.reasked"
LOGGED = (STAGE, TARGET, METRIC, GOAL, OWNER, ACCEPTED, LEFT, REASKED)
RESULT_ITEM, RESULT_LEVEL = (
    "value.proof",
    2,
)  # numbers of before and after: results that a measure can be bent to
RISK_ITEM, RISK_LEVEL = "gov.risk", 3  # an approved risk level
STILL_CHECKED = frozenset({"all", "over_half"})  # v30.check
NOTHING = outcome.NOTHING


@dataclass(frozen=True, slots=True)
class Past:
    """What was read of a pilot: check-ins and events newest first, what is asked of people, the scores' range."""

    levels: Mapping[ItemId, ItemLevel]
    checkins: Sequence[Asked]
    events: Sequence[Event]
    requests: Sequence[Request]
    owner: Person | None
    sponsor: Person | None
    usual: float | None = None

    def done(self, form: str) -> list[Asked]:
        """The answered check-ins of a questionnaire, newest first."""
        return [one for one in self.checkins if one.questionnaire == form and one.phase == Phase.DONE]

    def of(self, *kinds: str) -> list[Event]:
        """The events of these kinds, newest first."""
        return [event for event in self.events if event.kind in kinds]


def past(work: Work, pilot: Pilot) -> Past:
    """Everything that the facts of one pilot are made of."""
    unit = work.unit
    stage = pilot.before_pause or pilot.stage
    return Past(
        levels=unit.levels(pilot.id),
        checkins=unit.history(pilot.id, limit=CHECKINS_READ, answers=True),
        events=unit.events(pilot=pilot.id, kinds=LOGGED, limit=EVENTS_READ),
        requests=[one for one in unit.requests(pilot=pilot.id, unanswered=False) if one.kind == HELP],
        owner=unit.person(pilot.owner) if pilot.owner else None,
        sponsor=unit.person(pilot.sponsor) if pilot.sponsor else None,
        usual=unit.usual_stays().get(stage),
    )


def facts(work: Work, pilot: Pilot, seen: Past, scores: Readiness) -> PilotFacts:
    """What signals look at, on the organisation's day."""
    policy, today = work.content.policy, work.today()
    moves = [
        Move(work.day(event.at), str(event.before or ""), str(event.after or ""))
        for event in reversed(seen.of(STAGE))
    ]
    way = journey(moves, stage=pilot.stage, since=pilot.stage_since, today=today, begun=pilot.created)
    missed, streak = signals.missed([one for one in seen.checkins if one.questionnaire == PULSE], policy)
    levels = _levels(work, seen, scores)
    return PilotFacts(
        stage=pilot.stage,
        stage_since=pilot.stage_since,
        today=today,
        target=pilot.target,
        undated_since=_undated_since(work, pilot, seen),
        paused=pilot.stage == "paused",
        paused_days=way[-1].paused if way else 0,
        missed=missed,
        streak=streak,
        away=seen.owner is not None and (seen.owner.away_until or date.min) >= today,
        confidence=scores.confidence,
        median=seen.usual,
        created=pilot.created,
        pilot_since=entered(way, IN_PILOT),
        original_target=pilot.original_target,
        slips=signals.slips(_targets(pilot, seen), policy),
        metric=pilot.metric,
        measure_changes=_measure_changes(pilot, seen),
        results=RESULT_ITEM in levels and levels[RESULT_ITEM].effective >= RESULT_LEVEL,
        checks_all=pilot.risk == "high" and _at_least(levels, RISK_ITEM, RISK_LEVEL),
        live_checks=_live_checks(seen),
        levels=levels,
        pace=_pace(work, pilot, seen),
        blocked=_blocked(work, seen),
        owned=_owned(work, pilot, seen),
        sponsored=_sponsored(work, pilot, seen),
        use=_use(work, pilot, seen),
        deciding=_deciding(work, pilot),
        answering=_answering(seen),
        forecast=_forecast(work, seen),
    )


# --- levels ---------------------------------------------------------------------------------------------------------


def _levels(work: Work, seen: Past, scores: Readiness) -> dict[ItemId, Level]:
    names = {item.id: words.item_name(item) for item in work.content.model.items()}
    return {
        score.id: Level(
            names[score.id], score.effective, score.claimed, work.day(seen.levels[score.id].changed_at)
        )
        for score in scores.items
        if score.effective is not None and score.id in seen.levels
    }


def _at_least(levels: Mapping[ItemId, Level], item: ItemId, wanted: int) -> bool:
    return item in levels and levels[item].effective >= wanted


# --- dates and measures ---------------------------------------------------------------------------------------------


def _undated_since(work: Work, pilot: Pilot, seen: Past) -> date | None:
    """The day on which the target date was taken away."""
    taken = next(iter(seen.of(TARGET)), None)
    return work.day(taken.at) if pilot.target is None and taken and taken.after is None else None


def _targets(pilot: Pilot, seen: Past) -> list[date | None]:
    """Every target date in the order they were set; the first is what the oldest change changed."""
    told = list(reversed(seen.of(TARGET)))
    first = [told[0].before] if told else []
    days = [
        date.fromisoformat(str(one)) if one else None for one in (*first, *(event.after for event in told))
    ]
    return days or [pilot.target]


def _measure_changes(pilot: Pilot, seen: Past) -> int:
    """Changes of the measure, and of its target in the easier direction; the first of each is no change."""
    renamed = sum(bool(event.before) for event in seen.of(METRIC))
    rising = pilot.baseline is None or pilot.goal is None or pilot.goal >= pilot.baseline
    return renamed + sum(_easier(event, rising=rising) for event in seen.of(GOAL))


def _easier(event: Event, *, rising: bool) -> bool:
    before, after = event.before, event.after
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return before is not None and after is None
    return after < before if rising else after > before


def _live_checks(seen: Past) -> bool:
    """Whether the newest value check says that most output is still checked."""
    newest = next(iter(seen.done(VALUE)), None)
    return newest is not None and newest.answers.get("v30.check") in STILL_CHECKED


# --- movement -------------------------------------------------------------------------------------------------------


def _pace(work: Work, pilot: Pilot, seen: Past) -> Pace | None:
    days = int(work.content.policy.thresholds["P02"]["days"])
    since = work.now - timedelta(days=days)
    scores = work.unit.score_range(pilot.id, since=since)
    if scores is None:
        return None
    lately = [one for one in seen.checkins if one.phase == Phase.DONE and one.done_at and one.done_at > since]
    return Pace(
        days=days,
        answered=len(lately),
        reviewed=sum(one.questionnaire == REVIEW for one in lately),
        low=scores.low,
        high=scores.high,
        moved=_moved(work, seen, lately, work.day(since)),
        watched_days=(work.now - scores.first).days,
    )


def _moved(work: Work, seen: Past, lately: Sequence[Asked], since: date) -> bool:
    """An item changed its level or got a link, a stage was entered, or something was finished with a link."""
    changed = any(
        work.day(level.changed_at) > since or (level.link_at and work.day(level.link_at) > since)
        for level in seen.levels.values()
    )
    stages = any(work.day(event.at) > since and event.before != "paused" for event in seen.of(STAGE))
    return changed or stages or any("://" in str(one.answers.get("pulse.done", "")) for one in lately)


def _blocked(work: Work, seen: Past) -> Blocked | None:
    """The newest blocker, in how many check-ins running it was named, and whether help was asked for in vain."""
    pulses = [one for one in seen.done(PULSE) if "pulse.block" in one.answers]
    if not pulses or pulses[0].answers["pulse.block"] == NOTHING:
        return None
    form = work.unit.form(PULSE, pulses[0].version) or work.content.questionnaires[PULSE]
    found = outcome.blocker(form, pulses[0].answers)
    if found is None:
        return None
    keys = [(one.answers["pulse.block"], one.answers.get("pulse.who")) for one in pulses]
    slug, who = keys[0]
    # A check-in that names the blocker without a person goes on with the one named before.
    same = [key for key in keys if key[0] == slug and key[1] in (who, None)]
    run = next((n for n, key in enumerate(keys) if key not in same), len(keys))
    asked = max(
        (one for one in seen.requests if one.topic == found.label), key=lambda one: one.id, default=None
    )
    person = work.unit.person(asked.person) if asked else None
    waits = asked is not None and not asked.reply
    return Blocked(
        words.small(found.label),
        run,
        person.name if person else "",
        work.day(asked.asked_at) if asked else None,
        (work.now - asked.asked_at).days if asked and waits else None,
    )


# --- people ---------------------------------------------------------------------------------------------------------


def _owned(work: Work, pilot: Pilot, seen: Past) -> Owned:
    """Whoever answers for the pilot in its check-ins has accepted it, whether or not a button was pressed for it."""
    changed = next(iter(seen.of(OWNER, ACCEPTED, LEFT)), None)
    answers = any(one.person == pilot.owner and one.phase == Phase.DONE for one in seen.checkins)
    return Owned(
        known=pilot.owner is not None,
        accepted=pilot.owner_accepted or answers,
        is_builder=pilot.owner is not None and pilot.owner == pilot.builder,
        left=changed is not None and changed.kind == LEFT if seen.owner is None else not seen.owner.active,
        since=work.day(changed.at) if changed else None,
    )


def _sponsored(work: Work, pilot: Pilot, seen: Past) -> Sponsored:
    if pilot.sponsor is None or seen.sponsor is None:
        return Sponsored(known=False)
    acted = work.unit.last_act(pilot.id, pilot.sponsor)
    return Sponsored(known=True, name=seen.sponsor.name, acted=work.day(acted) if acted else None)


def _use(work: Work, pilot: Pilot, seen: Past) -> Use | None:
    """People who used it, by the newest answer and by the one that is 60 days older."""
    told = [
        (work.day(one.slot), int(users))
        for one in seen.checkins
        if isinstance(users := one.answers.get("pulse.users", one.answers.get("v30.users")), int | float)
    ]
    if not told:
        return None
    span = timedelta(days=work.content.policy.thresholds["P09"]["growth_days"])
    before = next((users for day, users in told[1:] if told[0][0] - day >= span), None)
    return Use(told[0][1], pilot.intended_users, before=before)


def _deciding(work: Work, pilot: Pilot) -> Deciding | None:
    """The decide-by date, which every decision moves, and how often it was put off or Fix was chosen."""
    made = work.unit.decisions(pilot=pilot.id)
    extensions = decisions.rounds(made, Choice.FIX) + decisions.rounds(made, Choice.LATER)
    return Deciding(pilot.decide_by, extensions=extensions) if pilot.decide_by or extensions else None


# --- answers --------------------------------------------------------------------------------------------------------


def _answering(seen: Past) -> Answering | None:
    """How much each review repeats what was said before it; reviews with too little to compare say nothing."""
    reviews = seen.done(REVIEW)
    told: dict[QuestionId, Value] = {}
    shares: list[float] = []
    for review in reversed(reviews):
        levels = {name: value for name, value in review.answers.items() if isinstance(value, int)}
        known = [told[name] == value for name, value in levels.items() if name in told]
        shares.append(sum(known) / len(known) if len(known) >= COMPARABLE else 0.0)
        told |= levels
    newest = [value for value in reviews[0].answers.values() if isinstance(value, int)] if reviews else []
    if not reviews:
        return None
    return Answering(
        same=tuple(reversed(shares)),
        one_level=len(newest) >= ONE_LEVEL_FROM and len(set(newest)) == 1,
        off=_off(seen),
    )


def _off(seen: Past) -> int:
    """By how many levels the newest answer given without sight of the earlier one differs from it."""
    for event in seen.of(REASKED)[:1]:
        if isinstance(event.before, int) and isinstance(event.after, int):
            return abs(event.after - event.before)
    return 0


COMPARABLE = 4  # items of a review that were asked before; of fewer a share says nothing
ONE_LEVEL_FROM = 8  # items that all got the same level; two or three may well be alike


def _forecast(work: Work, seen: Past) -> Forecast | None:
    """What the owner expects, and how the sponsor's one-tap views compare."""
    pulses = [one for one in seen.done(PULSE) if "pulse.sure" in one.answers]
    if not pulses:
        return None
    form = work.unit.form(PULSE, pulses[0].version) or work.content.questionnaires[PULSE]
    question = form.question("pulse.sure")
    offers = {offer.slug: offer for offer in question.options} if question else {}
    said = [
        offers[str(one.answers["pulse.sure"])] for one in pulses if str(one.answers["pulse.sure"]) in offers
    ]
    views = [one.answers.get("second.sponsor") for one in seen.done(SECOND)]
    doubts = next((n for n, view in enumerate(views) if view != "less_hopeful"), len(views))
    score = _brier(work, seen, pulses, _chances(work, pulses))
    return Forecast(
        sure=tuple(offer.value or 0.0 for offer in said),
        word=said[0].label.partition(":")[0] if said else "",
        less_hopeful=doubts,
        brier=score.value if score else None,
        resolved=score.forecasts if score else 0,
    )


def _brier(work: Work, seen: Past, pulses: Sequence[Asked], chances: Mapping[str, float]) -> Score | None:
    """The score of these check-ins' forecasts."""
    lives = [work.day(event.at) for event in seen.of(STAGE) if event.after in decisions.LIVE]
    said = [
        Said(chances[str(one.answers["pulse.sure"])], stated)
        for one in pulses
        if isinstance(stated := one.answers.get("pulse.date"), date)
        and str(one.answers["pulse.sure"]) in chances
    ]
    return brier(said, live=min(lives, default=None), today=work.today())


def forecasts_of(work: Work, pilot: Pilot, person: PersonId) -> Score | None:
    """How good one person's own forecasts were, of those whose date has come."""
    seen = past(work, pilot)
    own = [one for one in seen.done(PULSE) if one.person == person and "pulse.sure" in one.answers]
    return _brier(work, seen, own, _chances(work, own)) if own else None


def _chances(work: Work, pulses: Sequence[Asked]) -> dict[str, float]:
    """What each answer to how likely it is counts as, in the form of the newest of these check-ins."""
    form = work.unit.form(PULSE, pulses[0].version) or work.content.questionnaires[PULSE]
    question = form.question("pulse.sure")
    return {offer.slug: offer.value or 0.0 for offer in question.options} if question else {}
