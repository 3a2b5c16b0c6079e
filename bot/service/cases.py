"""A pilot as somebody decides about it: the grounds, the suggestion, who may, what has waited; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core import decisions, permissions
from bot.core.compose import decision as words
from bot.core.compose.ledger import Waiting
from bot.core.compose.words import item_name
from bot.core.context import Context
from bot.core.decisions import Choice
from bot.core.permissions import Action
from bot.core.readiness import effective
from bot.core.records import Decision, PersonId, Pilot
from bot.core.routing import Answers
from bot.core.signals import Course
from bot.core.state import Phase
from bot.core.suggestion import RESULT, Grounds, Suggestion, suggest
from bot.service import ball, evaluate, likeness, portfolio_facts, release, thresholds
from bot.service.evaluate import Standing as Stand
from bot.service.work import Work

FORMS_READ = 10  # decision forms looked at for a cost; more than ten rounds are refused long before
COST, BENEFIT = "dec.cost", "dec.benefit"
MOVES_READ = 200  # changes of one date: a pilot whose date moved more often needs no exact count
MOVING = frozenset({"framed", *decisions.DECIDABLE})  # stages that a pilot is to leave


@dataclass(frozen=True, slots=True)
class Case:
    """One pilot as somebody decides about it."""

    pilot: Pilot
    standing: Stand
    grounds: Grounds
    suggestion: Suggestion
    made: Sequence[Decision]


def case(work: Work, pilot: Pilot, *, standing: Stand | None = None) -> Case:
    """Everything that a suggestion rests on, and the suggestion."""
    standing = standing or evaluate.stand(work, pilot)
    made = work.unit.decisions(pilot=pilot.id)
    grounds = _grounds(work, pilot, standing, made)
    return Case(pilot, standing, grounds, suggest(grounds, work.content.policy), made)


def _grounds(work: Work, pilot: Pilot, standing: Stand, made: Sequence[Decision]) -> Grounds:
    levels, policy = work.unit.levels(pilot.id), work.content.policy
    stage = pilot.before_pause or pilot.stage
    value = _value_check(work, pilot) if stage in decisions.LIVE else {}
    week = _a_week(work, pilot)
    return Grounds(
        stage=stage,
        today=work.today(),
        decide_by=pilot.decide_by,
        proof=effective(levels.get("value.proof"), policy, work.now),
        rights=effective(levels.get("data.rights"), policy, work.now),
        gated=standing.gate is not None,
        lacking=tuple(gap.id for gap in standing.gate.lacking) if standing.gate else (),
        waiting=len(standing.gate.waiting) if standing.gate else 0,
        reopened=tuple(one.item for one in standing.reopened),
        signals=frozenset(signal.id for signal in standing.signals),
        course=standing.course,
        stuck_days=stuck_days(work, standing) or 0,
        fixes=decisions.rounds(made, Choice.FIX),
        extensions=decisions.rounds(made, Choice.LATER),
        owned=pilot.owner is not None,
        sponsored=pilot.sponsor is not None,
        shared_blocker=portfolio_facts.waits_for_shared(work, pilot),
        solved_by=_solved_by(work, pilot),
        harm=str(value.get("v30.harm", "")),
        missed=str(value.get("v30.miss", "")),
        reach=_reach(value, pilot),
        live_days=standing.stage_days if stage == "production" else 0,
        weekly_cost=week[COST],
        weekly_benefit=week[BENEFIT],
    )


def _solved_by(work: Work, pilot: Pilot) -> str:
    """The pilot about the same problem, where it is live or its result meets the target: it has solved it."""
    other = likeness.same_as(work, pilot)
    if other is None:
        return ""
    proof = effective(work.unit.levels(other.id).get("value.proof"), work.content.policy, work.now)
    return other.name if other.stage in decisions.LIVE or (proof or 0) >= RESULT else ""


def stuck_days(work: Work, standing: Stand) -> int | None:
    """Days that a pilot has been Stuck; None where it is not."""
    return (work.today() - work.day(standing.since)).days if standing.course is Course.STUCK else None


def _value_check(work: Work, pilot: Pilot) -> Answers:
    """The newest answers about what a live pilot brings."""
    asked = work.unit.history(pilot.id, questionnaire="value30", limit=5, answers=True)
    return next((one.answers for one in asked if one.phase == Phase.DONE), {})


def _reach(value: Answers, pilot: Pilot) -> float | None:
    """The share of the intended users who used it last week, as far as both are known."""
    users = value.get("v30.users")
    if not isinstance(users, (int, float)) or not pilot.intended_users:
        return None
    return users / pilot.intended_users


# --- who may, and what stands beside the form -----------------------------------------------------------------------


def waits(
    work: Work, pilot: Pilot, *, standing: Stand | None = None, made: Sequence[Decision] | None = None
) -> bool:
    """Whether a decision about this pilot is due now; `made` is the newest one, if it is known."""
    standing = standing or evaluate.stand(work, pilot)
    return decisions.waits(
        pilot,
        work.today(),
        stuck_days=stuck_days(work, standing),
        policy=work.content.policy,
        made=work.unit.decisions(pilot=pilot.id, limit=1) if made is None else made,
    )


def role_of(work: Work, pilot: Pilot, person: PersonId) -> str:
    """As what somebody may decide about a pilot now; empty where they may not."""
    known = work.unit.person(person)
    lead = known is not None and permissions.may(known, Action.STAND_IN, pilot)
    stands_in = lead and (not decisions.deciders(pilot) or waits(work, pilot))
    return decisions.role_of(pilot, person, lead=lead, stands_in=stands_in)


def framed(work: Work, pilot: Pilot, context: Context) -> Context:
    """The context of a decision: the suggestion and the ledger above the form, without the choices not open."""
    known = case(work, pilot)
    waiting = waiting_of(work, known)
    refused = {choice.value: words.refusal_words(why) for choice, why in waiting.refused.items()}
    first = release.said(work, pilot) if release.is_next(pilot) else None
    above = words.preface(known.suggestion, waiting, item_names(work), release=first)
    return replace(
        context, preface=above, gist=_gist(work, known), refused={"dec.choice": refused}, personal=True
    )


def _gist(work: Work, known: Case) -> str:
    """The case in one line, for a message about several."""
    today, due = work.today(), known.pilot.decide_by
    stuck = work.day(known.standing.since) if known.standing.course is Course.STUCK else None
    overdue = due if due is not None and due <= today else None
    return words.gist(known.suggestion, item_names(work), due=overdue, stuck=stuck, today=today)


def waiting_of(work: Work, known: Case) -> Waiting:
    """The ledger of one pilot."""
    pilot, policy = known.pilot, work.content.policy
    stage = pilot.before_pause or pilot.stage
    weekly = _a_week(work, pilot)[COST]
    moved = work.unit.events(pilot=pilot.id, kinds=("pilot.target",), limit=MOVES_READ)
    return Waiting(
        stage=stage,
        stage_days=known.standing.stage_days,
        today=work.today(),
        ball=ball.split(work, pilot, known.made) if stage in MOVING else None,
        decide_by=pilot.decide_by,
        box=policy.time_box(stage, pilot.tags),
        target=decisions.slips(moved),
        fixes=known.grounds.fixes,
        extensions=known.grounds.extensions,
        weekly=weekly,
        cost=decisions.limbo(weekly, known.grounds.overdue),
        refused=decisions.refused(pilot, known.made, policy),
        thresholds=thresholds.of(work, pilot),
    )


def _a_week(work: Work, pilot: Pilot) -> Mapping[str, float | None]:
    """What a week of running it costs and brings, each as the newest decision that knew it said."""
    asked = work.unit.history(pilot.id, questionnaire=decisions.DECISION, limit=FORMS_READ, answers=True)
    forms = [one.answers for one in asked if one.phase == Phase.DONE]

    def newest(question: str) -> float | None:
        known = (answers.get(question) for answers in forms)
        return next((float(one) for one in known if isinstance(one, (int, float))), None)

    return {question: newest(question) for question in (COST, BENEFIT)}


def item_names(work: Work) -> dict[str, str]:
    """What people call the readiness items."""
    return {item.id: item_name(item) for item in work.content.model.items()}


def why_closed(work: Work, pilot: Pilot) -> str:
    """What the others who were asked to decide are told."""
    newest = next(iter(work.unit.decisions(pilot=pilot.id, limit=1)), None)
    return words.withdrawn(name_of(work, newest.by), newest, work.today()) if newest else "it is settled."


def name_of(work: Work, person: PersonId) -> str:
    """What to call somebody."""
    known = work.unit.person(person)
    return known.name if known else "somebody who left"
