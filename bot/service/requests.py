"""What one person asks of another by a message with buttons: clear a blocker, accept a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.compose import notes
from bot.core.ports import Message, Nothing, Reply, Show, Unit
from bot.core.records import Event, Person, PersonId, Pilot, Request
from bot.core.tokens import Token
from bot.service import registry
from bot.service.work import Work

HELP, OWNER, SPONSOR = "help", "owner", "sponsor"
ANSWERS = {
    "on_it": "On it",
    "not_me": "Not me",
    "talk": "Need to talk",
    "accept": "Accept",
}


def ask(unit: Unit, pilot: Pilot, request: Request, now: datetime) -> bool:
    """Send a request to its person; False when the same one is already open with them or they cannot be reached."""
    address = registry.address_of(unit, request.person)
    asked_by = unit.person(request.asked_by) if request.asked_by else None
    stored = registry.ask_for(unit, request) if address else None
    if stored is None or address is None:
        return False
    card = notes.request_card(stored, pilot.name, asked_by.name if asked_by else "Rampcheck")
    unit.enqueue(Message(_key(stored), address, card), now)
    unit.record(
        Event(
            f"request.{request.kind}", now, request.asked_by, pilot.id, str(stored.id), after=request.person
        )
    )
    return True


def ask_roles(unit: Unit, pilot: Pilot, *, asked_by: PersonId | None, now: datetime) -> None:
    """Ask a named owner and sponsor, who did not name themselves, whether they accept."""
    wanted = ((OWNER, pilot.owner, pilot.owner_accepted), (SPONSOR, pilot.sponsor, pilot.sponsor_accepted))
    for kind, person, accepted in wanted:
        if person is not None and not accepted and person != asked_by:
            ask(unit, pilot, Request(0, kind, pilot.id, person, asked_by, now, topic=kind), now)


def replied(work: Work, person: Person, token: Token, values: Mapping[str, Any]) -> Reply:
    """A button of a request was pressed by `person`; only the one who was asked may answer."""
    del values  # requests are answered by their button alone
    request = work.unit.request(token.id)
    pilot = work.unit.pilot(request.pilot) if request else None
    if request is None or pilot is None or request.person != person.id or token.verb not in ANSWERS:
        return Show(notes.not_there())
    if request.reply == token.verb:
        return Nothing()
    work.unit.save_request(replace(request, reply=token.verb, replied_at=work.now))
    work.unit.record(
        Event("request.reply", work.now, person.id, pilot.id, str(request.id), request.reply, token.verb)
    )
    _apply(work, pilot, request, person, token.verb)
    _tell(work, pilot, request, person, token.verb)
    return Nothing()


def _apply(work: Work, pilot: Pilot, request: Request, person: Person, verb: str) -> None:
    """Accepting a role makes it true; refusing it empties the role."""
    if request.kind not in (OWNER, SPONSOR) or getattr(pilot, request.kind) != person.id:
        return
    accepted = f"{request.kind}_accepted"
    changes: dict[str, Any] = {accepted: True} if verb == "accept" else {request.kind: None, accepted: False}
    registry.change_pilot(work, pilot, changes, actor=person.id)


def _tell(work: Work, pilot: Pilot, request: Request, person: Person, verb: str) -> None:
    """The message shows its answer, and whoever asked hears of it."""
    own = registry.address_of(work.unit, person.id)
    if own is not None:
        card = notes.replied_card(request, pilot.name, ANSWERS[verb])
        work.unit.enqueue(Message(f"{_key(request)}:{verb}", own, card, replaces=_key(request)), work.now)
    asker = request.asked_by or pilot.owner
    address = registry.address_of(work.unit, asker) if asker and asker != person.id else None
    if address is not None:
        told = notes.reply_told_card(request, pilot.name, person.name, ANSWERS[verb])
        work.unit.enqueue(Message(f"{_key(request)}:{verb}:told", address, told), work.now)


def _key(request: Request) -> str:
    return f"request:{request.id}"
