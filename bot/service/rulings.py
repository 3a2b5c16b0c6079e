"""A decision made true: recorded with what it rests on, the pilot changed, people told; it must not open forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.core import decisions, dossier, gates, permissions
from bot.core.compose import decision as words
from bot.core.decisions import Choice
from bot.core.permissions import Role
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.records import Decision, Event, PersonId, Pilot, Request
from bot.core.routing import Answers
from bot.core.state import Checkin
from bot.core.values import Json
from bot.service import approvals, cases, digest, portfolio_facts, registry, requests, telling
from bot.service.work import Work

MADE, EXTENDED = "decision.made", "decision.extended"  # events: `subject` is the choice
TOLD = frozenset({Role.LEAD, Role.GROUP_LEAD})  # an admin runs Rampcheck, and hears of what nobody attends to
SERIOUS = "serious"  # the answer of v30.harm that takes a live pilot back
CLOSING_DAYS = 14  # days until the switch-off steps that are left are to be done
DAYS = ("dec.until", "dec.again", "dec.later")  # of these questions one is asked


# --- making it true -------------------------------------------------------------------------------------------------


def make(work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire) -> tuple[str, ...]:
    """Record a decision, change the pilot, tell its people; the lines that its decider reads."""
    known = cases.case(work, pilot)
    gate, choice = known.standing.gate, Choice(str(checkin.state.answers["dec.choice"]))
    second = _needs_second(work, known, choice)
    fields = decisions.changes(
        choice, pilot, work.today(), until=_day(checkin.state.answers), gated=_gated(work, known, held=second)
    )
    decision = _recorded(work, known, checkin, form, fields)
    changed = registry.change_pilot(work, pilot, fields, actor=decision.by)
    approver = approvals.ask(work, changed, decision, gate) if second and gate is not None else ""
    question = form.question("dec.reason")
    option = question.option(decision.reason) if question else None
    made = words.Made(
        decision,
        pilot.name,
        cases.name_of(work, decision.by),
        work.today(),
        reason=option.label if option else "",
        gate=gate.name if gate else "",
        missing=len(gate.lacking) if gate else 0,
        waiting=len(gate.waiting) if gate else 0,
        reopened=bool(known.standing.reopened),
        second=approver,
    )
    told = _tell(work, changed, made)
    if changed.stage in decisions.ENDED:
        _wind_up(work, changed, checkin, form, decision)
    digest.amend(work, changed, words.decided(decision, work.today()), made.who, decision.id)
    return words.lines(replace(made, told=told))


def _needs_second(work: Work, known: cases.Case, choice: Choice) -> bool:
    """Whether the choice would pass a gate that one person alone cannot open."""
    gate, pilot = known.standing.gate, known.pilot
    if gate is None or not gate.passed or known.standing.reopened:
        return False
    needed = gates.approvers(gate, work.content.model, work.content.policy, risk=pilot.risk)
    return needed > 1 and decisions.rises(choice, known.grounds.stage)


def _gated(work: Work, known: cases.Case, *, held: bool) -> decisions.Gated:
    """What the gates say; one that waits for a second approval is not passed yet."""
    gate, reopened = known.standing.gate, bool(known.standing.reopened) or known.grounds.harm == SERIOUS
    since = portfolio_facts.first_entered(work, known.pilot, "hardening") if reopened else None
    return decisions.Gated(gate is not None and gate.passed and not held, reopened, since)


def _recorded(
    work: Work, known: cases.Case, checkin: Checkin, form: Questionnaire, fields: Mapping[str, object]
) -> Decision:
    """The row, and its line in the log; `fields` of the pilot change."""
    pilot, answers = known.pilot, checkin.state.answers
    choice = Choice(str(answers["dec.choice"]))
    scores, content = known.standing.readiness, work.content
    made = work.unit.add_decision(
        Decision(
            0,
            pilot.id,
            choice.value,
            work.now,
            checkin.state.person,
            cases.role_of(work, pilot, checkin.state.person),
            reason=str(answers.get("dec.reason", "")),
            text=str(answers.get("dec.fix") or answers.get("dec.why") or ""),
            until=_day(answers),
            due=pilot.decide_by,
            lesson=str(answers.get("dec.learn", "")),
            reuse=_several(answers, "dec.reuse"),
            closed=_several(answers, "dec.close"),
            into=str(answers.get("dec.into", "")),
            suggested=known.suggestion.choice.value if known.suggestion.choice else "",
            stage_before=pilot.stage,
            stage_after=str(fields.get("stage", pilot.stage)),
            form=form.key,
            policy=content.policy.version,
            model=content.model.version,
            overall=scores.overall,
            dimensions={dimension.id: dimension.proven for dimension in scores.dimensions},
            signals=tuple(sorted(known.grounds.signals)),
            checkin=checkin.id,
        )
    )
    kind = EXTENDED if choice is Choice.LATER else MADE
    until = made.until.isoformat() if made.until else None
    after: Json = {
        "decision": made.id,
        "until": until,
        "role": made.role,
        "digest": dossier.record_digest(made),
    }
    work.unit.record(Event(kind, work.now, made.by, pilot.id, choice.value, after=after))
    return made


def _day(answers: Answers) -> date | None:
    return next((day for name in DAYS if isinstance(day := answers.get(name), date)), None)


def _several(answers: Answers, name: QuestionId) -> tuple[str, ...]:
    found = answers.get(name)
    return found if isinstance(found, tuple) else ()


def _tell(work: Work, pilot: Pilot, made: words.Made) -> tuple[str, ...]:
    """Owner, deputy, sponsor, decider and the leads hear of it, each once; the names of those who could be reached."""
    leads = [one.id for one in registry.leads(work.unit, pilot) if permissions.roles(one, pilot) & TOLD]
    holders = (pilot.owner, pilot.deputy, pilot.sponsor, pilot.decider)
    concerned = dict.fromkeys([*(holder for holder in holders if holder is not None), *leads])
    card, key = words.told_card(made, pilot.id), f"decision:{made.decision.id}"
    hear = [one for one in concerned if one != made.decision.by]
    return tuple(_named(work, one) for one in hear if telling.tell(work, one, f"{key}:{one}", card))


def _named(work: Work, one: PersonId) -> str:
    """Whoever is told, as the decider reads it."""
    person = work.unit.person(one)
    return words.told_later(person.name) if person and work.is_away(person) else cases.name_of(work, one)


def _wind_up(work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire, decision: Decision) -> None:
    """Nobody is to clear a blocker any more; the switch-off steps that are left become a task with a date."""
    requests.keep_true(work, pilot, None, checkin=checkin.id, cleared=True)
    question = form.question("dec.close")
    if question is None or decision.choice == Choice.MERGE or pilot.owner is None:
        return
    left = [option.label for option in question.options if option.slug not in decision.closed]
    if not left:
        return
    until = work.today() + timedelta(days=CLOSING_DAYS)
    task = Request(
        0,
        requests.CLOSE,
        pilot.id,
        pilot.owner,
        decision.by,
        work.now,
        text=words.closing_steps(left),
        topic=until.isoformat(),
        checkin=checkin.id,
    )
    requests.ask(work, pilot, task)
