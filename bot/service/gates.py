"""What is done at the gate before a pilot: reviewers named, conditions agreed, a yes taken back; it words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.core import permissions, reviewing
from bot.core.answers import tidy
from bot.core.compose import confirming as confirm_words
from bot.core.compose import gate as words
from bot.core.compose import notes
from bot.core.compose import release as release_words
from bot.core.compose import thresholds as rules
from bot.core.compose.gate import GateView
from bot.core.compose.gate_near import near_card
from bot.core.days import parse_day
from bot.core.gates import GateResult, Reopened
from bot.core.permissions import Action
from bot.core.ports import Problems, Reply, Show
from bot.core.records import Condition, Event, PersonId, Pilot, Schedule
from bot.core.tokens import Token
from bot.service import (
    cases,
    evaluate,
    gateview,
    hours,
    registry,
    releasing,
    reviewers,
    schedules,
    thresholds,
)
from bot.service.desk import Desk, colleague
from bot.service.work import Work

Values = Mapping[str, Any]
REOPENED = "gate.reopened"  # an event: `subject` is the item


# --- buttons of the gate --------------------------------------------------------------------------------------------


def clicked(desk: Desk, token: Token, values: Values | None) -> Reply:
    """A button of the gate's card was pressed."""
    pilot = desk.unit.pilot(token.id)
    if pilot is None or not permissions.may(desk.person, Action.SEE, pilot):
        return Show(notes.not_there())
    given = values or {}
    match token.verb:
        case words.ASK:
            return _ask(desk, pilot)
        case words.NAME:
            return _name(desk, pilot, given)
        case words.AGREE:
            return _agree(desk, pilot, given)
        case words.RETRACT:
            return _retract(desk, pilot, given)
        case release_words.SAY:
            return releasing.show(desk.work, desk.person, pilot)
        case rules.CHANGE:
            said = thresholds.proposed(desk.work, desk.person, pilot, given)
            return said if isinstance(said, Problems) else _shown(desk, pilot, said)
    return gateview.show(desk.work, desk.person, pilot)


def _shown(desk: Desk, pilot: Pilot, note: str) -> Reply:
    fresh = desk.unit.pilot(pilot.id) or pilot
    return Show(words.gate_card(gateview.view(desk.work, desk.person, fresh), note=note))


def _ask(desk: Desk, pilot: Pilot) -> Reply:
    if not permissions.may(desk.person, Action.REVIEW, pilot):
        return Show(notes.note(words.NOT_TO_MANAGE, pilot.name))
    asked = reviewers.ask(desk.work, pilot, by=desk.person.id)
    known = {*asked, desk.person.name}
    asked += [
        one.name for one in releasing.ask(desk.work, pilot, release_words.OPERATIONS) if one.name not in known
    ]
    return _shown(desk, pilot, words.asked_note(asked))


def _name(desk: Desk, pilot: Pilot, given: Values) -> Reply:
    """Somebody is named for a role; never one of those whose pilot it is."""
    if not permissions.may(desk.person, Action.REVIEW, pilot):
        return Show(notes.note(words.NOT_TO_MANAGE, pilot.name))
    role, who = str(given.get(words.ROLE) or ""), colleague(desk, given.get(words.WHO), field=words.WHO)
    if isinstance(who, Problems):
        return who
    if role not in words.known_roles():
        return Problems({words.ROLE: words.CHOOSE})
    if who in permissions.kept_from(Action.CONFIRM, pilot):
        return Problems({words.WHO: words.OWN})
    changes = {"reviewers": reviewing.named(pilot, role, who)}
    registry.change_pilot(desk.work, pilot, changes, actor=desk.person.id)
    return _shown(desk, pilot, words.named_note(role, cases.name_of(desk.work, who)))


def _agree(desk: Desk, pilot: Pilot, given: Values) -> Reply:
    """A condition is agreed by whoever decides, within the bounds of content.md section 2."""
    work, today = desk.work, desk.work.today()
    gate = evaluate.gate_of(work, pilot, work.unit.levels(pilot.id))
    if not cases.role_of(work, pilot, desk.person.id):
        return Show(notes.note(words.NOT_TO_DECIDE, pilot.name))
    who = colleague(desk, given.get(words.WHO), field=words.WHO)
    until = parse_day(tidy(str(given.get(words.UNTIL) or "")), desk.work.today(desk.person))
    item = str(given.get(words.ITEM) or "")
    if isinstance(who, Problems):
        return who
    if gate is None or not isinstance(until, date):
        return Problems({words.UNTIL: words.CHOOSE_DAY})
    wanted = Condition(gate.id, item, who, until, desk.person.id, today)
    problem = _refused(desk, gate, wanted)
    return problem or _agreed(desk, pilot, wanted)


def _refused(desk: Desk, gate: GateResult, wanted: Condition) -> Problems | None:
    work, today = desk.work, desk.work.today()
    policy, model = work.content.policy, work.content.model
    why = reviewing.refuses(gate, wanted, today=today, never=model.never_waived, policy=policy)
    if why is None:
        return None
    text = words.no_condition(
        why,
        item=evaluate.name_of(work.content, wanted.item),
        never=[
            evaluate.name_of(work.content, item.id) for item in model.items() if item.id in model.never_waived
        ],
        most=int(policy.thresholds["gate"]["conditions"]),
        last=reviewing.last_day(gate, wanted.item, today, policy),
        today=today,
    )
    return Problems({words.UNTIL if why is reviewing.NoCondition.DAYS else words.ITEM: text})


