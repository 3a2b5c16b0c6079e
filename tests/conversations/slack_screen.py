"""Slack's screen as people read it and fill it in: blocks as words, inputs as fields; it speaks to nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.slack import controls
from adapters.slack.inputs import DAY, MAIN, NONE, NONE_YET, OTHER
from bot.core.days import parse_day
from tests.conversations.door import Asked, Control, Values

Json = dict[str, Any]
Blocks = Sequence[Json]
TICKS = {"checkboxes", "multi_static_select"}
PICKS = {"radio_buttons", "static_select", "external_select"} | TICKS


# --- reading

BAR = re.compile(r"^ *(–|\d+) [█░·]{5} (.*?)(?:  (.*))?$", re.MULTILINE)


def read(blocks: Blocks) -> str:
    """What stands in blocks, as somebody reads it: a line a paragraph."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header" | "section":
            yield str(block["text"]["text"])
        case "rich_text":
            yield from (BAR.sub(_spoken, _joined(part)) for part in block["elements"])
        case "context":
            yield from (one["text"] for one in block["elements"])
        case "actions":
            yield from (one["text"]["text"] for one in block["elements"] if "text" in one)
        case "input":
            yield block["label"]["text"]
            yield block.get("hint", {}).get("text", "")
            yield from (option["text"]["text"] for option in _options(block["element"]))
        case "image":
            yield block["alt_text"]


def _spoken(bar: re.Match[str]) -> str:
    """A bar of a chart as it is read out."""
    if bar[1] == "–":
        return f"{bar[2]}: {bar[3]}"
    return f"{bar[2]}: {bar[1]}" + (f" ({bar[3]})" if bar[3] else "")


def _joined(part: Json) -> str:
    """A rich text's element: its own text, or its elements', lists a line an item."""
    between = "\n" if part["type"] == "rich_text_list" else ""
    return str(part["text"]) if "text" in part else between.join(map(_joined, part["elements"]))


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [option for group in groups for option in group["options"]]


def elements(blocks: Blocks) -> list[tuple[Json, str]]:
    """What can be pressed, with the block it is in."""
    rows = [block for block in blocks if block["type"] == "actions"]
    return [(element, block.get("block_id", "")) for block in rows for element in block["elements"]]


def element(blocks: Blocks, name: str) -> tuple[Json, str] | None:
    """The button of that name (see `name_of`), if it is still there."""
    return next((found for found in elements(blocks) if name_of(found[0]) == name), None)


def name_of(button: Json) -> str:
    """What a button says and what it carries: two that agree in both are the same."""
    return json.dumps([button["action_id"], button.get("value", "")])


# --- fields


def fields(view: Json) -> tuple[Asked, ...]:
    """The questions of a modal with what stands in them."""
    inputs = _inputs(view)
    return tuple(
        Asked(
            name.removeprefix(MAIN),
            _stands(name.removeprefix(MAIN), inputs),
            tuple(option["value"] for option in _options(block)),
            block["type"] in TICKS,
        )
        for name, block in inputs.items()
        if name.startswith(MAIN)
    )


def _inputs(view: Json) -> dict[str, Json]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def _stands(name: str, inputs: Mapping[str, Json]) -> str | list[str]:
    """What a field holds before anybody touches it; a second input beside it is part of it."""
    box, day = inputs.get(NONE_YET + name), inputs.get(DAY + name)
    if box and _initial(box):
        return NONE
    main = _initial(inputs[MAIN + name])
    return _initial(day) if day and main in ("", OTHER) else main


def _initial(element: Json) -> str | list[str]:
    if "initial_options" in element:
        return [option["value"] for option in element["initial_options"]]
    if "initial_option" in element:
        return str(element["initial_option"]["value"])
    if element["type"] in TICKS:
        return []
    found = (element.get(f"initial_{part}") for part in ("value", "date", "user"))
    return str(next(filter(None, found), ""))


def lone(blocks: Blocks, label: str) -> Control | None:
    """The question that is answered by the message's own buttons, as a form of one field."""
    drawn = [one for one, _ in elements(blocks) if controls.carried(one) is controls.Carries.OPTION]
    picks = [json.loads(one["value"]) for one in drawn]
    if not picks:
        return None
    name, chosen = picks[0][1], next((one for one in drawn if one.get("style")), None)
    initial = json.loads(chosen["value"])[2] if chosen else ""
    asked = Asked(name, initial, tuple(pick[2] for pick in picks))
    return Control(label, LONE, (asked,), sends_form=True)


LONE = "lone"


def option(blocks: Blocks, values: Values) -> tuple[Json, str]:
    """The button that answers the lone question so; one that is not there is made up, as only a forger could."""
    drawn = [found for found in elements(blocks) if controls.carried(found[0]) is controls.Carries.OPTION]
    [(name, value)] = values.items()
    wanted = next((found for found in drawn if json.loads(found[0]["value"])[1:] == [name, value]), None)
    if wanted:
        return wanted
    first, block = drawn[0]
    return {**first, "value": json.dumps([json.loads(first["value"])[0], name, value])}, block


# --- filling in


@dataclass(frozen=True)
class Aids:
    """What Slack's inputs help with: a calendar that knows today, and a list of people (account by name)."""

    today: date
    people: Mapping[str, str]


def filled(view: Json, values: Values, aids: Aids) -> Json:
    """The modal's state with these values in it.

    A value that Slack's inputs do not take is sent all the same, as only a forger could: it must be refused in words.
    """
    inputs = _inputs(view)
    state: Json = {}
    for block, element in inputs.items():
        kind, _, name = block.partition(":")
        value = _part(f"{kind}:", name, values.get(name, ""), inputs)
        state[block] = {element["action_id"]: {"type": element["type"], **_state(element, value, aids)}}
    return state


def _part(kind: str, name: str, value: str | list[str], inputs: Mapping[str, Json]) -> str | list[str]:
    """What of a field's value goes into one of its inputs."""
    elsewhere = DAY + name in inputs and value not in ("", *_values(inputs[MAIN + name]))
    if kind == NONE_YET:
        return [NONE] if value == NONE else []
    if kind == DAY:
        return value if elsewhere else ""
    if elsewhere:
        return OTHER
    return "" if value == NONE and NONE_YET + name in inputs else value


def _values(element: Json) -> list[str]:
    return [option["value"] for option in _options(element)]


def _state(element: Json, value: str | list[str], aids: Aids) -> Json:
    kind = element["type"]
    if kind in TICKS:
        return {"selected_options": [_chosen(one) for one in value]}
    if kind in PICKS:
        return {"selected_option": _chosen(str(value)) if value else None}
    text = str(value)
    match kind:
        case "users_select":
            return {"selected_user": _account(text, aids.people) or None}
        case "datepicker":
            return {"selected_date": _day(text, aids.today) or None}
    return {"value": text or None}


def _chosen(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def _account(text: str, people: Mapping[str, str]) -> str:
    """Slack's list of people narrows down while somebody types; the one that is left is picked."""
    left = [account for name, account in people.items() if text.lstrip("@").casefold() in name.casefold()]
    return left[0] if text and len(left) == 1 else text


def _day(text: str, today: date) -> str:
    """A calendar gives a day, however somebody would write it."""
    found = parse_day(text, today)
    return found.isoformat() if found else text
