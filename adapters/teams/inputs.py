"""Questions as inputs of a card, and what was entered there as values; it must not know who is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, assert_never

from adapters.common.text import storable
from adapters.teams import limits
from adapters.teams.pen import Json, Pen, words
from adapters.teams.text import escaped
from bot.core.card import Choice, Date, Field, Link, Number, Offer, Person, Source, Text

# An input's id is one of these and the field's name.
ONE: Final = "one:"
SEVERAL: Final = "several:"  # values come joined by commas
NONE_YET: Final = "none:"  # a box to tick beside a number
TICKED: Final = "ticked:"  # the same, where it was ticked already
OFFERED: Final = "offered:"  # days to choose from, beside a day to pick
KEPT: Final = "kept:"  # the same, where one of them was chosen already
PERSON: Final = "person:"

SEARCHED: Final = "rampcheck/"  # begins the name under which our own lists are searched

NONE = "none"
OTHER = "other"
ANOTHER_DAY = "Another day (pick it below)"
BELOW = "Another day"
SUBTLE: Json = {"isSubtle": True, "size": "Small"}
PEOPLE: Final = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}  # everybody in the tenant
_ACCOUNT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_NUMBERED = re.compile(r"^([a-z]+)@\d+:")  # an input of one of several forms that unfold
_CHOOSE = "Choose one of these."
_CHOOSE_SOME = "Choose at least one of these."
_FILL_IN = "Please fill this in."
_PICK_DAY = "Pick a day."
_PICK_PERSON = "Choose a person."


# --- questions


def asked(field: Field, problem: str, pen: Pen) -> Iterator[Json]:
    """The elements that ask a field: what is wrong with it, its input and what stands below in grey."""
    first, *rest = _inputs(field, pen)
    yield from words(pen.line(f"⚠ {problem}") if problem.strip() else "", color="Attention", weight="Bolder")
    label = pen.prose(field.label)
    yield (
        first
        | {"label": label if label.strip() else field.name}
        | ({} if problem.strip() else {"spacing": "Large"})
    )
    yield from rest
    for beside in (field.hint, field.previous):
        for element in words(pen.prose(beside), **SUBTLE):
            yield {"spacing": "Small"} | element


def renamed(element: Json, number: int) -> Json:
    """An element for the form with that number: several stand in one card, and may ask for fields of one name."""
    return element | ({"id": str(element["id"]).replace(":", f"@{number}:", 1)} if "id" in element else {})


def _inputs(field: Field, pen: Pen) -> list[Json]:
    match field:
        case Choice():
            return [_choice(field, pen)]
        case Text():
            return [_text(field, pen)]
        case Number():
            return _number(field, pen)
        case Date():
            return _date(field, pen)
        case Person():
            return [_person(field)]
        case Link():
            return [_must(_entry(field, pen) | {"style": "Url"}, _FILL_IN, required=field.required)]
        case _:
            assert_never(field)


def _must(element: Json, otherwise: str, *, required: bool) -> Json:
    """Teams checks a required input only where it is told what to say."""
    return {**element, "isRequired": True, "errorMessage": otherwise} if required else element


def _choice(choice: Choice, pen: Pen) -> Json:
    possible = [offer for offer in choice.options if 0 < len(offer.value) <= limits.NAME]
    offers = pen.some(possible, "option")
    if not offers:
        entry = {"type": "Input.Text", "id": f"{ONE}{choice.name}"}
        return _must(entry, _FILL_IN, required=choice.required)
    ident = f"{SEVERAL if choice.many else ONE}{choice.name}"
    drawn = _options(ident, offers, choice.initial, pen, None if choice.many else choice.source)
    return _must(drawn, _CHOOSE_SOME if choice.many else _CHOOSE, required=choice.required)


def _options(
    ident: str, offers: Sequence[Offer], initial: Sequence[str], pen: Pen, source: Source | None = None
) -> Json:
    """Radio buttons or boxes; a list where they are many, and one that narrows as one types where it is searched.

    In the Agents Playground the latter does not open by a press alone, so it is kept for what nobody scrolls through.
    """
    many = ident.startswith(SEVERAL)
    in_sight = many or (len(offers) <= limits.IN_SIGHT and not source)
    value = [_sent(offer.value) if many else offer.value for offer in offers if offer.value in initial]
    drawn: Json = {
        "type": "Input.ChoiceSet",
        "id": ident,
        "style": "expanded" if in_sight else "filtered" if source else "compact",
        "wrap": True,
        "choices": [_option(offer, pen, many=many, in_sight=in_sight) for offer in offers],
    }
    drawn |= {"isMultiSelect": True} if many else {}
    drawn |= {"choices.data": {"type": "Data.Query", "dataset": dataset(source)}} if source else {}
    return drawn | ({"value": ",".join(value if many else value[:1])} if value else {})


def dataset(source: Source) -> str:
    """What Teams calls a list of ours when somebody types into a field that searches it."""
    return f"{SEARCHED}{source.value}"


def searched_in(name: object) -> Source | None:
    """The list that is meant; None for another's."""
    found = name.removeprefix(SEARCHED) if isinstance(name, str) and name.startswith(SEARCHED) else ""
    return Source(found) if found in set(Source) else None


def _option(offer: Offer, pen: Pen, *, many: bool, in_sight: bool) -> Json:
    """Radio buttons and boxes read Markdown in their labels, a list to choose from does not."""
    group, hint = pen.line(offer.group, limits.OPTION), pen.line(offer.hint, limits.OPTION)
    named = f"{group} · " if group else ""
    label = named + pen.line(offer.label, limits.OPTION) + (f": {hint}" if hint else "")
    value = _sent(offer.value) if many else offer.value
    return {"title": (escaped(label) if in_sight else label) or value, "value": value}


