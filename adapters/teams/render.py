"""Draws a card as a Teams message: one Adaptive Card with the whole screen in it; it must not know who reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from adapters.common.text import clean, cut_bytes
from adapters.teams import controls, limits
from adapters.teams.elements import body
from adapters.teams.inputs import SUBTLE, asked
from adapters.teams.pen import Json, Pen, rich, run, words
from bot.core.card import Card, Field

CARD_TYPE: Final = "application/vnd.microsoft.card.adaptive"
VERSION: Final = "1.5"  # what Teams draws; its own additions stand within it
TOO_LARGE = "This message is too large to show here."
WARNING = "⚠ "


def render(card: Card) -> Json:
    """The message of a card: `summary`, which is complete without the rest, and the card as its attachment.

    Never over the platform's limit: long texts are cut first, then whole parts are left out, which is said.
    """
    drawn = card_of(card)
    message = {
        "type": "message",
        "summary": "",
        "attachments": [{"contentType": CARD_TYPE, "content": drawn}],
    }
    room = limits.MESSAGE_BYTES - size(message)
    return {**message, "summary": cut_bytes(clean(card.fallback), room)}


def card_of(card: Card) -> Json:
    """The Adaptive Card alone, as an answer to a press takes it; at most CARD_BYTES."""
    for pen in _pens():
        drawn = _card(card, pen)
        if size(drawn) <= limits.CARD_BYTES:
            return drawn
    # Nothing but absurd tokens, names or addresses gets here: the words alone, so that the person sees something.
    bare = Card(card.title, "", footer=TOO_LARGE)
    return _card(bare, Pen(shrink=64))


def size(part: Mapping[str, Any]) -> int:
    """Bytes as JSON, with the spaces that a careless encoder puts in."""
    return len(json.dumps(part, ensure_ascii=False).encode())


def _pens() -> Iterable[Pen]:
    yield from (Pen(shrink=2**power) for power in range(7))
    yield from (Pen(shrink=64, thin=2**power) for power in range(1, 9))


def _card(card: Card, pen: Pen) -> Json:
    fields = [field for field in card.fields if 0 < len(field.name) <= limits.NAME]
    pen.count("question", len(card.fields) - len(fields))
    elements = [
        *words(pen.line(card.title, limits.TITLE), weight="Bolder", size="Medium"),
        *_problems(card, {field.name for field in fields}, pen),
        *body(card.body, pen),
        *_fields(fields, dict(card.problems), pen),
        *words(pen.prose(card.footer), **SUBTLE),
    ]
    actions = controls.drawn(card, pen)
    elements += words(_note(pen.left_out), **SUBTLE)
    return {
        "type": "AdaptiveCard",
        "version": VERSION,
        "body": elements or [rich([run("", {})])],
        **({"actions": actions} if actions else {}),
        "msteams": {"width": "full"},
    }


def _problems(card: Card, known: set[str], pen: Pen) -> Iterator[Json]:
    """What is wrong with the whole, or with a field that is not shown."""
    loose = [text for name, text in card.problems if name not in known and text.strip()]
    for text in pen.some(loose, "problem"):
        yield from words(pen.line(WARNING + text), color="Attention", weight="Bolder")


def _fields(fields: list[Field], problems: Mapping[str, str], pen: Pen) -> Iterator[Json]:
    for field in pen.some(fields, "question"):
        yield from asked(field, problems.get(field.name, ""), pen)


def _note(left_out: Mapping[str, int]) -> str:
    if not left_out:
        return ""
    parts = ", ".join(f"{number} {what}{'s' if number > 1 else ''}" for what, number in left_out.items())
    return f"Too long to show whole, left out here: {parts}."
