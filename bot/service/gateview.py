"""The gate before a pilot as one reader sees it, and whom it waits for; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core import gates, permissions, reviewing
from bot.core.compose import gate as words
from bot.core.compose.gate import GateView
from bot.core.gates import GateResult
from bot.core.permissions import Action
from bot.core.ports import Reply, Show
from bot.core.questionnaire import STAGES, ItemId
from bot.core.readiness import stands
from bot.core.records import ItemLevel, Person, PersonId, Pilot, Request
from bot.service import cases, confirming, evaluate, house, release, thresholds
from bot.service.confirming import CONFIRM
from bot.service.work import Work


def show(work: Work, reader: Person, pilot: Pilot) -> Reply:
    """The gate before a pilot, with what its reader can do about it."""
    return Show(words.gate_card(view(work, reader, pilot)))


def view(work: Work, reader: Person, pilot: Pilot) -> GateView:
    """All that is shown of a pilot's gate to one reader."""
    policy, model = work.content.policy, work.content.model
    levels = work.unit.levels(pilot.id)
    gate = evaluate.gate_of(work, pilot, levels)
    back = evaluate.reopened(work, pilot, levels)
    people = confirming.leads(work, *_roles(gate))
    reviewed = house.whole(work, pilot)
    whom = _whom(reviewed, gate, people)
    asked = {one.person: work.day(one.asked_at, reader) for one in _open_requests(work, pilot, gate)}
    decides = bool(cases.role_of(work, pilot, reader.id))
    named = {*whom.values(), *asked, *(one.person for one in pilot.conditions)}
    named |= {one.by for item in gate.items for one in item.verdicts} if gate else set()
    limits = policy.thresholds["gate"]
    return GateView(
        pilot=pilot,
        today=work.today(reader),
        result=gate,
        items={item.id: item for item in model.items()},
        names=_names(work, named),
        reopened=back,
        whom=whom,
        asked=asked,
        open=reviewing.waivable(gate, model.never_waived) if gate and decides else (),
        decides=decides,
        manages=permissions.may(reader, Action.REVIEW, pilot),
        to_ask=len(to_ask(work, pilot, gate)) if gate else 0,
        unnamed=reviewing.nobody_for(reviewed, gate, leads=people) if gate else (),
        own=_own(levels, pilot, reader.id, gate),
        never=tuple(item.id for item in model.items() if item.id in model.never_waived),
        most=int(limits["conditions"]),
        days=int(limits["condition_days"]),
        approvers=gates.approvers(gate, model, policy, risk=pilot.risk) if gate else 1,
        thresholds=thresholds.of(work, pilot),
        proposes=permissions.may(reader, Action.PROPOSE_RULE, pilot),
        release=release.read(work, reader, pilot),
    )


def _roles(gate: GateResult | None) -> tuple[str, ...]:
    return tuple(role for item in gate.items for role in item.roles) if gate else ()


def _whom(
    pilot: Pilot, gate: GateResult | None, leads: tuple[PersonId, ...]
) -> dict[tuple[ItemId, str], PersonId | None]:
    """(item, role) -> who confirms it."""
    return {
        (item.id, role): reviewing.reviewer_of(pilot, role, item.id, leads=leads)
        for item in (gate.items if gate else ())
        for role in item.roles
    }


def _open_requests(work: Work, pilot: Pilot, gate: GateResult | None) -> list[Request]:
    known = work.unit.requests(pilot=pilot.id) if gate else ()
    return [one for one in known if one.kind == CONFIRM and gate is not None and one.topic == gate.id]


def _own(
    levels: Mapping[ItemId, ItemLevel], pilot: Pilot, reader: PersonId, gate: GateResult | None
) -> tuple[ItemId, ...]:
    """The items of which the reader's yes stands, also at gates behind the pilot."""
    found = {
        item: level
        for item, level in levels.items()
        if any(one.by == reader and one.yes and stands(one, level) for one in level.verdicts)
    }
    return tuple(found) if pilot.stage in STAGES or gate is not None else ()


def _names(work: Work, wanted: set[PersonId | None]) -> dict[PersonId, str]:
    found = (work.unit.person(person) for person in wanted if person is not None)
    return {person.id: person.name for person in found if person is not None}


def to_ask(work: Work, pilot: Pilot, gate: GateResult) -> list[tuple[reviewing.Ask, Request | None]]:
    """Whom to ask, each with the request that stands and does not yet ask for all of it."""
    leads = confirming.leads(work, *_roles(gate))
    standing = {one.person: one for one in _open_requests(work, pilot, gate)}
    found = []
    for one in reviewing.asks(house.whole(work, pilot), gate, leads=leads):
        known = standing.get(one.person)
        missing = not known or not set(one.items) <= set(confirming.asked_for(known))
        if missing:
            both = dict.fromkeys((*(confirming.asked_for(known) if known else ()), *one.items))
            found.append((replace(one, items=tuple(both)), known))
    return found
