"""A reply in the terms of the surface that asked: what goes back at once and which call follows; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final, assert_never

from adapters.teams import controls
from adapters.teams.client import Spot
from adapters.teams.parse import Envelope
from adapters.teams.render import CARD_TYPE, card_of, render
from bot.core.card import Card, Choice, Field, Offer
from bot.core.compose import notes
from bot.core.ports import Close, Nothing, Problems, Reply, Show, Update

Json = Mapping[str, Any]

MESSAGE_TYPE: Final = "application/vnd.microsoft.activity.message"
SEARCH_TYPE: Final = "application/vnd.microsoft.search.searchResponse"
BUSY: Final = "Rampcheck is busy and could not take that in time. Please press again in a moment."
DONE: Final = "Done."
NOT_SAVED: Final = "Not saved."
TOAST: Final = 300  # characters that are shown for a moment; what is longer is a card
AGAIN: Final = 503  # what was only said may come again; who pressed is told


class How(Enum):
    """How somebody acted, and so what can be answered where."""

    PRESSED = auto()  # a button that waits for its answer
    SENT = auto()  # a button of an older client, which waits for nothing
    WROTE = auto()  # a text
    CAME = auto()  # an event


@dataclass(frozen=True, slots=True)
class Surface:
    """Where somebody acted; `member` is their id for this bot."""

    how: How
    spot: Spot
    direct: bool
    member: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Write into a conversation."""

    spot: Spot
    message: Json


@dataclass(frozen=True, slots=True)
class Confide:
    """Tell one person alone, who asked in front of others."""

    spot: Spot
    member: str
    message: Json


Call = Post | Confide


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back with the acknowledgement, and the call to Teams that follows it."""

    body: Json | None = None
    then: Call | None = None
    status: int = 200


def surface_of(raw: Mapping[Any, Any], found: Envelope) -> Surface:
    """The surface of a verified activity."""
    spot = Spot(found.service, found.conversation, found.tenant)
    who = raw.get("from")
    member = who.get("id") if isinstance(who, Mapping) else ""
    return Surface(_how(raw), spot, found.direct, member if isinstance(member, str) else "")


def answer(reply: Reply, surface: Surface) -> Answer:
    """How a surface shows a reply."""
    match surface.how:
        case How.PRESSED:
            return _to_press(reply, surface)
        case How.SENT | How.WROTE | How.CAME:
            return _to_message(reply, surface)
    assert_never(surface.how)


def asking(data: Mapping[Any, Any], surface: Surface) -> Answer:
    """A button that asks for something first: its question; nothing is stored before that is sent."""
    card = controls.question(data)
    if card is None:
        return Answer()
    if surface.how is How.PRESSED:
        return Answer(_in_place(controls.carrying(card_of(card), data)))
    return Answer(then=Post(surface.spot, render(card)))


def asked_again(card: Card, data: Mapping[Any, Any], entered: Mapping[str, Any], wrong: Problems) -> Answer:
    """The form that was sent, with what was entered in it, and what is wrong at its field."""
    filled = tuple(_filled(field, entered.get(field.name)) for field in card.fields)
    drawn = card_of(replace(card, fields=filled, problems=tuple(wrong.by_field.items())))
    return Answer(_in_place(controls.carrying(drawn, data) if controls.asked_with(data) else drawn))


def busy(surface: Surface) -> Answer:
    """Nothing was stored: said where the person looks; what was only said is to be delivered again."""
    return _toast(BUSY) if surface.how is How.PRESSED else Answer(status=AGAIN)


def found(offers: tuple[Offer, ...]) -> Answer:
    """What a search brought."""
    results = [
        {"value": one.value, "title": f"{one.label}: {one.hint}" if one.hint else one.label} for one in offers
    ]
    return Answer({"statusCode": 200, "type": SEARCH_TYPE, "value": {"results": results}})


# --- inside


def _how(raw: Mapping[Any, Any]) -> How:
    match raw.get("type"):
        case "invoke":
            return How.PRESSED
        case "message":
            return How.SENT if isinstance(raw.get("value"), Mapping) else How.WROTE
        case _:
            return How.CAME


def _to_press(reply: Reply, surface: Surface) -> Answer:
    match reply:
        case Show(card) if _is_short(card):
            return _toast(card.fallback)
        case Show(card) if surface.direct and not card.fields:
            return Answer(_said(card.title or DONE), Post(surface.spot, render(card)))
        case Show(card) | Update(card):
            return Answer(_in_place(card_of(card)))
        case Problems(by_field):
            return _toast(f"{NOT_SAVED} {said(by_field)}")
        case Nothing() | Close():
            return _toast(DONE)
    assert_never(reply)


def _to_message(reply: Reply, surface: Surface) -> Answer:
    match reply:
        case Show(card, private):
            message = render(card)
            if private and not surface.direct:
                return Answer(then=Confide(surface.spot, surface.member, message))
            return Answer(then=Post(surface.spot, message))
        case Problems(by_field):
            return Answer(then=Post(surface.spot, render(notes.problem(said(by_field)))))
        case Nothing() | Update() | Close():
            return Answer()  # the message itself is the outbox's to change
    assert_never(reply)


def said(by_field: Mapping[str, str]) -> str:
    """Everything that is wrong, each once."""
    return "\n".join(dict.fromkeys(by_field.values()))


def _is_short(card: Card) -> bool:
    """A remark with nothing to press: it is read and gone."""
    return not card.fields and not card.actions and len(card.body) <= 1 and len(card.fallback) <= TOAST


def _toast(text: str) -> Answer:
    return Answer(_said(text[:TOAST]))


def _said(text: str) -> Json:
    return {"statusCode": 200, "type": MESSAGE_TYPE, "value": text}


def _in_place(drawn: Json) -> Json:
    return {"statusCode": 200, "type": CARD_TYPE, "value": drawn}


def _filled(field: Field, value: Any) -> Field:
    """A field with what this person entered a moment ago."""
    if isinstance(field, Choice):
        entered = tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else ()
        return replace(field, initial=entered)
    return replace(field, initial=value if isinstance(value, str) else "")