def _agreed(desk: Desk, pilot: Pilot, wanted: Condition) -> Reply:
    work, item = desk.work, evaluate.name_of(desk.work.content, wanted.item)
    registry.change_pilot(work, pilot, {"conditions": reviewing.agreed(pilot, wanted)}, actor=desk.person.id)
    if wanted.person != desk.person.id:
        card = words.condition_card(pilot, item, wanted, by=desk.person.name, today=work.today())
        reviewers.send(
            work, wanted.person, f"condition:{pilot.id}:{wanted.item}:{work.now.isoformat()}", card
        )
    return _shown(
        desk, pilot, words.agreed_note(item, cases.name_of(work, wanted.person), wanted, work.today())
    )


def _retract(desk: Desk, pilot: Pilot, given: Values) -> Reply:
    """A reviewer takes their yes back: something was found that they could not see before."""
    work, item = desk.work, str(given.get(words.ITEM) or "")
    level, reason = work.unit.levels(pilot.id).get(item), tidy(str(given.get(words.REASON) or ""))
    mine = [one for one in level.verdicts if one.by == desk.person.id and one.yes] if level else []
    if level is None or not mine:
        return Problems({words.ITEM: words.CHOOSE})
    if not reason:
        return Problems({words.REASON: words.SAY_WHY})
    for one in mine:
        level = reviewing.said(
            level, one.gate, one.role, by=desk.person.id, at=work.now, yes=False, reason=reason
        )
    reviewers.keep(work, pilot, level)
    reviewers.tell_owner(work, pilot, desk.person, mine[-1].role, {item: confirm_words.no(reason)})
    watch(work, work.unit.pilot(pilot.id) or pilot)
    return _shown(desk, pilot, words.retracted_note(evaluate.name_of(work.content, item)))


# --- the gate ahead -------------------------------------------------------------------------------------------------


def near(work: Work, pilot: Pilot, schedule: Schedule) -> None:
    """The day has come to look at the production gate: its owner hears what it lacks, its reviewers are asked."""
    work.unit.save_schedule(replace(schedule, next_due_at=None))
    gate = evaluate.gate_of(work, pilot, work.unit.levels(pilot.id))
    if gate is None or pilot.target is None or gate.opens != schedules.LIVE:
        return
    work.unit.record(Event(schedules.NEAR, work.now, None, pilot.id, gate.id, after=pilot.target.isoformat()))
    asked = reviewers.ask(work, pilot, by=None)
    releasing.ask(work, pilot, release_words.OPERATIONS)
    owner = work.unit.person(pilot.owner) if pilot.owner is not None else None
    if owner is None:
        return
    card = near_card(
        pilot.id,
        pilot.name,
        gate,
        [evaluate.name_of(work.content, item.id) for item in gate.lacking],
        target=pilot.target,
        today=work.today(owner),
        asked=asked,
        unnamed=gateview.view(work, owner, pilot).unnamed,
    )
    reviewers.send(work, owner.id, f"{schedules.NEAR}:{pilot.id}:{pilot.target.isoformat()}", card)


# --- gates behind a pilot -------------------------------------------------------------------------------------------


def watch(work: Work, pilot: Pilot) -> None:
    """Owner and decider hear once of each item that opens a passed gate again."""
    found = evaluate.reopened(work, pilot, work.unit.levels(pilot.id))
    if not found:
        return
    told = {
        (event.subject, str(event.after)) for event in work.unit.events(pilot=pilot.id, kinds=(REOPENED,))
    }
    fresh = tuple(one for one in found if (one.item, _cause(pilot, one)) not in told)
    if not fresh:
        return
    for one in fresh:
        event = Event(REOPENED, work.now, None, pilot.id, one.item, before=one.gate, after=_cause(pilot, one))
        work.unit.record(event)
    card = words.open_again_card(_bare(work, pilot, fresh))
    for person in dict.fromkeys((pilot.owner, pilot.decider if pilot.decider is not None else pilot.sponsor)):
        if person is not None:
            key = f"reopened:{pilot.id}:{work.now.isoformat()}:{person}"
            reviewers.send(work, person, key, card, at=_by_day(work, person))


def _by_day(work: Work, person: PersonId) -> datetime:
    """Now, or the next good hour of theirs: what the night finds wakes nobody."""
    return hours.good(work, work.unit.person(person), work.now)


def _cause(pilot: Pilot, one: Reopened) -> str:
    """What opened it: the day a condition ran out, or the day the stage was entered in which it fell."""
    return one.condition.until.isoformat() if one.condition else f"since {pilot.stage_since.isoformat()}"


def _bare(work: Work, pilot: Pilot, back: tuple[Reopened, ...]) -> GateView:
    items = {item.id: item for item in work.content.model.items()}
    return GateView(pilot, work.today(), None, items, {}, reopened=back)
