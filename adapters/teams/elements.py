"""Blocks as elements of an Adaptive Card: runs of text, never Markdown; it must not know questions or buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from adapters.common.text import web_address
from adapters.teams import limits, maps
from adapters.teams.pen import Json, Pen, rich, run, words
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
    opening,
)

BAR = 10  # characters of a whole bar: it leaves room for its words on a phone
FULL, EMPTY = "█", "░"
_LOOKS: dict[Style, Json] = {
    Style.PLAIN: {},
    Style.BOLD: {"weight": "Bolder"},
    Style.ITALIC: {"italic": True},
    Style.CODE: {"fontType": "Monospace"},
}


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


def _block(block: Block, pen: Pen) -> Iterator[Json]:
    match block:
        case Paragraph(spans):
            yield from _paragraph(spans, pen)
        case Heading(text):
            yield from words(pen.line(text), weight="Bolder")
        case Facts(rows):
            for name, value in pen.some(rows, "row"):
                yield rich(
                    [run(f"{opening(pen.line(name))} ", _LOOKS[Style.BOLD]), run(pen.line(value), {})],
                    **_CLOSE,
                )
        case Table(header, rows):
            yield from _table(header, rows, pen)
        case Bars(rows):
            for bar in pen.some(rows, "bar"):
                yield _bar(bar, pen)
        case Picture(_, alt, grid):
            yield from words(pen.prose(alt), italic=True) if grid is None else maps.drawn(grid, pen)
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
    """A bar of characters: it needs no picture, and its number stands beside it.

    Teams' own bars have no fixed scale: the longest fills the width, so that 20 of 100 would look like all of it.
    """
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
