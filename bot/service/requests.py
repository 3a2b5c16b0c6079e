"""What one person asks of another by a message with buttons: clear a blocker, accept a role; it must not word it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.core import outcome
from bot.core.bundles import Lane
from bot.core.card import Card
from bot.core.compose import notes
from bot.core.compose import shared as shared_words
from bot.core.compose import silence as silence_words
from bot.core.compose import succession as succession_words
from bot.core.ports import Message, Nothing, Reply, Show, Unit
from bot.core.records import Event, Person, PersonId, Pilot, Request
from bot.core.tokens import Token
from bot.service import bundling, confirming, evaluate, homes, hours, registry, telling, unanswered
from bot.service import shared_requests as shared
from bot.service.made_of import request_of
from bot.service.shared_requests import WITHDRAWN
from bot.service.work import Held, Work

HELP, OWNER, SPONSOR, CLOSE, SUCCESSOR, SILENT = "help", "owner", "sponsor", "close", "successor", "silent"
ROLES = (OWNER, SPONSOR)
STARTED = 2  # the level of value.baseline with a measure and its starting value
ANSWERS = {
    "on_it": "On it",
    "not_me": "Not me",
    "talk": "Need to talk",
    "accept": "Accept",
    "done": "All done",
}


def ask(work: Work, pilot: Pilot, request: Request) -> bool:
    """Send a request to its person; False when it was sent before or they cannot be reached.

    What nobody but Rampcheck asks keeps good hours.
    """
    unit = work.unit
    address, person = registry.address_of(unit, request.person), unit.person(request.person)
    if address is None or person is None or not person.active or _sent(unit, request):
        return False
    standing = shared.standing(work, request) if request.kind == HELP else None
    if standing is not None:
        return _join(work, pilot, request, standing)
    stored = _saved(work, request)
    if not _is_away(work, request.person):  # else it is sent when they are back
        at = (
            hours.good(work, person, work.now) if request.asked_by is None else None
        )  # somebody waits for theirs
        _send(work, stored, Message(_key(stored), address, _card(work, [stored]), not_before=at))
    _record(work, stored)
    return True


def _send(work: Work, request: Request, message: Message) -> None:
    """At once; why nobody answers in one message with the same about other pilots, where that is gathered."""
    pilot = work.unit.pilot(request.pilot) if request.kind == SILENT else None
    if work.gathered is not None and pilot is not None:
        work.gathered.said.append(Held(message, unanswered.line_of(work, pilot, request), Lane.NO_ANSWER))
    else:
        work.unit.enqueue(message, work.now)


def to(request: Request, person: PersonId) -> Request:
    """The same request to another person."""
    return replace(request, person=person)


def send_held(work: Work, person: Person) -> int:
    """Send what was asked of somebody while they were away, one message for equal blockers; how much is open.

    What was sent before is not again.
    """
    held = shared.by_message(work.unit.requests(person=person.id))
    address = registry.address_of(work.unit, person.id)
    together = bundling.gathering(work)
    for group in held:
        if address is not None and not _stands_already(work, group[0]):
            _send(together, group[0], Message(_key(group[0]), address, _card(work, group)))
    bundling.send(together)
    return len(held)


def _stands_already(work: Work, request: Request) -> bool:
    """Whether a question that may stand in a message with others was put into one, or into its own."""
    key = _key(request)
    return request.kind == SILENT and bool(work.unit.stands_in(key) or work.unit.posted(key))


def _is_away(work: Work, person: PersonId) -> bool:
    known = work.unit.person(person)
    return known is not None and work.is_away(known)


def _join(work: Work, pilot: Pilot, request: Request, standing: Request) -> bool:
    """One more pilot waits for what its person is asked already: the message that stands names it too.

    Nobody is asked again. Where the answer is there, whoever asks has it at once: False, as nobody was asked.
    """
    if any(one.pilot == pilot.id for one in shared.members(work, standing)):
        return False
    under = shared.anchor_of(standing)
    joined = replace(request, under=under, reply=standing.reply, replied_at=standing.replied_at)
    stored = _saved(work, joined)
    _record(work, stored)
    _show(work, stored, f"joined:{stored.id}")
    if stored.reply:
        _tell_standing(work, pilot, stored)
    return not stored.reply


def _tell_standing(work: Work, pilot: Pilot, request: Request) -> None:
    asker, person = work.unit.person(request.asked_by or 0), work.unit.person(request.person)
    address = registry.address_of(work.unit, asker.id) if asker else None
    if address is None or person is None:
        return
    replied = work.day(request.replied_at or work.now, asker)
    answer, today = ANSWERS[request.reply], work.today(asker)
    card = shared_words.stands(
        pilot.name, person.name, request.topic, answer=answer, replied=replied, today=today
    )
    work.unit.enqueue(Message(f"request:{request.id}:stands", address, card), work.now)


def _record(work: Work, asked: Request) -> None:
    kind = f"request.{asked.kind}"
    work.unit.record(Event(kind, work.now, asked.asked_by, asked.pilot, str(asked.id), after=asked.person))


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
                _reword(work, replace(known, text=fresh.text))
        elif cleared or known.checkin == checkin:
            withdraw(work, pilot, known)


def _saved(work: Work, request: Request) -> Request:
    homes.outdated(work, (request.person,))
    return work.unit.save_request(request)


def withdraw(work: Work, pilot: Pilot, request: Request) -> None:
    """A question that is no longer put: its message says so."""
    _saved(work, replace(request, reply=WITHDRAWN, replied_at=work.now))
    work.unit.record(Event("request.withdrawn", work.now, None, pilot.id, str(request.id)))
    if request.kind == HELP and shared.members(work, request):
        _show(work, request, f"{WITHDRAWN}:{request.id}")
    elif not _unsent(work, request):  # what was not sent yet never is
        _amend(work, request, notes.withdrawn_request(pilot.name), WITHDRAWN)


def _reword(work: Work, request: Request) -> None:
    _saved(work, request)
    _show(work, request, f"text:{work.now.isoformat()}")


def _show(work: Work, request: Request, why: str) -> None:
    """The message of a request for help shows all that it asks for now, and what was answered."""
    group = shared.members(work, request)
    if group:
        _amend(work, request, _card(work, group), why)


def _card(work: Work, group: Sequence[Request]) -> Card:
    """The one message for requests that stand in it: what one asks, or all of them with what was answered."""
    if group[0].kind in confirming.KINDS:
        return confirming.card_of(work, group[0])
    answer = ANSWERS.get(group[0].reply, "")
    if len(group) > 1 or answer:
        return shared.card(work, group, answer=answer)
    pilot, asked_by = work.unit.pilot(group[0].pilot), work.unit.person(group[0].asked_by or 0)
    if group[0].kind == SILENT and pilot is not None:
        return unanswered.card_of(work, pilot, group[0])
    if group[0].kind == SUCCESSOR:
        deputy = work.unit.person((pilot.deputy if pilot else None) or 0)
        return succession_words.successor_card(
            group[0], pilot.name if pilot else "", deputy.name if deputy and deputy.active else ""
        )
    return notes.request_card(
        group[0], pilot.name if pilot else "", asked_by.name if asked_by else "Rampcheck"
    )


def stands_with_others(work: Work, request: Request) -> bool:
    """Whether its message is one about several pilots."""
    return bool(_host(work, request))


def _host(work: Work, request: Request) -> str:
    """The key of the message about several pilots in which a request stands; empty for one of its own."""
    return work.unit.stands_in(_key(request)) if request.kind == SILENT else ""


def _unsent(work: Work, request: Request) -> bool:
    """Whether it was not sent yet, and is not now: its own message, or its line in that about several pilots."""
    host, address = _host(work, request), registry.address_of(work.unit, request.person)
    if host and address is not None:
        return bundling.take_out(work, host, _key(request), address)
    return work.unit.cancel(host or _key(request), "settled meanwhile")


def open_card(work: Work, person: Person, ident: int) -> Card:
    """A request shown once more to whom it asks, or what became of it; another's is not there."""
    found = request_of(work, person, ident)
    if found is None or found[0].kind != SILENT:
        return confirming.open_card(work, person, ident)
    request, _ = found
    return what_became_of(work, request) if request.reply else _card(work, [request])


