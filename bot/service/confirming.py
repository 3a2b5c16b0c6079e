"""A request about a gate as whoever is asked sees it; it must not know how it is sent or answered."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.card import Card
from bot.core.compose import confirming as words
from bot.core.compose import notes
from bot.core.compose import thresholds as threshold_words
from bot.core.gates import GateItem, GateResult
from bot.core.questionnaire import ItemId
from bot.core.records import Person, PersonId, Pilot, Request
from bot.core.reviewing import may_confirm, reviewer_of
from bot.service import evaluate, house, registry
from bot.service.made_of import request_of
from bot.service.work import Work

CONFIRM, APPROVE, THRESHOLD = (
    "confirm",
    "approve",
    "threshold",
)  # kinds of requests about gates and their rules
KINDS = frozenset({CONFIRM, APPROVE, THRESHOLD})
CONFIRMING = frozenset({words.CONFIRM, words.NOT_YET, words.PASS_ON})  # verbs of the buttons


def written(items: tuple[tuple[ItemId, str], ...]) -> str:
    """The (item, role) pairs of a request as its text keeps them."""
    return " ".join(f"{item}:{role}" for item, role in items)


def asked_for(request: Request) -> tuple[tuple[ItemId, str], ...]:
    """The (item, role) pairs that a request asks for."""
    pairs = (pair.partition(":") for pair in request.text.split())
    return tuple((item, role) for item, _, role in pairs)


def leads(work: Work, *roles: str) -> tuple[PersonId, ...]:
    """The portfolio leads, read only where one of the roles is theirs."""
    return tuple(person.id for person in registry.leads(work.unit)) if "lead" in roles else ()


def card_of(work: Work, request: Request) -> Card:
    """The message of a request about a gate, as it stands now."""
    pilot = work.unit.pilot(request.pilot)
    if pilot is None:
        return notes.not_there()
    if request.kind == APPROVE:
        return _approve_card(work, request, pilot)
    if request.kind == THRESHOLD:
        asked_by = work.unit.person(request.asked_by) if request.asked_by else None
        return threshold_words.request_card(request, pilot, asked_by.name if asked_by else "Rampcheck")
    gate = evaluate.gate_of(work, pilot, work.unit.levels(pilot.id))
    asker = work.unit.person(request.asked_by) if request.asked_by else None
    stage = gate.opens if gate is not None and gate.id == request.topic else ""
    return words.confirm_card(
        request, pilot, stage, asker.name if asker else "Rampcheck", tuple(lines(work, request, pilot, gate))
    )


def _approve_card(work: Work, request: Request, pilot: Pilot) -> Card:
    decider = work.unit.person(request.asked_by) if request.asked_by else None
    stage, _, reason = request.text.partition(" ")
    return words.approve_card(request, pilot, stage, decider.name if decider else "Somebody", reason)


def open_card(work: Work, person: Person, ident: int) -> Card:
    """A request about a gate shown once more to whom it asks; what is answered or another's is not there."""
    found = request_of(work, person, ident)
    if found is None or found[0].reply or found[0].kind not in KINDS:
        return notes.not_there()
    return card_of(work, found[0])


def lines(work: Work, request: Request, pilot: Pilot, gate: GateResult | None) -> Iterator[words.Line]:
    """Each item that a request asks for, with what became of it; none once its gate is behind the pilot."""
    if gate is None or gate.id != request.topic:
        return
    levels, model = work.unit.levels(pilot.id), work.content.model
    for ident, role in asked_for(request):
        item, found = model.item(ident), gate.item(ident)
        if item is None or found is None:
            continue
        level = levels.get(ident)
        by = work.unit.person(level.by) if level and level.by else None
        answer = _answer(work, request, pilot, found, role)
        yield words.Line(item, level, found.need, role, by.name if by else "", answer)


def _answer(work: Work, request: Request, pilot: Pilot, item: GateItem, role: str) -> str:
    """What its reviewer said of an item, or that it needs nothing from them; empty while it waits for them."""
    verdict = next((one for one in item.verdicts if one.role == role), None)
    if verdict is not None and verdict.by == request.person and verdict.at >= request.asked_at:
        return words.YES if verdict.yes else words.no(verdict.reason)
    people, pilot = leads(work, role), house.whole(work, pilot)
    now = reviewer_of(pilot, role, item.id, leads=people)
    if now != request.person and not (role == "lead" and request.person in people):
        known = work.unit.person(now) if now else None
        return words.passed_on(known.name if known else "")
    if role not in item.unconfirmed:
        return words.SETTLED
    return words.SETTLED if may_confirm(pilot, item, role, request.person, leads=people) else ""
