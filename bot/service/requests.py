"""What one person asks of another by a message with buttons: clear a blocker, accept a role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core import outcome
from bot.core.card import Card
from bot.core.compose import notes
from bot.core.ports import Message, Nothing, Reply, Show, Unit
from bot.core.records import Event, Person, PersonId, Pilot, Request
from bot.core.tokens import Token
from bot.service import homes, registry
from bot.service.work import Work

HELP, OWNER, SPONSOR, CLOSE = "help", "owner", "sponsor", "close"
ROLES = (OWNER, SPONSOR)
WITHDRAWN = "withdrawn"  # in place of a reply: the question is no longer put
STARTED = 2  # the level of value.baseline with a measure and its starting value
ANSWERS = {
    "on_it": "On it",
    "not_me": "Not me",
    "talk": "Need to talk",
    "accept": "Accept",
    "done": "All done",
}


def ask(work: Work, pilot: Pilot, request: Request) -> bool:
    """Send a request to its person; False when it was sent before or they cannot be reached."""
    unit = work.unit
    address = registry.address_of(unit, request.person)
    asked_by = unit.person(request.asked_by) if request.asked_by else None
    if address is None or _sent(unit, request):
        return False
    stored = _saved(work, request)
    if not _is_away(work, request.person):  # else it is sent when they are back
        card = notes.request_card(stored, pilot.name, asked_by.name if asked_by else "Rampcheck")
        unit.enqueue(Message(_key(stored), address, card), work.now)
    event = Event(
        f"request.{request.kind}", work.now, request.asked_by, pilot.id, str(stored.id), after=request.person
    )
    unit.record(event)
    return True


def send_held(work: Work, person: Person) -> int:
    """Send what was asked of somebody while they were away; how much is open. What was sent before is not again."""
    held = work.unit.requests(person=person.id)
    address = registry.address_of(work.unit, person.id)
    for request in held:
        pilot = work.unit.pilot(request.pilot)
        asked_by = work.unit.person(request.asked_by) if request.asked_by else None
        if pilot is not None and address is not None:
            card = notes.request_card(request, pilot.name, asked_by.name if asked_by else "Rampcheck")
            work.unit.enqueue(Message(_key(request), address, card), work.now)
    return len(held)


def _is_away(work: Work, person: PersonId) -> bool:
    known = work.unit.person(person)
    return known is not None and work.is_away(known)


def _sent(unit: Unit, request: Request) -> bool:
    """Whether the same is open with them, or was asked by this very check-in, answered or not."""
    return any(
        (known.kind, known.topic) == (request.kind, request.topic)
        and (not known.reply or (request.checkin is not None and known.checkin == request.checkin))
        and known.reply != WITHDRAWN
        for known in unit.requests(pilot=request.pilot, person=request.person, unanswered=False)
    )


def keep_true(work: Work, pilot: Pilot, fresh: Request | None, *, checkin: int, cleared: bool) -> None:
    """Open requests for help follow what is said now: one that no longer holds is withdrawn, a new text is shown.

    `cleared`: nothing is in the way any more, so whatever was asked before is settled too.
    """
    for known in work.unit.requests(pilot=pilot.id):
        if known.kind != HELP:
            continue
        if fresh is not None and (known.person, known.topic) == (fresh.person, fresh.topic):
            if fresh.text not in ("", known.text):
                _reword(work, pilot, replace(known, text=fresh.text))
        elif cleared or known.checkin == checkin:
            _withdraw(work, pilot, known)


def _saved(work: Work, request: Request) -> Request:
    homes.outdated(work, (request.person,))
    return work.unit.save_request(request)


def _withdraw(work: Work, pilot: Pilot, request: Request) -> None:
    _saved(work, replace(request, reply=WITHDRAWN, replied_at=work.now))
    work.unit.record(Event("request.withdrawn", work.now, None, pilot.id, str(request.id)))
    _amend(work, request, notes.withdrawn_request(pilot.name), WITHDRAWN)


def _reword(work: Work, pilot: Pilot, request: Request) -> None:
    _saved(work, request)
    asked_by = work.unit.person(request.asked_by) if request.asked_by else None
    card = notes.request_card(request, pilot.name, asked_by.name if asked_by else "Rampcheck")
    _amend(work, request, card, f"text:{work.now.isoformat()}")


def _amend(work: Work, request: Request, card: Card, why: str) -> None:
    address = registry.address_of(work.unit, request.person)
    if address is not None and not _is_away(work, request.person):  # nothing may be there to amend yet
        message = Message(f"{_key(request)}:{why}", address, card, replaces=_key(request))
        work.unit.enqueue(message, work.now)


def ask_roles(work: Work, pilot: Pilot, *, asked_by: PersonId | None) -> None:
    """Ask a named owner and sponsor, who did not name themselves, whether they accept; others need not any more."""
    for known in work.unit.requests(pilot=pilot.id):
        if known.kind in ROLES and getattr(pilot, known.kind) != known.person:
            _withdraw(work, pilot, known)
    wanted = ((OWNER, pilot.owner, pilot.owner_accepted), (SPONSOR, pilot.sponsor, pilot.sponsor_accepted))
    for kind, person, accepted in wanted:
        if person is not None and not accepted and person != asked_by:
            ask(work, pilot, Request(0, kind, pilot.id, person, asked_by, work.now, topic=kind))


def replied(work: Work, person: Person, token: Token) -> Reply:
    """A button of a request was pressed by `person`; only the one who was asked may answer, while it is true."""
    request = work.unit.request(token.id)
    pilot = work.unit.pilot(request.pilot) if request else None
    if request is None or pilot is None or request.person != person.id or token.verb not in ANSWERS:
        return Show(notes.not_there())
    if request.reply == token.verb:
        return Nothing()
    if request.reply == WITHDRAWN or (request.kind in ROLES and getattr(pilot, request.kind) != person.id):
        return Show(notes.stale())
    _saved(work, replace(request, reply=token.verb, replied_at=work.now))
    event = Event(
        "request.reply", work.now, person.id, pilot.id, str(request.id), request.reply or None, token.verb
    )
    work.unit.record(event)
    _apply(work, pilot, request, person, token.verb)
    _tell(work, pilot, request, person, token.verb)
    return Nothing()


def _apply(work: Work, pilot: Pilot, request: Request, person: Person, verb: str) -> None:
    """Accepting a role makes it true; refusing it empties the role."""
    if request.kind not in ROLES:
        return
    accepted = f"{request.kind}_accepted"
    changes: dict[str, Any] = {accepted: True} if verb == "accept" else {request.kind: None, accepted: False}
    changed = registry.change_pilot(work, pilot, changes, actor=person.id)
    if request.kind == SPONSOR and verb == "accept":
        _agree_measure(work, changed, person)


def _agree_measure(work: Work, pilot: Pilot, sponsor: Person) -> None:
    """Metric, start and target are all named, and now the sponsor stands behind them: level 3 (content.md, 3)."""
    level = work.unit.levels(pilot.id).get(outcome.BASELINE)
    named = pilot.baseline is not None and pilot.goal is not None and pilot.target is not None
    if level is not None and level.level == STARTED and named:
        agreed = replace(level, level=STARTED + 1, at=work.now, changed_at=work.now, by=sponsor.id, same=0)
        work.unit.set_level(pilot.id, agreed)


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
