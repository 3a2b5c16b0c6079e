"""Reviewers are asked to confirm gate items, and their words are kept and told; it words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core import permissions, reviewing
from bot.core.answers import tidy
from bot.core.card import Card
from bot.core.compose import confirming as confirm_words
from bot.core.compose import gate as words
from bot.core.compose import notes
from bot.core.gates import GateItem, GateResult
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Problems, Reply, Show
from bot.core.questionnaire import ItemId
from bot.core.records import Event, ItemLevel, Person, PersonId, Pilot, Request
from bot.core.tokens import Token
from bot.core.values import Json
from bot.service import (
    cases,
    confirming,
    evaluate,
    evaluations,
    gateview,
    homes,
    house,
    registry,
    requests,
    telling,
)
from bot.service.confirming import CONFIRM
from bot.service.desk import Desk, colleague
from bot.service.made_of import request_of
from bot.service.work import Work

Values = Mapping[str, Any]
VERDICT = "gate.verdict"  # an event: `subject` is the item
PILOT = "pilot"  # the stage into which a gate alone leads: its lead has confirmed every item of it


# --- asking ---------------------------------------------------------------------------------------------------------


def ask(work: Work, pilot: Pilot, *, by: PersonId | None) -> list[str]:
    """Put what is ready before its reviewers, one message each; the names of those who were asked."""
    gate = evaluate.gate_of(work, pilot, work.unit.levels(pilot.id))
    if gate is None:
        return []
    asked = []
    for one, standing in gateview.to_ask(work, pilot, gate):
        text = confirming.written(one.items)
        if standing is not None:
            _refresh(work, work.unit.save_request(replace(standing, text=text)), "more")
            asked.append(one.person)
            continue
        request = Request(0, CONFIRM, pilot.id, one.person, by, work.now, text, gate.id)
        if requests.ask(work, pilot, request):
            asked.append(one.person)
    return [cases.name_of(work, person) for person in asked]


def _refresh(work: Work, request: Request, why: str) -> None:
    """The message of a request shows what stands now; where it is held for somebody away, there is none yet."""
    key = f"request:{request.id}"
    address = registry.address_of(work.unit, request.person)
    if address is not None and work.unit.posted(key) is not None:
        card = confirming.card_of(work, request)
        work.unit.enqueue(
            Message(f"{key}:{why}:{work.now.isoformat()}", address, card, replaces=key), work.now
        )


# --- answering ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Put:
    """One item as it was put before a reviewer, who now speaks about it."""

    desk: Desk
    pilot: Pilot
    request: Request
    item: GateItem
    role: str


def answered(desk: Desk, token: Token, values: Values | None) -> Reply:
    """A reviewer pressed a button of their message: yes, not yet with a reason, or not theirs."""
    found = request_of(desk.work, desk.person, token.id)
    if found is None or found[0].kind != CONFIRM:
        return Show(notes.not_there())
    request, pilot = found
    gate = evaluate.gate_of(desk.work, pilot, desk.unit.levels(pilot.id))
    item = gate.item(token.arg) if gate is not None and gate.id == request.topic else None
    role = dict(confirming.asked_for(request)).get(token.arg)
    if item is None or role is None:
        _refresh(desk.work, request, "over")
        return Show(notes.stale())
    put, given = _Put(desk, pilot, request, item, role), values or {}
    if token.verb == confirm_words.PASS_ON:
        return _pass_on(put, given)
    return _speak(put, given, yes=token.verb == confirm_words.CONFIRM)


def _speak(put: _Put, given: Values, *, yes: bool) -> Reply:
    work, person, item = put.desk.work, put.desk.person, put.item
    reason = tidy(str(given.get(words.REASON) or ""))
    if any(one.role == put.role and one.by == person.id and one.yes is yes for one in item.verdicts):
        return Nothing()
    if not yes and not reason:
        return Problems({words.REASON: words.SAY_WHY})
    leads = confirming.leads(work, put.role)
    whole = house.whole(work, put.pilot)
    why = reviewing.may_confirm(whole, item, put.role, person.id, leads=leads)
    if why is None and not permissions.may(person, Action.CONFIRM, whole):
        why = reviewing.NotYours.NOT_NAMED
    level = work.unit.levels(put.pilot.id).get(item.id)
    if why is not None or level is None:
        found = why or reviewing.NotYours.NOT_READY
        _refresh(work, put.request, f"{item.id}:{found}")
        line = confirm_words.why_not(found, evaluate.name_of(work.content, item.id))
        return Show(notes.note(line, put.pilot.name))
    gate = put.request.topic
    said = reviewing.said(level, gate, put.role, by=person.id, at=work.now, yes=yes, reason=reason)
    keep(work, put.pilot, said)
    if not yes:
        tell_owner(work, put.pilot, person, put.role, {item.id: confirm_words.no(reason)})
    _go_on(work, put.pilot, put.request, person, after=item.id)
    return Nothing()


def keep(work: Work, pilot: Pilot, level: ItemLevel) -> None:
    """Store a reviewer's newest word and log it: the log is what is left of it once another takes its place."""
    work.unit.set_level(pilot.id, level)
    word = level.verdicts[-1]
    after: Json = {
        "gate": word.gate,
        "role": word.role,
        "yes": word.yes,
        "level": word.level,
        "link": word.link,
        "reason": word.reason,
    }
    work.unit.record(Event(VERDICT, work.now, word.by, pilot.id, level.item, after=after))
    homes.outdated(work, homes.people_of(pilot))
    evaluations.ask(work, pilot.id)


