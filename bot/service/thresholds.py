"""Launch and stop rules: given once, then changed only with somebody else's yes; it words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import permissions, thresholds
from bot.core.answers import tidy
from bot.core.compose import notes
from bot.core.compose import thresholds as words
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Problems, Reply, Show
from bot.core.records import Event, Person, PersonId, Pilot, Request
from bot.core.thresholds import FIELDS, KINDS, LIMIT, Threshold
from bot.core.tokens import Token
from bot.service import registry, requests, telling
from bot.service.confirming import THRESHOLD
from bot.service.made_of import request_of
from bot.service.work import Work

Values = Mapping[str, Any]
CHANGES_READ = 50  # changes of two rules, each agreed by somebody
VERBS = frozenset({words.AGREE, words.KEEP})


def of(work: Work, pilot: Pilot) -> tuple[Threshold, ...]:
    """The rules of a pilot as they stand; nothing is read where there are none."""
    if not (pilot.scale_if or pilot.stop_if):
        return ()
    return thresholds.thresholds(pilot, work.unit.events(pilot=pilot.id, kinds=KINDS, limit=CHANGES_READ))


def proposed(work: Work, person: Person, pilot: Pilot, given: Values) -> str | Problems:
    """The form that proposes a rule; what came of it, in words."""
    field, text = str(given.get(words.FIELD) or ""), tidy(str(given.get(words.TEXT) or ""))[:LIMIT]
    if not permissions.may(person, Action.PROPOSE_RULE, pilot):
        return Problems({"": words.NOT_YOURS})
    if field not in FIELDS:
        return Problems({words.FIELD: words.CHOOSE})
    if not text:
        return Problems({words.TEXT: words.SAY})
    if text == getattr(pilot, field):
        return Problems({words.TEXT: words.SAME})
    return propose(work, pilot, {field: text}, by=person.id) or Problems({words.TEXT: words.NOBODY})


def propose(work: Work, pilot: Pilot, wanted: Mapping[str, str], *, by: PersonId) -> str:
    """Give rules that are not there yet, and ask for a yes to others; what came of it, empty where nobody can agree."""
    said = ""
    for field, text in wanted.items():
        if not getattr(pilot, field):
            pilot = registry.change_pilot(work, pilot, {field: text}, actor=by)
            said = words.set_note(field, text)
            continue
        who = thresholds.agrees(pilot, by)
        person = work.unit.person(who) if who is not None else None
        if person is None:
            continue
        _withdraw_others(work, pilot, field)
        request = Request(0, THRESHOLD, pilot.id, person.id, by, work.now, text, field)
        if requests.ask(work, pilot, request):
            said = words.asked_note(person.name)
    return said


def _withdraw_others(work: Work, pilot: Pilot, field: str) -> None:
    """A newer proposal takes the place of the one that is open."""
    for known in work.unit.requests(pilot=pilot.id):
        if (known.kind, known.topic) == (THRESHOLD, field):
            requests.withdraw(work, pilot, known)


def answered(work: Work, person: Person, token: Token) -> Reply:
    """The sponsor agrees to another rule, or keeps the one there is."""
    found = request_of(work, person, token.id)
    if found is None or found[0].kind != THRESHOLD:
        return Show(notes.not_there())
    request, pilot = found
    if request.reply:
        return Nothing() if request.reply == token.verb else Show(notes.stale())
    agreed = token.verb == words.AGREE
    if agreed and thresholds.agrees(pilot, request.asked_by or 0) != person.id:
        return Show(notes.stale())  # their part in the pilot is another by now
    work.unit.save_request(replace(request, reply=token.verb, replied_at=work.now))
    work.unit.record(Event("request.reply", work.now, person.id, pilot.id, str(request.id), after=token.verb))
    if agreed:
        pilot = registry.change_pilot(work, pilot, {request.topic: request.text}, actor=person.id)
    card, key = words.answered_card(request, pilot, person.name, agreed=agreed), f"request:{request.id}"
    own = registry.address_of(work.unit, person.id)
    if own is not None:
        work.unit.enqueue(Message(f"{key}:{person.id}", own, card, replaces=key), work.now)
    if request.asked_by is not None and request.asked_by != person.id:
        telling.tell(work, request.asked_by, f"{key}:{request.asked_by}", card)
    return Nothing()
