"""Body blocks as Block Kit: rich text and plain text only, so that nothing written is live; it knows no buttons."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, assert_never

from adapters.common.text import line, prose, web_address
from adapters.slack import limits
from bot.core.card import (
    ELLIPSIS,
    Bar,
    Bars,
    Block,
    Divider,
    Facts,
    Heading,
    Offer,
    Paragraph,
    Picture,
    Span,
    Style,
    Table,
    opening,
)
from bot.core.card_json import grid_to_json

Json = dict[str, Any]
Cells = Sequence[str]

CELL = 500  # characters of one cell, name or value: more is prose
BAR = 5  # characters of a full bar: with its number and a label it fits the forty columns of a phone
ROWS = 30  # of one block: what a phone scrolls through before the thread goes on
SPANS = 60  # of one paragraph: more styles than sentences
COLUMNS = 20  # what Slack's own table takes
KEY = 200  # characters of a picture's key that fit a block_id with its number
PICTURE = "picture"
NO_WORDS = "–"


def body(blocks: Iterable[Block]) -> Iterator[Json]:
    """The blocks of a card's body in their order, each with at most about PROSE characters."""
    for number, block in enumerate(blocks):
        yield from _drawn(block, number)


def plain(text: str, limit: int) -> Json:
    """A plain text object; never empty, as Slack takes none that is."""
    return {"type": "plain_text", "text": line(text, limit) or NO_WORDS, "emoji": False}


def header(title: str) -> Iterator[Json]:
    """The card's title, if it has one."""
    if line(title, limits.HEADER):
        yield {"type": "header", "text": plain(title, limits.HEADER)}


def note(text: str) -> Iterator[Json]:
    """A small grey line, if there is anything to say."""
    shown = prose(text, limits.NOTE)
    if shown.strip():
        yield {"type": "context", "elements": [{"type": "plain_text", "text": shown, "emoji": False}]}


def rich(*parts: Json) -> Json:
    """A rich text block."""
    return {"type": "rich_text", "elements": list(parts)}


def strong(text: str) -> Iterator[Json]:
    """A bold paragraph, if there is anything to say."""
    yield from _paragraph((Span(text, Style.BOLD),))


def explained(offers: Sequence[Offer]) -> Iterator[Json]:
    """Options in full with their hints: for controls that cut them or show no hints."""
    yield from _listed([_words(offer.label, bold=True), _words(_after(offer.hint))] for offer in offers)


def actions(buttons: Iterable[Json]) -> Iterator[Json]:
    """Buttons in rows of as many as a block takes."""
    waiting = list(islice(buttons, limits.ACTIONS * limits.ACTION_BLOCKS))
    for start in range(0, len(waiting), limits.ACTIONS):
        yield {"type": "actions", "elements": waiting[start : start + limits.ACTIONS]}


def weight(block: Json) -> int:
    """Characters of a block as JSON."""
    return len(json.dumps(block, ensure_ascii=False))


def illustrated(payload: Mapping[str, Any], files: Mapping[str, str]) -> Json:
    """The message with the uploaded pictures in their places; `files` maps a picture's key to Slack's file id."""
    return {**payload, "blocks": [_illustrated(block, files) for block in payload["blocks"]]}


