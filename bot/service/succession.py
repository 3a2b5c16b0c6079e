"""Who takes over a part in a pilot that somebody has left: asked once, answered by a person; it words nothing."""

from __future__ import annotations

from typing import Any

from bot.core import outcome, permissions
from bot.core.compose import notes
from bot.core.compose import succession as words
from bot.core.permissions import Action
from bot.core.ports import Nothing, Problems, Reply, Show
from bot.core.records import Person, PersonId, Pilot, Request
from bot.core.tokens import Token
from bot.service import registry, requests
from bot.service.requests import OWNER, SUCCESSOR
from bot.service.shared_requests import WITHDRAWN
from bot.service.work import Work


def ask(work: Work, pilot: Pilot, role: str, why: str) -> int:
    """Ask for a new owner or sponsor; how many are asked. Whoever cannot be reached is not."""
    wanted = Request(0, SUCCESSOR, pilot.id, 0, None, work.now, text=why, topic=role)
    return sum(requests.ask(work, pilot, requests.to(wanted, person)) for person in _whom(work, pilot, role))


def _whom(work: Work, pilot: Pilot, role: str) -> list[PersonId]:
    """The pilot's sponsor, or its owner where that one is missing, and every portfolio lead, each once."""
    other = pilot.sponsor if role == OWNER else pilot.owner
    leads = (lead.id for lead in registry.leads(work.unit, pilot))
    return list(dict.fromkeys((*((other,) if other else ()), *leads)))


def replied(
    work: Work, person: Person, request: Request, token: Token, *, to: Person | Problems | None
) -> Reply:
    """A button of the question who takes over; `to` is whoever was named, or why nobody could be."""
    pilot = work.unit.pilot(request.pilot)
    if pilot is None or not permissions.may(person, Action.REPLY, request):
        return Show(notes.not_there())
    if request.reply == WITHDRAWN or getattr(pilot, f"{request.topic}_accepted"):
        return Show(notes.stale())
    named = _named(work, person, pilot, token.verb, to)
    if isinstance(named, Problems):
        return named
    return _name(work, person, pilot, request, named) if named else Show(notes.stale())


def _named(
    work: Work, person: Person, pilot: Pilot, verb: str, to: Person | Problems | None
) -> Person | Problems | None:
    match verb:
        case words.TAKE:
            return person
        case words.DEPUTY:
            return work.unit.person(pilot.deputy) if pilot.deputy else None
        case words.NAME:
            return to or Problems({words.TO: words.NAME_SOMEBODY})
    return None


def _name(work: Work, person: Person, pilot: Pilot, request: Request, named: Person) -> Reply:
    own = named.id == person.id
    card = words.taken(request, pilot.name) if own else words.named(request, pilot.name, named.name)
    requests.settle(work, pilot, request, f"named {named.id}", card)
    put(work, person, pilot, request.topic, named)
    return Nothing()


def put(work: Work, person: Person, pilot: Pilot, role: str, named: Person) -> None:
    """The part is theirs; whoever names themselves has accepted it, anybody else is asked."""
    changes: dict[str, Any] = {role: named.id, f"{role}_accepted": named.id == person.id}
    if role == OWNER and named.id == person.id:
        changes |= outcome.accepted(pilot, work.today())
    changed = registry.change_pilot(work, pilot, changes, actor=person.id)
    requests.ask_roles(work, changed, asked_by=person.id)
