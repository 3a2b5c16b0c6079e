"""Draws a card as the JSON that the local page shows: text, never markup; it must not know the page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, assert_never

from adapters.common.text import cut_bytes, web_address
from adapters.local.text import clean
from bot.core.card import (
    Action,
    Bars,
    Block,
    Button,
    Card,
    Choice,
    Date,
    Divider,
    Facts,
    Field,
    Heading,
    Link,
    Number,
    OpenLink,
    Paragraph,
    Person,
    Picture,
    Span,
    Submit,
    Table,
    Text,
)

MAX_PAYLOAD_BYTES = 64 * 1024  # a long digest is 8 KiB; this leaves room and keeps the page quick

LINE = 600  # characters of a label, a cell, a hint: four lines on a phone
PROSE = 6000  # characters of one paragraph: two screens; nobody reads more in a chat
ENTRY = 12_000  # characters of what this person already entered: longer than any question allows
MANY = 240  # rows, options, blocks: more is a file, not a message

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class _Pen:
    """How much may be drawn, and a count of what was left out."""

    shrink: int = 1
    thin: int = 1
    left_out: dict[str, int] = field(default_factory=dict)

    def line(self, text: str) -> str:
        return clean(text, max(LINE // self.shrink, 8), newlines=False)

    def prose(self, text: str) -> str:
        return clean(text, max(PROSE // self.shrink, 8))

    def entry(self, text: str) -> str:
        return clean(text, max(ENTRY // self.shrink, 8))

    def some(self, things: Sequence[T], what: str, draw: Callable[[T], Json | None]) -> list[Json]:
        limit = max(MANY // self.thin, 1)
        drawn = [seen for thing in things[:limit] if (seen := draw(thing)) is not None]
        self.count(what, len(things) - len(drawn))
        return drawn

    def count(self, what: str, number: int) -> None:
        if number:
            self.left_out[what] = self.left_out.get(what, 0) + number


def render(card: Card) -> Json:
    """The page's JSON, never over MAX_PAYLOAD_BYTES: long texts are cut first, then whole parts are left out.

    What is left out is said in `note`; the fallback stays whole as far as the limit allows.
    """
    fallback = clean(card.fallback, len(card.fallback))
    for pen in _pens():
        drawn = _draw(card, pen)
        room = MAX_PAYLOAD_BYTES - size(drawn)
        if room >= min(len(json.dumps(fallback, ensure_ascii=False).encode()), MAX_PAYLOAD_BYTES // 2):
            return {**drawn, "fallback": cut_bytes(fallback, room)}
    # Nothing but absurd tokens or addresses gets here: the words alone, so that the person sees something.
    bare = _draw(Card(title=card.title, fallback=""), _Pen(shrink=64))
    bare["note"] = "This message is too large to show here."
    return {**bare, "fallback": cut_bytes(fallback, MAX_PAYLOAD_BYTES - size(bare))}


def size(payload: Json) -> int:
    """Bytes as JSON, with the spaces that a careless encoder puts in."""
    return len(json.dumps(payload, ensure_ascii=False).encode())


def _pens() -> Iterable[_Pen]:
    yield from (_Pen(shrink=2**power) for power in range(7))
    yield from (_Pen(shrink=64, thin=2**power) for power in range(1, 9))


def _draw(card: Card, pen: _Pen) -> Json:
    drawn: Json = {
        "title": pen.line(card.title),
        "body": pen.some(card.body, "part", lambda block: _block(block, pen)),
        "fields": pen.some(card.fields, "question", lambda one: _field(one, pen)),
        "actions": pen.some(card.actions, "button", lambda one: _action(one, pen)),
        "footer": pen.prose(card.footer),
        "problems": {name: pen.line(text) for name, text in card.problems[: MANY // pen.thin]},
        "fallback": "",
    }
    return {**drawn, "note": _note(pen.left_out)}


def _note(left_out: dict[str, int]) -> str:
    if not left_out:
        return ""
    parts = ", ".join(f"{number} {what}{'s' if number > 1 else ''}" for what, number in left_out.items())
    return f"Too long to show whole, left out here: {parts}. The plain text has more."


def _block(block: Block, pen: _Pen) -> Json:
    match block:
        case Paragraph(spans):
            return {"kind": "paragraph", "spans": pen.some(spans, "piece", lambda span: _span(span, pen))}
        case Heading(text):
            return {"kind": "heading", "text": pen.line(text)}
        case Facts(rows):
            return {"kind": "facts", "rows": pen.some(rows, "row", lambda row: _fact(row, pen))}
        case Table(header, rows):
            return _table(header, rows, pen)
        case Bars(rows):
            return {"kind": "bars", "rows": pen.some(rows, "bar", lambda bar: _bar(bar, pen))}
        case Picture(_, alt):
            return {"kind": "picture", "alt": pen.prose(alt)}
        case Divider():
            return {"kind": "divider"}
        case _:
            assert_never(block)


def _span(span: Span, pen: _Pen) -> Json:
    url = web_address(span.url)
    shown = span.text if url or not span.url else f"{span.text} ({span.url})"
    drawn: Json = {"text": pen.prose(shown), "style": span.style.value}
    return {**drawn, "url": url} if url else drawn


def _fact(row: tuple[str, str], pen: _Pen) -> Json:
    return {"name": pen.line(row[0]), "value": pen.prose(row[1])}


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], pen: _Pen) -> Json:
    width = max(MANY // 10 // pen.thin, 1)
    pen.count("column", max(0, max((len(row) for row in (header, *rows)), default=0) - width))
    drawn = pen.some(rows, "row", lambda row: {"cells": [pen.line(cell) for cell in row[:width]]})
    return {"kind": "table", "header": [pen.line(cell) for cell in header[:width]], "rows": drawn}


def _bar(bar: Any, pen: _Pen) -> Json:
    value = None if bar.value is None else min(max(bar.value, 0), 100)
    return {"label": pen.line(bar.label), "value": value, "note": pen.line(bar.note)}


def _field(shown: Field, pen: _Pen) -> Json:
    common: Json = {
        "name": shown.name,
        "label": pen.prose(shown.label),
        "hint": pen.prose(shown.hint),
        "required": shown.required,
        "previous": pen.line(shown.previous),
    }
    return common | _particular(shown, pen)


def _particular(shown: Field, pen: _Pen) -> Json:
    match shown:
        case Choice():
            options = pen.some(shown.options, "option", lambda offer: _offer(offer, pen))
            return {"kind": "choice", "options": options, "many": shown.many, "initial": list(shown.initial)}
        case Text():
            kind = "long" if shown.multiline else "text"
            return {"kind": kind, "max": shown.max_chars, "initial": pen.entry(shown.initial)}
        case Number():
            return {
                "kind": "number",
                "low": _finite(shown.low),
                "high": _finite(shown.high),
                "whole": shown.whole,
                "none": pen.line(shown.none_label),
                "initial": pen.line(shown.initial),
            }
        case Date():
            keep = shown.keep.isoformat() if shown.keep else ""
            none = pen.line(shown.none_label)
            return {"kind": "date", "keep": keep, "none": none, "initial": pen.line(shown.initial)}
        case Person():
            return {"kind": "person", "initial": pen.line(shown.initial)}
        case Link():
            return {"kind": "link", "initial": pen.entry(shown.initial)}
        case _:
            assert_never(shown)


def _offer(offer: Any, pen: _Pen) -> Json:
    drawn = {"value": offer.value, "label": pen.line(offer.label), "hint": pen.line(offer.hint)}
    return drawn | ({"group": pen.line(offer.group)} if offer.group else {})


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _action(action: Action, pen: _Pen) -> Json | None:
    match action:
        case Button():
            asks = pen.some(action.asks, "question", lambda one: _field(one, pen))
            drawn: Json = {"kind": "button", "label": pen.line(action.label), "token": action.token}
            return {**drawn, "tone": action.tone.value, "asks": asks}
        case Submit():
            return {"kind": "submit", "label": pen.line(action.label), "token": action.token}
        case OpenLink():
            url = web_address(action.url)
            return {"kind": "link", "label": pen.line(action.label), "url": url} if url else None
        case _:
            assert_never(action)
