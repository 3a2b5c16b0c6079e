"""A card as it looks in a terminal; it must not know what the card is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text as Line

from bot.cli import screen
from bot.core.card import (
    Action,
    Bar,
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
    Style,
    Submit,
    Table,
    Text,
)

LOOKS = {Style.PLAIN: "", Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan"}
BAR = 20  # cells of a full bar


def card(shown: Card, *, notes: Mapping[str, str] | None = None, buttons: bool = True) -> Panel:
    """A card in a frame. `notes` says something more of a field, by its name; `buttons` can only be looked at."""
    parts: list[RenderableType] = [block(each) for each in shown.body]
    for field in shown.fields:
        parts += [Line(), *_field(field, (notes or {}).get(field.name, ""))]
    if shown.actions and buttons:
        parts += [Line(), _actions(shown.actions)]
    if shown.footer:
        parts += [Line(), _line(shown.footer, "dim")]
    title, width = _line(shown.title, "bold"), min(screen.console().width, screen.CARD)
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED, padding=(0, 1), width=width)


def block(each: Block) -> RenderableType:
    """One part of a card's body."""
    match each:
        case Paragraph(spans):
            return Line.assemble(*(_span(span) for span in spans))
        case Heading(text):
            return _line(f"\n{text}", "bold")
        case Facts(rows):
            return _grid(((_line(name, "dim"), _line(value)) for name, value in rows))
        case Table(header, rows):
            return screen.table(header, rows)
        case Bars(rows):
            return _grid(_bar(bar) for bar in rows)
        case Picture(alt=alt):
            return _line(f"[{alt}]", "italic")
        case Divider():
            return Line()
    assert_never(each)


def _grid(rows: Iterator[tuple[Line, ...]]) -> Grid:
    made = Grid.grid(padding=(0, 2, 0, 0))
    for row in rows:
        made.add_row(*row)
    return made


def _bar(bar: Bar) -> tuple[Line, ...]:
    if bar.value is None:
        return _line(bar.label), _line("·" * BAR, "dim"), _line(bar.note or "not known", "dim")
    full = round(bar.value * BAR / 100)
    drawn = Line.assemble(("█" * full, "cyan"), ("░" * (BAR - full), "dim"))
    note = f"{bar.value}  {bar.note}" if bar.note else str(bar.value)
    return _line(bar.label), drawn, _line(note)


def _field(field: Field, note: str) -> Iterator[RenderableType]:
    """The question, what is said beneath it, and how it is answered."""
    yield Line.assemble((screen.safe(field.label), "bold"), "" if field.required else (" (optional)", "dim"))
    for said in (field.previous, field.hint):
        if said:
            yield _line(f"  {said}", "dim")
    for way in _answers(field):
        yield Padding(_line(way), (0, 0, 0, 2))
    if note:
        yield _line(f"  asked when {note}", "italic dim")


def _answers(field: Field) -> Iterator[str]:
    match field:
        case Choice(options=options, many=many):
            mark = "[ ]" if many else "( )"
            yield from (f"{mark} {offer.label}" for offer in options)
        case Text(max_chars=limit, multiline=multiline):
            lines = "several lines" if multiline else "one line"
            yield f"[ {lines}{f', at most {limit} characters' if limit else ''} ]"
        case Number(low=low, high=high, none_label=none):
            yield f"[ a number{_bounds(low, high)} ]{_or(none)}"
        case Date(keep=keep, none_label=none):
            yield f"[ a day ]{_or(f'keep {keep.isoformat()}' if keep else '')}{_or(none)}"
        case Person():
            yield "[ somebody ]"
        case Link():
            yield "[ a web address ]"
        case _:
            assert_never(field)


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f", at least {low:g}"
    return "" if high is None else f", at most {high:g}"


def _or(label: str) -> str:
    return f"  [ {label} ]" if label else ""


def _actions(actions: tuple[Action, ...]) -> Line:
    line = Line()
    for action in actions:
        strong = isinstance(action, Submit)
        line.append(f"[ {screen.safe(_label(action))} ]", style="bold" if strong else "").append("  ")
    return line


def _label(action: Action) -> str:
    match action:
        case Button(label=label) | Submit(label=label) | OpenLink(label=label):
            return label
    assert_never(action)


def _span(span: Span) -> tuple[str, str]:
    text = f"{span.text} ({span.url})" if span.url else span.text
    return screen.safe(text), LOOKS[span.style]


def _line(text: str, style: str = "") -> Line:
    return Line(screen.safe(text), style=style)