def what_became_of(work: Work, request: Request) -> Card:
    """What is said of a request that is settled, where it stands in a message about several pilots."""
    host = _host(work, request)
    strips = work.unit.strips(host) if host else ()
    line = next((one.card for one in strips if one.key == _key(request) and one.card.body), None)
    return silence_words.came_to(line) if line is not None else notes.stale()


def _amend(work: Work, request: Request, card: Card, why: str) -> None:
    address, host = registry.address_of(work.unit, request.person), _host(work, request)
    pilot = work.unit.pilot(request.pilot)
    if host and address is not None and pilot is not None:
        line = silence_words.settled_line(pilot.name, card)
        bundling.change(work, host, _key(request), line, address=address, to=f"{request.id}:{why}")
    elif (
        address is not None and work.unit.posted(_key(request)) is not None
    ):  # else it is held: they are away
        message = Message(f"{_key(request)}:{why}", address, card, replaces=_key(request))
        work.unit.enqueue(message, work.now)


def ask_roles(work: Work, pilot: Pilot, *, asked_by: PersonId | None) -> None:
    """Ask a named owner and sponsor, who did not name themselves, whether they accept; others need not any more.

    Nor need anybody say any more who takes over a part that somebody has.
    """
    for known in work.unit.requests(pilot=pilot.id):
        refilled = known.kind == SUCCESSOR and getattr(pilot, known.topic) is not None
        if refilled or (known.kind in ROLES and getattr(pilot, known.kind) != known.person):
            withdraw(work, pilot, known)
    wanted = ((OWNER, pilot.owner, pilot.owner_accepted), (SPONSOR, pilot.sponsor, pilot.sponsor_accepted))
    for kind, person, accepted in wanted:
        if person is not None and not accepted and person != asked_by:
            ask(work, pilot, Request(0, kind, pilot.id, person, asked_by, work.now, topic=kind))


