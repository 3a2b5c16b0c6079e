"""Questions as inputs of a modal, and what was entered there as values; it must not know what else a modal shows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, assert_never

from adapters.common.text import clean, line, storable
from adapters.slack import limits
from adapters.slack.blocks import Json, explained, plain
from bot.core.card import Choice, Date, Field, Link, Number, Offer, Person, Text, fit

# A field's inputs by the first part of their block_id; the field's name follows.
MAIN = "field:"
NONE_YET = "none:"  # a box to tick beside a number
DAY = "day:"  # a day to pick beside the ones offered

VALUE = "value"  # the action_id of an input: it is unique within its block, and that is all Slack asks
SEARCH = "search:"  # begins that of an input that searches; the source follows
NONE = "none"
OTHER = "other"
PICK_BELOW = "Another day (pick it below)"
_NAME = limits.ID - len(MAIN)
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


# --- questions


def inputs_of(field: Field) -> Iterator[Json]:
    """The inputs that ask a field; none where its name is longer than Slack can carry."""
    if not field.name or len(field.name) > _NAME:
        return
    match field:
        case Choice():
            yield from _choice(field)
        case Text():
            yield _input(field, _text(field))
        case Number():
            yield from _number(field)
        case Date():
            yield from _date(field)
        case Person():
            yield _input(field, _person(field))
        case Link():
            yield _input(field, _entry("url_text_input", field.initial))
        case _:
            assert_never(field)


def _input(field: Field, element: Json, *, optional: bool | None = None, action: str = VALUE) -> Json:
    block: Json = {
        "type": "input",
        "block_id": f"{MAIN}{field.name}",
        "label": plain(field.label, limits.NOTE),
        "optional": not field.required if optional is None else optional,
        "element": {**element, "action_id": action},
    }
    hint = " · ".join(part for part in (field.previous.strip(), field.hint.strip()) if part)
    return {**block, "hint": plain(hint, limits.NOTE)} if line(hint, limits.NOTE) else block


def _beside(field: Field, kind: str, label: str, element: Json) -> Json:
    """A second input of a field; it never has to be filled in."""
    return {
        "type": "input",
        "block_id": f"{kind}{field.name}",
        "label": plain(label, limits.NOTE),
        "optional": True,
        "element": {**element, "action_id": VALUE},
    }


def _choice(choice: Choice) -> Iterator[Json]:
    if choice.source is not None and not choice.many:
        yield _input(choice, _searching(choice), action=f"{SEARCH}{choice.source.value}")
        return
    offers = [offer for offer in choice.options if 0 < len(offer.value) <= limits.LABEL]
    if not offers:
        yield _input(choice, _entry("plain_text_input", ""))
        return
    if any(_is_cut(offer.label) or _is_cut(offer.hint) for offer in offers[: limits.SELECT]):
        yield from explained(offers[: limits.SELECT])
    yield _input(choice, _options(offers, choice.initial, many=choice.many))


def _searching(choice: Choice) -> Json:
    """A select that asks us for its options from the first letter on, and before it."""
    chosen = [drawn for drawn in options_of(choice.options) if drawn["value"] in choice.initial]
    return {
        "type": "external_select",
        "placeholder": plain("Type a name", 150),
        "min_query_length": 0,
        **({"initial_option": chosen[0]} if chosen else {}),
    }


def options_of(offers: Iterable[Offer]) -> list[Json]:
    """Options as Slack takes them, as many of them as it takes; one whose value is too long is none."""
    fitting = (offer for offer in offers if 0 < len(offer.value) <= limits.LABEL)
    return [_option(offer.value, offer.label, offer.hint) for offer in islice(fitting, limits.SELECT)]


def _is_cut(text: str) -> bool:
    return len(clean(text[: limits.LABEL * 2])) > limits.LABEL


def _options(offers: Sequence[Offer], initial: Sequence[str], *, many: bool) -> Json:
    drawn = [_option(offer.value, offer.label, offer.hint) for offer in offers]
    names = [offer.group for offer in offers]
    chosen = [option for option in drawn if option["value"] in initial]
    start: Json = {}
    if chosen:
        start = {"initial_options": chosen} if many else {"initial_option": chosen[0]}
    if len(drawn) <= limits.RADIO:
        return {"type": "checkboxes" if many else "radio_buttons", "options": drawn, **start}
    select: Json = {
        "type": "multi_static_select" if many else "static_select",
        "placeholder": plain("Choose", 150),
    }
    if any(names):
        return {**select, "option_groups": list(_named_groups(drawn, names)), **start}
    if len(drawn) <= limits.SELECT:
        return {**select, "options": drawn, **start}
    return {**select, "option_groups": list(_groups(drawn)), **start}


def _named_groups(drawn: list[Json], names: Sequence[str]) -> Iterator[Json]:
    """Options under the names of their groups, in the order in which these come first."""
    groups: dict[str, list[Json]] = {}
    for option, name in zip(drawn, names, strict=True):
        groups.setdefault(name, []).append(option)
    for name, options in islice(groups.items(), limits.GROUPS):
        yield {"label": plain(name, limits.LABEL), "options": options[: limits.SELECT]}


def _groups(drawn: list[Json]) -> Iterator[Json]:
    for start in range(0, min(len(drawn), limits.SELECT * limits.GROUPS), limits.SELECT):
        group = drawn[start : start + limits.SELECT]
        yield {"label": plain(f"{start + 1} to {start + len(group)}", limits.LABEL), "options": group}


def _option(value: str, label: str, hint: str = "") -> Json:
    option = {"text": plain(label, limits.LABEL), "value": value}
    return {**option, "description": plain(hint, limits.LABEL)} if line(hint, limits.LABEL) else option


def _entry(kind: str, initial: str, limit: int = limits.ENTRY) -> Json:
    entered = fit(clean(initial), limit)
    return {"type": kind, "initial_value": entered} if entered else {"type": kind}


def _text(text: Text) -> Json:
    most = min(text.max_chars or limits.ENTRY, limits.ENTRY)
    element = _entry("plain_text_input", text.initial, max(most, 1))
    longest = {"max_length": most} if text.max_chars and most > 0 else {}
    return {**element, "multiline": text.multiline, **longest}


def _number(number: Number) -> Iterator[Json]:
    element: Json = {"type": "number_input", "is_decimal_allowed": not number.whole}
    low, high = _bound(number.low), _bound(number.high)
    element |= {"min_value": low} if low else {}
    element |= {"max_value": high} if high else {}
    if _DECIMAL.fullmatch(number.initial) and _between(number.initial, low, high):
        element["initial_value"] = number.initial
    yield _input(number, element, optional=True if number.none_label.strip() else None)
    if number.none_label.strip():
        yield _beside(number, NONE_YET, "Or", _box(number.none_label, ticked=number.initial == NONE))


def _box(label: str, *, ticked: bool) -> Json:
    option = _option(NONE, label)
    box: Json = {"type": "checkboxes", "options": [option]}
    return {**box, "initial_options": [option]} if ticked else box


def _bound(number: float | None) -> str:
    """A bound as Slack takes it, a string without an exponent; nothing where there is none."""
    return format(Decimal(repr(number)), "f") if number is not None and math.isfinite(number) else ""


def _between(text: str, low: str, high: str) -> bool:
    return not (low and Decimal(text) < Decimal(low)) and not (high and Decimal(text) > Decimal(high))


def _date(day: Date) -> Iterator[Json]:
    picker: Json = {"type": "datepicker"} | ({"initial_date": day.initial} if _is_day(day.initial) else {})
    offered = _days_offered(day)
    if not offered:
        yield _input(day, picker)
        return
    chosen = _day_chosen(day)
    options = [*offered, Offer(OTHER, PICK_BELOW)]
    yield _input(day, _options(options, [chosen] if chosen else [], many=False), optional=True)
    yield _beside(day, DAY, "Another day", picker if chosen in ("", OTHER) else {"type": "datepicker"})


def _days_offered(day: Date) -> list[Offer]:
    keep = [Offer(day.keep.isoformat(), f"Keep {day.keep.day} {day.keep:%B %Y}")] if day.keep else []
    return keep + ([Offer(NONE, day.none_label)] if day.none_label.strip() else [])


def _day_chosen(day: Date) -> str:
    if not day.initial:
        return ""
    offered = {offer.value for offer in _days_offered(day)}
    return day.initial if day.initial in offered else OTHER


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _person(person: Person) -> Json:
    known = {"initial_user": person.initial} if _USER.fullmatch(person.initial) else {}
    return {"type": "users_select", "placeholder": plain("Choose a person", 150), **known}


# --- answers


def values_of(view: Mapping[Any, Any]) -> dict[str, str | list[str]] | None:
    """What was entered in a submitted modal, by field; what was left empty is not in it. None: not such a thing."""
    state = view.get("state")
    entered = state.get("values") if isinstance(state, Mapping) else None
    if not isinstance(entered, Mapping):
        return None
    found = {name: _entered(inputs) for name, inputs in entered.items() if isinstance(name, str)}
    starts = _starts(view.get("blocks"))
    names = [name.removeprefix(MAIN) for name in found if name.startswith(MAIN)]
    answers = {storable(name): _answer(name, found, starts) for name in names}
    return {name: value for name, value in answers.items() if value}


Entered = Mapping[str, "str | list[str]"]


def _answer(name: str, found: Entered, starts: Entered) -> str | list[str]:
    """One field's value out of its inputs. Of two that contradict each other, the one that was touched counts."""
    main = found.get(MAIN + name, "")
    if found.get(NONE_YET + name):
        untouched = bool(starts.get(NONE_YET + name)) and main != starts.get(MAIN + name, "")
        return main if main and untouched else NONE
    day = found.get(DAY + name, "")
    if DAY + name not in found or not (day or main == OTHER):
        return main
    stayed = main == starts.get(MAIN + name, "") and day != starts.get(DAY + name, "")
    return day if not main or main == OTHER or stayed else main


