"""A pilot of high risk passes its gate when a second person approves; it must not know how that is worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.core import decisions, permissions
from bot.core.answers import tidy
from bot.core.compose import confirming as words
from bot.core.compose import gate as gate_words
from bot.core.compose import notes
from bot.core.gates import GateResult
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Problems, Reply, Show
from bot.core.records import Decision, Event, Person, Pilot, Request
from bot.core.tokens import Token
from bot.service import cases, evaluate, registry, requests, telling
from bot.service.confirming import APPROVE
from bot.service.made_of import request_of
from bot.service.work import Work

VERBS = frozenset({words.APPROVE, words.OBJECT})
APPROVED = "gate.approved"  # an event: `subject` is the gate, `after` whether


def ask(work: Work, pilot: Pilot, decision: Decision, gate: GateResult) -> str | None:
    """Ask a second person to approve what was decided; their name, None where nobody is there who could."""
    leads = tuple(person.id for person in registry.leads(work.unit))
    who = decisions.second_approver(pilot, decision.by, leads)
    if who is None:
        return None
    text = f"{gate.opens} {decision.reason}"
    request = Request(0, APPROVE, pilot.id, who, decision.by, work.now, text, f"{gate.id}:{decision.id}")
    requests.ask(work, pilot, request)
    return cases.name_of(work, who)


def answered(work: Work, person: Person, token: Token, values: Mapping[str, Any] | None) -> Reply:
    """The second person approves, or not yet and why; what they approve has to hold still."""
    found = request_of(work, person, token.id)
    if found is None or found[0].kind != APPROVE:
        return Show(notes.not_there())
    request, pilot = found
    if not permissions.may(person, Action.APPROVE, pilot):
        return Show(notes.stale())  # their part in the pilot is another by now
    yes = token.verb == words.APPROVE
    reason = tidy(str((values or {}).get(gate_words.REASON) or ""))
    if request.reply:
        return Show(notes.stale())
    if not yes and not reason:
        return Problems({gate_words.REASON: gate_words.SAY_WHY})
    work.unit.save_request(replace(request, reply=token.verb, replied_at=work.now))
    gate, stage = request.topic.partition(":")[0], request.text.split()[0]
    work.unit.record(Event(APPROVED, work.now, person.id, pilot.id, gate, after=yes or reason))
    if not yes:
        return _tell(work, person, pilot, request, words.objected(person.name, reason))
    standing = evaluate.stand(work, pilot)
    passed = standing.gate is not None and standing.gate.id == gate and standing.gate.passed
    if not passed or standing.reopened:
        return _tell(work, person, pilot, request, words.not_any_more(stage))
    moved = registry.change_pilot(work, pilot, _into(stage, work.today()), actor=person.id)
    return _tell(work, person, moved, request, words.approved(person.name, stage))


def _into(stage: str, today: date) -> dict[str, object]:
    return {"stage": stage, "stage_since": today}


def _tell(work: Work, person: Person, pilot: Pilot, request: Request, line: str) -> Reply:
    """The message shows what came of it; whoever decided and the owner hear it."""
    card = words.approved_card(pilot, line)
    own = registry.address_of(work.unit, person.id)
    key = f"request:{request.id}"
    if own is not None:
        work.unit.enqueue(Message(f"{key}:answered", own, card, replaces=key), work.now)
    for other in dict.fromkeys((request.asked_by, pilot.owner)):
        if other and other != person.id:
            telling.tell(work, other, f"{key}:told:{other}", card)
    return Nothing()