def _sent(value: str) -> str:
    """An option's value without the comma that joins several."""
    return value.replace("%", "%25").replace(",", "%2C")


def _came(value: str) -> str:
    return value.replace("%2C", ",").replace("%25", "%")


def _entry(field: Text | Link, pen: Pen) -> Json:
    initial = pen.prose(field.initial, limits.ENTRY)
    entry: Json = {"type": "Input.Text", "id": f"{ONE}{field.name}"}
    return entry | ({"value": initial} if initial else {})


def _text(text: Text, pen: Pen) -> Json:
    drawn = _entry(text, pen) | ({"isMultiline": True} if text.multiline else {})
    longest = {"maxLength": text.max_chars} if text.max_chars and text.max_chars > 0 else {}
    return _must(drawn | longest, _FILL_IN, required=text.required)


def _number(number: Number, pen: Pen) -> list[Json]:
    """A range is checked by the server alone: some clients take an empty field for one outside it."""
    element: Json = {"type": "Input.Number", "id": f"{ONE}{number.name}"}
    if _DECIMAL.fullmatch(number.initial):
        element["value"] = float(number.initial) if "." in number.initial else int(number.initial)
    none = pen.line(number.none_label)
    if not none:
        return [_must(element, _in_range(number), required=number.required)]
    ticked = number.initial == NONE
    ident = f"{TICKED if ticked else NONE_YET}{number.name}"
    box: Json = {
        "type": "Input.Toggle",
        "id": ident,
        "title": escaped(none),
        "wrap": True,
        "spacing": "Small",
    }
    box |= {"valueOn": NONE, "valueOff": "false", "value": NONE if ticked else "false"}
    return [element, box]


def _in_range(number: Number) -> str:
    low, high = _bound(number.low), _bound(number.high)
    what = "Enter a whole number" if number.whole else "Enter a number"
    if low and high:
        return f"{what} from {low} to {high}."
    return f"{what}, at least {low}." if low else f"{what}, at most {high}." if high else f"{what}."


def _bound(number: float | None) -> str:
    return f"{number:,.6g}".removesuffix(".0") if number is not None and math.isfinite(number) else ""


def _date(day: Date, pen: Pen) -> list[Json]:
    keep = [Offer(day.keep.isoformat(), f"Keep {day.keep.day} {day.keep:%B %Y}")] if day.keep else []
    offers = keep + ([Offer(NONE, day.none_label)] if day.none_label.strip() else [])
    picker: Json = {"type": "Input.Date", "id": f"{ONE}{day.name}"}
    chosen = day.initial in {offer.value for offer in offers}
    picker |= {"value": day.initial} if _is_day(day.initial) and not chosen else {}
    if not offers:
        return [_must(picker, _PICK_DAY, required=day.required)]
    ident = f"{KEPT if chosen else OFFERED}{day.name}"
    initial = (day.initial,) if chosen else (OTHER,) if day.initial else ()
    choices = _options(ident, [*offers, Offer(OTHER, ANOTHER_DAY)], initial, pen)
    return [_must(choices, _CHOOSE, required=day.required), {**picker, "label": BELOW, "spacing": "Small"}]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _person(person: Person) -> Json:
    drawn: Json = {
        "type": "Input.ChoiceSet",
        "id": f"{PERSON}{person.name}",
        "choices": [],
        "choices.data": dict(PEOPLE),
        "placeholder": "Type a name",
    }
    drawn |= {"value": person.initial} if _ACCOUNT.fullmatch(person.initial) else {}
    return _must(drawn, _PICK_PERSON, required=person.required)


# --- answers


def values_of(data: Mapping[Any, Any]) -> dict[str, str | list[str]]:
    """What was entered, by field; what was left empty is not in it. Teams sends every value as text."""
    entered = {_whole(name): text for name, value in data.items() if (text := _text_of(value))}
    names = dict.fromkeys(name.partition(":")[2] for name in entered if _kind(name))
    found = {storable(name): _answer(name, entered) for name in list(names)[: limits.FIELDS]}
    return {name: value for name, value in found.items() if value}


def picked(data: Mapping[Any, Any]) -> dict[str, str]:
    """The accounts that were chosen with the people picker, by field."""
    named = {_whole(name): value for name, value in data.items()}
    chosen = {name.removeprefix(PERSON): value for name, value in named.items() if name.startswith(PERSON)}
    return {
        name: value for name, value in chosen.items() if isinstance(value, str) and _ACCOUNT.fullmatch(value)
    }


def _whole(name: object) -> str:
    """An input's id without the number of its form."""
    return _NUMBERED.sub(r"\1:", name, count=1) if isinstance(name, str) else ""


def _kind(name: str) -> bool:
    return name.startswith((ONE, SEVERAL, NONE_YET, TICKED, OFFERED, KEPT, PERSON)) and not name.endswith(":")


def _text_of(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return storable(value if isinstance(value, str) else f"{value:g}")


def _answer(name: str, entered: Mapping[str, str]) -> str | list[str]:
    """One field's value out of its inputs. Of two that contradict each other, the one that was touched counts."""
    if SEVERAL + name in entered:
        return [value for one in entered[SEVERAL + name].split(",") if (value := _came(one.strip()))]
    if PERSON + name in entered:
        account = entered[PERSON + name]
        return account.lower() if _ACCOUNT.fullmatch(account) else account
    given, offered = entered.get(ONE + name, ""), entered.get(OFFERED + name, "")
    if entered.get(NONE_YET + name) == NONE:
        return NONE
    if entered.get(TICKED + name) == NONE:
        return given or NONE
    if kept := entered.get(KEPT + name):
        return given or ("" if kept == OTHER else kept)
    return offered if offered and offered != OTHER else given