def _entered(inputs: object) -> str | list[str]:
    element = _element(inputs) if isinstance(inputs, Mapping) else None
    if not isinstance(element, Mapping):
        return ""
    several = element.get("selected_options")
    if isinstance(several, list):
        return [value for option in several if (value := _value(option))]
    for part in ("value", "selected_date", "selected_user"):
        if isinstance(element.get(part), str):
            return storable(element[part])
    return _value(element.get("selected_option"))


def _element(inputs: Mapping[Any, Any]) -> object:
    """The one element of an input."""
    searching = (part for name, part in inputs.items() if isinstance(name, str) and name.startswith(SEARCH))
    return inputs.get(VALUE, next(searching, None))


def _value(option: object) -> str:
    value = option.get("value") if isinstance(option, Mapping) else None
    return storable(value) if isinstance(value, str) else ""


def _starts(blocks: object) -> dict[str, str | list[str]]:
    """What the inputs of a modal were filled in with when it was opened."""
    known: Iterable[object] = blocks if isinstance(blocks, list) else ()
    inputs = [
        block for block in known if isinstance(block, Mapping) and isinstance(block.get("block_id"), str)
    ]
    return {block["block_id"]: _start(block.get("element")) for block in inputs}


def _start(element: object) -> str | list[str]:
    if not isinstance(element, Mapping):
        return ""
    renamed = {
        "value": element.get("initial_value"),
        "selected_date": element.get("initial_date"),
        "selected_user": element.get("initial_user"),
        "selected_option": element.get("initial_option"),
        "selected_options": element.get("initial_options"),
    }
    return _entered({VALUE: renamed})