def _pass_on(put: _Put, given: Values) -> Reply:
    """Not theirs: somebody they name is asked instead; where they name nobody, the owner is told."""
    desk, work, pilot, item = put.desk, put.desk.work, put.pilot, put.item
    to = reviewing.NOBODY
    if tidy(str(given.get(words.WHO) or "")):
        found = colleague(desk, given.get(words.WHO), field=words.WHO)
        if isinstance(found, Problems):
            return found
        if found in permissions.kept_from(Action.CONFIRM, pilot) or found == desk.person.id:
            return Problems({words.WHO: words.OWN})
        to = found
    changes = {"reviewers": reviewing.named(pilot, put.role, to, item.id)}
    changed = registry.change_pilot(work, pilot, changes, actor=desk.person.id)
    if to:
        ask(work, changed, by=put.request.asked_by)
    elif pilot.owner is not None:
        name = evaluate.name_of(work.content, item.id)
        card = confirm_words.unnamed_card(pilot, name, put.role, desk.person.name)
        send(work, pilot.owner, f"unnamed:{pilot.id}:{item.id}:{work.now.isoformat()}", card)
    _go_on(work, changed, put.request, desk.person, after=item.id)
    return Nothing()


def _go_on(work: Work, pilot: Pilot, request: Request, person: Person, *, after: ItemId) -> None:
    """The next item is shown; after the last one the request is answered and its outcome told."""
    levels = work.unit.levels(pilot.id)
    gate = evaluate.gate_of(work, pilot, levels)
    lines = list(confirming.lines(work, request, pilot, gate))
    if any(not line.answer for line in lines):
        _refresh(work, request, f"after {after}")
        return
    work.unit.save_request(replace(request, reply="answered", replied_at=work.now))
    homes.outdated(work, (request.person,))
    work.unit.record(Event("request.reply", work.now, person.id, pilot.id, str(request.id), after="answered"))
    _refresh(work, request, "done")
    yes = {line.item.id: confirm_words.CONFIRMED for line in lines if line.answer == confirm_words.YES}
    if yes:
        tell_owner(work, pilot, person, lines[0].role, yes)
    if gate is not None and gate.passed:
        _passed(work, pilot, gate)


def tell_owner(work: Work, pilot: Pilot, who: Person, role: str, said: Mapping[ItemId, str]) -> None:
    """The owner hears what a reviewer said: item -> words."""
    if pilot.owner is None or pilot.owner == who.id:
        return
    named = {evaluate.name_of(work.content, item): word for item, word in said.items()}
    card = confirm_words.told_card(pilot, who.name, role, named)
    send(work, pilot.owner, f"verdict:{pilot.id}:{who.id}:{'+'.join(said)}:{work.now.isoformat()}", card)


def _passed(work: Work, pilot: Pilot, gate: GateResult) -> None:
    """Every item passes: whoever decides hears it. Into Pilot no decision leads, so that the pilot moves on itself."""
    if gate.opens == PILOT:
        box = timedelta(days=work.content.policy.time_box(PILOT, pilot.tags))
        fields = {
            "stage": PILOT,
            "stage_since": work.today(),
            "decide_by": pilot.decide_by or work.today() + box,
        }
        pilot = registry.change_pilot(work, pilot, fields, actor=None)
    concerned = dict.fromkeys((pilot.owner, pilot.decider if pilot.decider is not None else pilot.sponsor))
    card = words.passed_card(
        pilot, gate.opens, moved=gate.opens == PILOT, decide_by=pilot.decide_by, today=work.today()
    )
    for person in concerned:
        if person is not None:
            send(work, person, f"passed:{pilot.id}:{gate.id}:{work.today().isoformat()}:{person}", card)


def send(work: Work, person: PersonId, key: str, card: Card, *, at: datetime | None = None) -> None:
    """A message to somebody, once, at a moment or now; whoever cannot be reached is left out."""
    telling.tell(work, person, key, card, at=at)
