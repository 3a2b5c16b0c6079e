"""The words about a part in a pilot that somebody has left; it must not know how they left or who is asked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import tokens
from bot.core.card import Button, Card, Person, Tone, say
from bot.core.compose import words
from bot.core.compose.notes import note
from bot.core.records import Request
from bot.core.tokens import About, Token

NAME, TAKE, DEPUTY = "name", "take", "deputy"  # the verbs of its buttons
TO = "to"  # the field that names somebody
NAME_SOMEBODY = "Please name somebody."
_WHAT = {"owner": "answers for its business result", "sponsor": "pays for it and can say stop"}


def successor_card(request: Request, pilot: str, deputy: str) -> Card:
    """Who takes over the request's topic, a part? Its text is why it is free; the `deputy` is asked meanwhile."""
    state = f"{pilot} has no {request.topic} now."
    if request.topic == "owner":
        meanwhile = f"I ask {deputy} its questions." if deputy else "nobody is asked about it."
        state = f"{pilot} has no owner now; until there is one, {meanwhile}"
    asked = f"Who {_WHAT[request.topic]} from now on? They are asked whether they accept."
    lines = (f"{request.text} {state}", asked)
    return Card(
        f"{pilot}: who is its new {request.topic}?",
        "\n".join(lines),
        body=tuple(say(line) for line in lines),
        actions=buttons(request, deputy),
    )


def buttons(request: Request, deputy: str = "") -> tuple[Button, ...]:
    """Name somebody, take it, or where there is one, the deputy in one tap."""
    one_tap = (Button(f"{deputy} does", _token(request, DEPUTY)),) if deputy else ()
    return (
        name_button(request, "Name somebody", Tone.PRIMARY),
        *one_tap,
        Button("I do", _token(request, TAKE)),
    )


def name_button(request: Request, label: str, tone: Tone = Tone.PLAIN) -> Button:
    """The button that asks for a person."""
    who = Person(
        TO, f"Who is the new {request.topic}?", required=True, hint="They are asked whether they accept."
    )
    return Button(label, _token(request, NAME), tone, asks=(who,))


def _token(request: Request, verb: str) -> str:
    return tokens.encode(Token(About.REQUEST, request.id, verb))


def named(request: Request, pilot: str, who: str) -> Card:
    """What the request becomes once somebody was named; another may still be, until they accept."""
    line = f"You named {who} as the new {request.topic}; I have asked them to accept."
    return Card(
        pilot, f"{pilot}: {line}", body=(say(line),), actions=(name_button(request, "Name somebody else"),)
    )


def taken(request: Request, pilot: str) -> Card:
    """What it becomes once the reader has taken the part."""
    return note(f"You are its {request.topic} now. Its questions come at the usual hour.", pilot)


def gone(name: str, *, active: bool) -> str:
    """Why a part is free."""
    return f"{name} cannot be reached any more." if active else f"{name} has left."


def let_go(request: Request, pilot: str, why: str) -> Card:
    """A request whose person can answer no more, to whoever asked it."""
    if request.kind == "help":
        again = "To ask somebody else, correct your answer to “Who can clear it?”."
        return note(f"{why} Nobody has your request for help with “{request.topic}” now. {again}", pilot)
    return note(f"{why} Nobody sees to these steps now: {request.text}", pilot)


def back(name: str, pilots: Sequence[str], role: str) -> Card:
    """Somebody is here again and has their part back."""
    return note(f"{name}, you are the {role} of {words.listed(pilots)} again.", "Welcome back")
