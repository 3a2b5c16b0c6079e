"""Blocks as elements of an Adaptive Card: runs of text, never Markdown; it must not know questions or buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, assert_never

from adapters.teams import limits
from adapters.teams.text import NBSP, line, prose, web_address
from bot.core.card import (
    Bar,
    Bars,
    Block,
    Divider,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Span,
    Style,
    Table,
)

Json = dict[str, Any]
T = TypeVar("T")

BAR = 10  # characters of a whole bar: it leaves room for its words on a phone
FULL, EMPTY = "█", "░"
_LOOKS: dict[Style, Json] = {
    Style.PLAIN: {},
    Style.BOLD: {"weight": "Bolder"},
    Style.ITALIC: {"italic": True},
    Style.CODE: {"fontType": "Monospace"},
}


@dataclass(slots=True)
class Pen:
    """How much may be drawn: lengths are divided by `shrink`, numbers by `thin`; what is left out is counted."""

    shrink: int = 1
    thin: int = 1
    left_out: dict[str, int] = field(default_factory=dict)

    def line(self, text: str, limit: int = limits.LINE) -> str:
        """One line."""
        return line(text, max(limit // self.shrink, 8))

    def prose(self, text: str, limit: int = limits.PROSE) -> str:
        """Several lines."""
        return prose(text, max(limit // self.shrink, 8))

    def some(self, things: Sequence[T], what: str, limit: int = limits.MANY) -> Sequence[T]:
        """As many as may be drawn."""
        most = max(limit // self.thin, 1)
        self.count(what, len(things) - most)
        return things[:most]

    def each(self, things: Sequence[T], what: str, draw: Callable[[T], Json | None]) -> list[Json]:
        """What is drawn of each, without what cannot be."""
        drawn = [seen for thing in self.some(things, what) if (seen := draw(thing)) is not None]
        self.count(what, min(len(things), max(limits.MANY // self.thin, 1)) - len(drawn))
        return drawn

    def count(self, what: str, number: int) -> None:
        """Note that some are left out."""
        if number > 0:
            self.left_out[what] = self.left_out.get(what, 0) + number


def body(blocks: Sequence[Block], pen: Pen) -> Iterator[Json]:
    """The elements of blocks; a divider is a line above what comes next."""
    parted = False
    for block in pen.some(blocks, "part"):
        if isinstance(block, Divider):
            parted = True
            continue
        for element in _block(block, pen):
            yield {**element, "separator": True, "spacing": "Medium"} if parted else element
            parted = False


def words(text: str, **look: Any) -> Iterator[Json]:
    """A text in one look, an element a line; nothing for a blank one."""
    if text.strip():
        for number, one in enumerate(text.split("\n")):
            yield rich([run(one, look)], **({"spacing": "None"} if number else {}))


def rich(runs: list[Json], **how: Any) -> Json:
    """A line of runs: the one kind of text in which Teams reads no Markdown."""
    return {"type": "RichTextBlock", "inlines": runs or [run("", {})], **how}


def run(text: str, look: Json) -> Json:
    """A piece of text. Teams drops an element without a sign in it."""
    return {"type": "TextRun", "text": text or NBSP, **look}


def _block(block: Block, pen: Pen) -> Iterator[Json]:
    match block:
        case Paragraph(spans):
            yield from _paragraph(spans, pen)
        case Heading(text):
            yield from words(pen.line(text), weight="Bolder")
        case Facts(rows):
            for name, value in pen.some(rows, "row"):
                yield rich(
                    [run(f"{pen.line(name)}: ", _LOOKS[Style.BOLD]), run(pen.line(value), {})], **_CLOSE
                )
        case Table(header, rows):
            yield from _table(header, rows, pen)
        case Bars(rows):
            for bar in pen.some(rows, "bar"):
                yield _bar(bar, pen)
        case Picture(_, alt):
            yield from words(pen.prose(alt), italic=True)
        case Divider():
            return
        case _:
            assert_never(block)


_CLOSE: Json = {"spacing": "Small"}


def _paragraph(spans: Sequence[Span], pen: Pen) -> Iterator[Json]:
    """Its lines; a span goes on from one to the next."""
    lines: list[list[Json]] = [[]]
    for span in pen.some(spans, "piece"):
        url = web_address(span.url)
        shown = span.text if url or not span.url else f"{span.text} ({span.url})"
        look = _LOOKS[span.style] | (_link(url) if url else {})
        first, *more = pen.prose(shown).split("\n")
        lines[-1] += [run(first, look)] if first else []
        lines += [[run(one, look)] if one else [] for one in more]
    if any(lines):
        yield from (
            rich(runs, **({"spacing": "None"} if number else {})) for number, runs in enumerate(lines)
        )


def _link(url: str) -> Json:
    return {"color": "Accent", "underline": True, "selectAction": {"type": "Action.OpenUrl", "url": url}}


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], pen: Pen) -> Iterator[Json]:
    wide = max((len(row) for row in (header, *rows)), default=0)
    width = min(wide, max(limits.COLUMNS // pen.thin, 1))
    pen.count("column", wide - width)
    if not width:
        return
    drawn = [_row(row, width, pen, {}) for row in pen.some(rows, "row")]
    yield {
        "type": "Table",
        "columns": [{"width": 2 if number == 0 else 1} for number in range(width)],
        "gridStyle": "default",
        "showGridLines": True,
        "rows": [_row(header, width, pen, _LOOKS[Style.BOLD]), *drawn],
    }


def _row(cells: Sequence[str], width: int, pen: Pen, look: Json) -> Json:
    padded = [*cells[:width], *[""] * (width - len(cells))]
    return {"type": "TableRow", "cells": [_cell(pen.line(cell), look) for cell in padded]}


def _cell(text: str, look: Json) -> Json:
    return {"type": "TableCell", "items": [rich([run(text, look)])]}


def _bar(bar: Bar, pen: Pen) -> Json:
    """A bar of characters: it needs no picture, and its number stands beside it."""
    value = None if bar.value is None else min(max(bar.value, 0), 100)
    filled = 0 if value is None else round(value * BAR / 100)
    note = f" ({pen.line(bar.note)})" if pen.line(bar.note) else ""
    said = "not known" if value is None else str(value)
    runs = [
        run(FULL * filled + EMPTY * (BAR - filled), {"fontType": "Monospace", "color": "Accent"}),
        run(f" {pen.line(bar.label)}:", _LOOKS[Style.BOLD]),
        run(f" {said}{note}", {}),
    ]
    return rich(runs, **_CLOSE)
