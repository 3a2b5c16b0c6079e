"""A card as JSON and back, so that a message can wait in a store; it must not know who sends it or how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, assert_never

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
    Grid,
    Heading,
    Link,
    Number,
    Offer,
    OpenLink,
    Paragraph,
    Person,
    Picture,
    Source,
    Span,
    Style,
    Submit,
    Table,
    Text,
    Tone,
)
from bot.core.values import Json

FIELDS: Mapping[str, type[Field]] = {
    "choice": Choice,
    "text": Text,
    "number": Number,
    "date": Date,
    "person": Person,
    "link": Link,
}


def to_json(card: Card) -> dict[str, Json]:
    """The whole card."""
    return {
        "title": card.title,
        "fallback": card.fallback,
        "body": [_block(block) for block in card.body],
        "fields": [_field(field) for field in card.fields],
        "actions": [_action(action) for action in card.actions],
        "footer": card.footer,
        "problems": [list(problem) for problem in card.problems],
    }


def from_json(raw: Mapping[str, Any]) -> Card:
    """The card that `to_json` wrote; ValueError for anything else."""
    try:
        return Card(
            title=raw["title"],
            fallback=raw["fallback"],
            body=tuple(_read_block(block) for block in raw["body"]),
            fields=tuple(_read_field(field) for field in raw["fields"]),
            actions=tuple(_read_action(action) for action in raw["actions"]),
            footer=raw["footer"],
            problems=tuple((name, problem) for name, problem in raw["problems"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a stored card: {error!r}") from error


def grid_to_json(grid: Grid) -> dict[str, Json]:
    """What a picture is drawn from."""
    return {
        "title": grid.title,
        "columns": list(grid.columns),
        "rows": [[label, list(values)] for label, values in grid.rows],
        "note": grid.note,
    }


def grid_from_json(raw: Mapping[str, Any]) -> Grid:
    """The grid that `grid_to_json` wrote; KeyError, TypeError or ValueError for anything else."""
    rows = tuple((label, tuple(values)) for label, values in raw["rows"])
    return Grid(raw["title"], tuple(raw["columns"]), rows, raw["note"])


def _block(block: Block) -> Json:
    match block:
        case Paragraph(spans):
            return {"paragraph": [[span.text, span.style.value, span.url] for span in spans]}
        case Heading(text):
            return {"heading": text}
        case Facts(rows):
            return {"facts": [[name, value] for name, value in rows]}
        case Table(header, lines):
            return {"table": [list(line) for line in (header, *lines)]}
        case Bars(bars):
            return {"bars": [[bar.label, bar.value, bar.note] for bar in bars]}
        case Picture(key, alt, grid):
            return {"picture": [key, alt, *([grid_to_json(grid)] if grid else [])]}
        case Divider():
            return {"divider": True}
    assert_never(block)


def _read_block(raw: Mapping[str, Any]) -> Block:
    match raw:
        case {"paragraph": spans}:
            return Paragraph(tuple(Span(text, Style(style), url) for text, style, url in spans))
        case {"heading": text}:
            return Heading(text)
        case {"facts": rows}:
            return Facts(tuple((name, value) for name, value in rows))
        case {"table": [header, *lines]}:
            return Table(tuple(header), tuple(tuple(line) for line in lines))
        case {"bars": rows}:
            return Bars(tuple(Bar(label, value, note) for label, value, note in rows))
        case {"picture": [key, alt]}:
            return Picture(key, alt)
        case {"picture": [key, alt, grid]}:
            return Picture(key, alt, grid_from_json(grid))
        case {"divider": True}:
            return Divider()
    raise ValueError(f"not a stored block: {raw!r}")


def _field(field: Field) -> Json:
    match field:
        case Choice():
            options: list[Json] = [_offer(offer) for offer in field.options]
            return {"choice": _given(field) | {"options": options, "initial": list(field.initial)}}
        case Date():
            keep = None if field.keep is None else field.keep.isoformat()
            return {"date": _given(field) | {"keep": keep}}
        case Text():
            return {"text": _given(field)}
        case Number():
            return {"number": _given(field)}
        case Person():
            return {"person": _given(field)}
        case Link():
            return {"link": _given(field)}
    assert_never(field)


def _offer(offer: Offer) -> Json:
    return [offer.value, offer.label, offer.hint, *([offer.group] if offer.group else [])]


def _given(field: Field) -> dict[str, Json]:
    """The parts of a field by name."""
    return {part.name: getattr(field, part.name) for part in fields(field)}


# The parts of fields that JSON cannot hold as they are.
PARTS: Mapping[str, Callable[[Any], Any]] = {
    "options": lambda raw: tuple(Offer(*parts) for parts in raw),
    "source": lambda raw: None if raw is None else Source(raw),
    "initial": lambda raw: tuple(raw) if isinstance(raw, list) else raw,
    "keep": lambda raw: None if raw is None else date.fromisoformat(raw),
}


def _read_field(raw: Mapping[str, Any]) -> Field:
    ((kind, parts),) = raw.items()
    return FIELDS[kind](**{name: PARTS.get(name, _same)(value) for name, value in parts.items()})


def _same(value: Any) -> Any:
    return value


def _action(action: Action) -> Json:
    match action:
        case Button(label, token, tone, asks):
            return {"button": [label, token, tone.value, [_field(field) for field in asks]]}
        case Submit(label, token, opener):
            return {"submit": [label, token, opener]}
        case OpenLink(label, url):
            return {"link": [label, url]}
    assert_never(action)


def _read_action(raw: Mapping[str, Any]) -> Action:
    match raw:
        case {"button": [label, token, tone, asks]}:
            return Button(label, token, Tone(tone), tuple(_read_field(field) for field in asks))
        case {"submit": [label, token, opener]}:
            return Submit(label, token, opener)
        case {"link": [label, url]}:
            return OpenLink(label, url)
    raise ValueError(f"not a stored action: {raw!r}")
