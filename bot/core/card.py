"""The message every door shows, as data without behaviour; it must not know a platform's words or limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Style(StrEnum):
    """How a span looks; a door without that look shows it plain."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `url` makes it a link. Never markup: doors escape it."""

    text: str
    style: Style = Style.PLAIN
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A short line that names what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Name and value rows."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of the same length."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` is 0..100, or None where nothing is known; `note` is said beside it."""

    label: str
    value: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Labelled bars on the scale 0..100."""

    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers 0..100 by row and column, to be drawn in colours; None where nothing is known.

    A row is its label and as many values as there are columns. `note` stands small beneath.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; `alt` says all that it shows. The same `key` is the same picture, drawn from `grid`.

    Without a grid there is nothing to draw, and a door shows the words.
    """

    key: str
    alt: str
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between parts."""


Block = Paragraph | Heading | Facts | Table | Bars | Picture | Divider


class Source(StrEnum):
    """What a Choice with more options than anybody scrolls through is searched in."""

    PILOTS = "pilots"


@dataclass(frozen=True, slots=True)
class Offer:
    """One option of a Choice: `value` comes back, `label` is shown, `hint` explains it in a line.

    `group` names the options it belongs to; a door that cannot group them shows them in their order.
    """

    value: str
    label: str
    hint: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Pick one option, or several when `many`. `previous` is last time's answer in words, never preselected.

    `initial` holds what this person already entered in this check-in (after going back), nothing else. With a
    `source` the `options` are the likeliest ones, and a door that can search looks further as somebody types.
    """

    name: str
    label: str
    options: tuple[Offer, ...]
    many: bool = False
    initial: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False
    previous: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text, or several lines."""

    name: str
    label: str
    multiline: bool = False
    max_chars: int | None = None
    initial: str = ""
    hint: str = ""
    required: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `none_label` offers an explicit "there is none yet" (its value is the word `none`)."""

    name: str
    label: str
    low: float | None = None
    high: float | None = None
    whole: bool = False
    none_label: str = ""
    initial: str = ""
    hint: str = ""
    required: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A day. `keep` offers the current day with one tap; `none_label` an explicit "no date yet" (value `none`)."""

    name: str
    label: str
    keep: date | None = None
    none_label: str = ""
    initial: str = ""
    hint: str = ""
    required: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation; comes back as a person key or as a typed name."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    required: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An http or https address."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    required: bool = False
    previous: str = ""


Field = Choice | Text | Number | Date | Person | Link


class Tone(StrEnum):
    """How a button stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """Sends its token and no fields. `asks` are fields that a door asks for first, e.g. until when to pause."""

    label: str
    token: str
    tone: Tone = Tone.PLAIN
    asks: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Submit:
    """Sends its token with the values of the card's fields.

    A door that cannot show fields in a message (Slack) shows a button labelled `opener` that opens them; pressing
    that opener sends the token with no values at all.
    """

    label: str
    token: str
    opener: str = "Answer"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Opens an address; sends nothing."""

    label: str
    url: str


Action = Button | Submit | OpenLink


@dataclass(frozen=True, slots=True)
class Card:
    """A whole message. `fallback` alone must be complete: it is the notification and the screen reader's text.

    `problems` maps a field's name to what is wrong with the value in it, in plain words.
    """

    title: str
    fallback: str
    body: tuple[Block, ...] = ()
    fields: tuple[Field, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""
    problems: tuple[tuple[str, str], ...] = ()


ELLIPSIS = "…"


def fit(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, its cut marked by an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + ELLIPSIS if limit > 0 else ""


def say(*parts: str | Span) -> Paragraph:
    """A paragraph of plain strings and styled spans."""
    return Paragraph(tuple(Span(part) if isinstance(part, str) else part for part in parts))


def bold(text: str) -> Span:
    """A bold span."""
    return Span(text, Style.BOLD)


def spoken(blocks: Iterable[Block]) -> str:
    """Blocks as lines of plain text, for fallbacks and terminals: nothing shown is left out."""
    return "\n".join(line for block in blocks for line in _lines(block))


def opening(label: str) -> str:
    """A label as it stands before its value: with a colon, unless it is a question and has its mark already."""
    return label if label.endswith("?") else f"{label}:"


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph(spans):
            return ["".join(f"{span.text} ({span.url})" if span.url else span.text for span in spans)]
        case Heading(text):
            return [text]
        case Facts(rows):
            return [f"{opening(name)} {value}" for name, value in rows]
        case Table(header, rows):
            return [" | ".join(header), *(" | ".join(row) for row in rows)]
        case Bars(bars):
            return [_bar_line(bar) for bar in bars]
        case Picture(alt=alt):
            return [alt]
        case Divider():
            return []


def _bar_line(bar: Bar) -> str:
    value = "not known" if bar.value is None else str(bar.value)
    return f"{bar.label}: {value}" + (f" ({bar.note})" if bar.note else "")