def pictures(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of the pictures that a message has places for."""
    keys = (_picture_key(block) for block in payload["blocks"])
    return tuple(key for key in keys if key)


def with_grids(payload: Json, blocks: Iterable[Block]) -> Json:
    """The message with what its pictures are drawn from, by key, under `grids`: not for Slack."""
    places = set(pictures(payload))
    found = (block for block in blocks if isinstance(block, Picture))
    grids = {one.key: grid_to_json(one.grid) for one in found if one.grid and one.key in places}
    return {**payload, "grids": grids} if grids else payload


def _drawn(block: Block, number: int) -> Iterator[Json]:
    match block:
        case Paragraph(spans):
            yield from _paragraph(spans)
        case Heading(text):
            yield from strong(text)
        case Facts(rows):
            yield from _facts(rows)
        case Table(heads, rows):
            yield from _table(heads, rows)
        case Bars(rows):
            yield from _bars(rows)
        case Picture(key, alt):
            yield from _picture(key, alt, number)  # its grid goes beside the blocks, for whoever draws it
        case Divider():
            yield {"type": "divider"}
        case _:
            assert_never(block)


# --- words


def _words(text: str, limit: int = CELL, *, bold: bool = False) -> Json | None:
    shown = prose(text, limit)
    if not shown:
        return None
    return {"type": "text", "text": shown} | ({"style": {"bold": True}} if bold else {})


def _after(text: str) -> str:
    return f" – {text}" if text.strip() else ""


def _section(*elements: Json | None) -> Json:
    shown = [element for element in elements if element]
    return {"type": "rich_text_section", "elements": shown or [{"type": "text", "text": NO_WORDS}]}


def _paragraph(spans: Iterable[Span]) -> Iterator[Json]:
    elements: list[Json] = []
    room = limits.PROSE
    for span in spans:
        if room <= 0 or len(elements) == SPANS:
            elements.append({"type": "text", "text": ELLIPSIS})
            break
        if element := _span(span, max(room, CELL)):
            elements.append(element)
            room -= len(element["text"]) + len(element.get("url", ""))
    if any(element["text"].strip() for element in elements):
        yield rich(_section(*elements))


def _span(span: Span, limit: int) -> Json | None:
    url = web_address(span.url)
    shown = prose(span.text if url or not span.url else f"{span.text} ({span.url})", limit)
    if not shown:
        return None
    style = {} if span.style is Style.PLAIN else {"style": {span.style.value: True}}
    return (
        {"type": "link", "url": url, "text": shown, **style}
        if url
        else {"type": "text", "text": shown, **style}
    )


# --- rows


def _facts(rows: Iterable[tuple[str, str]]) -> Iterator[Json]:
    """One section a block: Slack sets sections side by side, so the lines end in breaks of their own."""
    for part in _portions([_words(f"{opening(name)} ", bold=True), _words(value)] for name, value in rows):
        broken = [[*row, {"type": "text", "text": "\n"}] for row in part]
        elements = [element for row in broken for element in row]
        yield rich(_section(*elements[:-1]))


def _portions(rows: Iterable[list[Json | None]]) -> Iterator[list[list[Json | None]]]:
    """Rows in groups of at most ROWS rows and about PROSE characters."""
    part: list[list[Json | None]] = []
    size = 0
    for row in rows:
        weight = sum(len(element["text"]) for element in row if element)
        if part and (size + weight > limits.PROSE or len(part) == ROWS):
            yield part
            part, size = [], 0
        part.append(row)
        size += weight
    if part:
        yield part


def _table(heads: Cells, rows: Sequence[Cells]) -> Iterator[Json]:
    """Columns in monospace while they fit a line, else a list with the first cell of each row in bold.

    Slack's own table block is not used: one a message, none in a modal, and refused for an empty cell.
    """
    grid = [[line(cell, CELL) for cell in row] for row in (heads, *rows)]
    widths = [max(map(_width, column)) for column in zip(*grid, strict=False)]
    even = len({len(row) for row in grid}) == 1
    if not any(any(row) for row in grid):
        return
    if even and sum(widths) + 2 * len(widths) <= limits.PREFORMATTED_WIDTH:
        yield from _grid(grid, widths)
    else:
        yield from _records(heads, rows)


def _grid(grid: list[list[str]], widths: list[int]) -> Iterator[Json]:
    lines = ["  ".join(map(_filled, row, widths)).rstrip() for row in grid]
    top = f"{lines[0]}\n{'  '.join('─' * width for width in widths)}\n"
    for part in _portions([[{"text": f"{text}\n"}] for text in lines[1:]] or [[None]]):
        shown = "".join(element["text"] for row in part for element in row if element)
        yield rich(
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": (top + shown).rstrip()}]}
        )


def _records(heads: Cells, rows: Sequence[Cells]) -> Iterator[Json]:
    if rows:
        yield from _listed(_record(heads, row) for row in rows)
    else:
        yield from _paragraph((Span(" | ".join(heads)),))


def _record(heads: Cells, row: Cells) -> list[Json | None]:
    room = min(CELL, limits.PROSE // (2 * min(len(row), COLUMNS) or 1))
    named: list[Json | None] = []
    for number, cell in enumerate(row[:COLUMNS]):
        head = heads[number] if number < len(heads) else ""
        named += [
            _words(" · ") if number else None,
            _words(f"{head}: ", room) if head.strip() else None,
            _words(cell, room, bold=not number),
        ]
    return [*named, _words(ELLIPSIS) if len(row) > COLUMNS else None]


def _listed(rows: Iterable[list[Json | None]]) -> Iterator[Json]:
    for part in _portions(rows):
        items = [_section(*row) for row in part]
        yield rich({"type": "rich_text_list", "style": "bullet", "elements": items})


def _bars(bars: Sequence[Bar]) -> Iterator[Json]:
    for part in _portions([_bar(bar) for bar in bars]):
        elements = [element for row in part for element in row if element]
        elements[-1]["text"] = elements[-1]["text"].removesuffix("\n")
        yield rich({"type": "rich_text_preformatted", "elements": [one for one in elements if one["text"]]})


def _bar(bar: Bar) -> list[Json | None]:
    """Number and drawing, label, note: what a narrow screen breaks off a line is the end of its words."""
    value = None if bar.value is None else min(max(bar.value, 0), 100)
    full = round((value or 0) * BAR / 100)
    drawn = "·" * BAR if value is None else "█" * full + "░" * (BAR - full)
    known = "  –" if value is None else f"{value:>3}"
    remark = "not known" if value is None and not bar.note.strip() else line(bar.note, CELL)
    return [
        {"type": "text", "text": f"{known} {drawn} "},
        _words(line(bar.label, CELL) + ("" if remark else "\n")),
        {"type": "text", "text": f"  {remark}\n"} if remark else None,
    ]


def _width(text: str) -> int:
    """Columns in monospace: East Asian wide letters take two, marks that stack none."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _filled(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))


# --- pictures


def _picture(key: str, alt: str, number: int) -> Iterator[Json]:
    """A place for a picture that says in words what it shows until the file is there."""
    for block in note(alt.strip() or "Picture"):
        named = {"block_id": f"{PICTURE}:{number}:{key}"} if len(key) <= KEY and key.isprintable() else {}
        yield {**block, **named}


def _picture_key(block: Mapping[str, Any]) -> str:
    kind, _, rest = str(block.get("block_id", "")).partition(":")
    return rest.partition(":")[2] if kind == PICTURE and block.get("type") == "context" else ""


def _illustrated(block: Json, files: Mapping[str, str]) -> Json:
    file = files.get(_picture_key(block))
    if not file:
        return block
    alt = block["elements"][0]["text"]
    return {"type": "image", "block_id": block["block_id"], "slack_file": {"id": file}, "alt_text": alt}