def replied(work: Work, person: Person, token: Token) -> Reply:
    """A button of a request was pressed by `person`; only the one who was asked may answer, while it is true."""
    found = request_of(work, person, token.id)
    if found is None or token.verb not in ANSWERS:
        return Show(notes.not_there())
    request, pilot = found
    group = shared.members(work, request) if request.kind == HELP else [request]
    if group and all(one.reply == token.verb for one in group):
        return Nothing()
    refused = request.kind in ROLES and getattr(pilot, request.kind) != person.id
    if not group or group[0].reply == WITHDRAWN or refused:
        return Show(notes.stale())
    for one in group:
        _answer(work, one, person, token.verb)
    _show_answer(work, pilot, request, token.verb, alone=len(group) == 1)
    return Nothing()


def _answer(work: Work, request: Request, person: Person, verb: str) -> None:
    """One reply: kept, made true, and told to whoever asked."""
    pilot = work.unit.pilot(request.pilot)
    if pilot is None or request.reply == verb:
        return
    _saved(work, replace(request, reply=verb, replied_at=work.now))
    work.unit.record(
        Event("request.reply", work.now, person.id, pilot.id, str(request.id), request.reply or None, verb)
    )
    _apply(work, pilot, request, person, verb)
    _tell(work, pilot, request, person, verb)


def _apply(work: Work, pilot: Pilot, request: Request, person: Person, verb: str) -> None:
    """Accepting a role makes it true; refusing it empties the role."""
    if request.kind not in ROLES:
        return
    accepted = f"{request.kind}_accepted"
    changes: dict[str, Any] = {accepted: True} if verb == "accept" else {request.kind: None, accepted: False}
    if request.kind == OWNER and verb == "accept":
        changes |= outcome.accepted(pilot, work.today())
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
        work.unit.add_snapshot(evaluate.snapshot(work, pilot))


def _show_answer(work: Work, pilot: Pilot, request: Request, verb: str, *, alone: bool) -> None:
    """The message shows its answer."""
    if alone:
        _amend(work, request, notes.replied_card(request, pilot.name, ANSWERS[verb]), verb)
    else:
        _show(work, request, verb)


def _tell(work: Work, pilot: Pilot, request: Request, person: Person, verb: str) -> None:
    """Whoever asked hears of it."""
    asker = request.asked_by or pilot.owner
    if asker and asker != person.id:
        asked = _named_by(work, request) if verb == "not_me" else None
        again = (succession_words.name_button(asked, "Name somebody else"),) if asked else ()
        told = notes.reply_told_card(request, pilot.name, person.name, ANSWERS[verb], actions=again)
        telling.tell(work, asker, f"request:{request.id}:{verb}:told", told)


def _named_by(work: Work, request: Request) -> Request | None:
    """The question who takes over a part, by which whoever refuses it now was named; they may name somebody else."""
    asked = work.unit.requests(pilot=request.pilot, person=request.asked_by or 0, unanswered=False)
    same = (one for one in asked if (one.kind, one.topic) == (SUCCESSOR, request.kind))
    return next((one for one in same if one.reply != WITHDRAWN), None)


def settle(work: Work, pilot: Pilot, request: Request, reply: str, card: Card) -> None:
    """A question has its answer, which is none of ANSWERS; its message shows `card`."""
    if request.reply != reply:
        _saved(work, replace(request, reply=reply, replied_at=work.now))
        event = Event("request.reply", work.now, request.person, pilot.id, str(request.id), after=reply)
        work.unit.record(event)
    _amend(work, request, card, f"{reply}:{work.now.isoformat()}")


def call_back(work: Work, pilot: Pilot, request: Request, card: Card) -> None:
    """A question is not needed any more: it is not sent, or where it was, shows `card`."""
    _saved(work, replace(request, reply=WITHDRAWN, replied_at=work.now))
    work.unit.record(Event("request.withdrawn", work.now, None, pilot.id, str(request.id)))
    if not _unsent(work, request):
        _amend(work, request, card, WITHDRAWN)


def let_go(work: Work, pilot: Pilot, request: Request, why: str) -> None:
    """Whoever a request asks is gone: it is withdrawn, and whoever asked it hears that nobody has it."""
    withdraw(work, pilot, request)
    asker = next((one for one in (request.asked_by, pilot.owner) if one and one != request.person), None)
    if asker is not None and request.kind in (HELP, CLOSE):
        telling.tell(
            work, asker, f"request:{request.id}:let_go", succession_words.let_go(request, pilot.name, why)
        )


def _key(request: Request) -> str:
    return f"request:{shared.anchor_of(request)}"
