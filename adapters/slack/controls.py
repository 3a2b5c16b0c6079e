"""Buttons and what they carry: written here for a card, read here when pressed; it must not know who presses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, assert_never

from adapters.common.text import line, storable, web_address
from adapters.slack import limits
from adapters.slack.blocks import Json, plain
from adapters.slack.text import opened, packed, sealed, unpacked
from bot.core import card_json
from bot.core.card import Action, Button, Card, Choice, Field, Offer, OpenLink, Submit, Tone
from bot.core.ports import Act, Clicked, Ran

SEND_LABEL = "Send"
QUOTE = '"'  # begins a sealed token
PACKED = "z"  # begins a packed form; a plain one begins with a brace
_SHORTER = (
    limits.PROSE,
    120,
    limits.LABEL,
    40,
    20,
)  # a form in a button loses its long words before its questions
_FORM = {"fallback": "", "body": [], "fields": [], "footer": "", "problems": []}
_STYLES = {Tone.PRIMARY: "primary", Tone.DANGER: "danger"}


class Carries(StrEnum):
    """What stands in a button's value; the first part of its action_id says which."""

    ACT = "press"  # a token alone: also the opener of a form
    EMPTY = "send"  # a token; sends a form without fields
    OPTION = "pick"  # a token, a field's name and the option chosen
    FORM = "ask"  # a token and the fields to ask for first
    NOTHING = "link"  # opens its address
    COMMAND = "share"  # a command whose answer is to be shown to everybody


def lone(card: Card) -> tuple[Choice, Submit] | None:
    """The card's only question with the way to send it, if its options fit as buttons in the message."""
    submit = next((action for action in card.actions if isinstance(action, Submit)), None)
    match card.fields:
        case (Choice(many=False, source=None) as choice,) if (
            submit and 0 < len(choice.options) <= limits.IN_PLACE
        ):
            fits = all(len(_option(choice, submit, offer)) <= limits.VALUE for offer in choice.options)
            return (choice, submit) if fits else None
    return None


def options(choice: Choice, submit: Submit) -> list[Json]:
    """The options of a lone question as buttons; only what was entered in this very check-in stands out."""
    return [
        _button(Carries.OPTION, number, offer.label, _option(choice, submit, offer))
        | ({"style": "primary"} if offer.value in choice.initial else {})
        for number, offer in enumerate(choice.options)
    ]


def buttons(card: Card) -> Iterator[Json]:
    """The card's other controls, in their order; one that Slack cannot carry is left out."""
    answered_in_place = lone(card)
    for number, action in enumerate(card.actions):
        if answered_in_place and action is answered_in_place[1]:
            continue
        drawn = _drawn(action, number, opens=bool(card.fields))
        if drawn and len(drawn.get("value", "")) <= limits.VALUE:
            yield drawn


def share(command: str) -> Json:
    """A button that shows the answer to a command to everybody in the channel."""
    return _button(Carries.COMMAND, 0, "Share in channel", _token(command[: limits.ID]))


def carried(action: Mapping[Any, Any]) -> Carries | None:
    """What a pressed button of ours carries; None for anything else."""
    name, value = action.get("action_id"), action.get("value")
    if action.get("type") != "button" or not isinstance(name, str) or not isinstance(value, str) or not value:
        return None
    kind, _, number = name.partition(".")
    return Carries(kind) if kind in set(Carries) and number.isdigit() else None


def meant(action: Mapping[Any, Any]) -> Act | None:
    """What pressing a button says; None where it only opens something, and for a button that is not ours."""
    match carried(action):
        case Carries.ACT:
            return Clicked(_read_token(action["value"]))
        case Carries.EMPTY:
            return Clicked(_read_token(action["value"]), {})
        case Carries.OPTION:
            return _picked(action["value"])
        case Carries.COMMAND:
            return Ran(_read_token(action["value"]).strip())
        case _:
            return None


def form(action: Mapping[Any, Any]) -> Card | None:
    """The small form that a pressed button asks with first."""
    if carried(action) is not Carries.FORM:
        return None
    stored = _read_form(action["value"])
    try:
        return card_json.from_json({**_FORM, **stored}) if isinstance(stored, dict) else None
    except ValueError:
        return None


# --- inside


def _drawn(action: Action, number: int, *, opens: bool) -> Json | None:
    match action:
        case Submit():
            kind, label = (Carries.ACT, action.opener) if opens else (Carries.EMPTY, action.label)
            return {**_button(kind, number, label, _token(action.token)), "style": "primary"}
        case Button():
            return _plain_button(action, number)
        case OpenLink():
            url = web_address(action.url)
            return {**_button(Carries.NOTHING, number, action.label, "link"), "url": url} if url else None
        case _:
            assert_never(action)


def _plain_button(button: Button, number: int) -> Json:
    drawn = (
        _button(Carries.FORM, number, button.label, _form(button))
        if button.asks
        else _button(Carries.ACT, number, button.label, _token(button.token))
    )
    return {**drawn, "style": _STYLES[button.tone]} if button.tone in _STYLES else drawn


def _button(kind: Carries, number: int, label: str, value: str) -> Json:
    text = plain(label, limits.LABEL)
    return {"type": "button", "action_id": f"{kind.value}.{number}", "text": text, "value": value}


def _option(choice: Choice, submit: Submit, offer: Offer) -> str:
    return sealed([submit.token, choice.name, offer.value])


def _picked(value: str) -> Clicked | None:
    match opened(value):
        case [str(token), str(name), str(option)] if token and name:
            return Clicked(storable(token), {storable(name): storable(option)})
    return None


def _token(token: str) -> str:
    """A token as it is, unless something in it might come back changed."""
    return sealed(token) if token[:1] == QUOTE or set(token) & set("&<>") else token


def _read_token(value: str) -> str:
    token = opened(value) if value[:1] == QUOTE else value
    return storable(token) if isinstance(token, str) else storable(value)


def _form(button: Button) -> str:
    """The button's fields: packed where they are long, and in fewer words where that is not enough."""
    written = ""
    for limit in _SHORTER:
        asks = tuple(_shortened(field, limit) for field in button.asks)
        card = Card(
            line(button.label, limits.LABEL), "", fields=asks, actions=(Submit(SEND_LABEL, button.token),)
        )
        drawn = card_json.to_json(card)
        parts = {"title": drawn["title"], "fields": _given(drawn["fields"]), "actions": drawn["actions"]}
        written = sealed(parts)
        if len(written) > limits.VALUE:
            written = PACKED + packed(written)
        if len(written) <= limits.VALUE:
            break
    return written


def _read_form(value: str) -> Any:
    return opened(unpacked(value.removeprefix(PACKED)) if value.startswith(PACKED) else value)


def _shortened(field: Field, limit: int) -> Field:
    label, hint, previous = (line(text, limit) for text in (field.label, field.hint, field.previous))
    short = replace(field, label=label, hint=hint, previous=previous)
    if not isinstance(short, Choice):
        return short
    offers = (Offer(one.value, line(one.label, limit), line(one.hint, limit)) for one in short.options)
    return replace(short, options=tuple(offers))


def _given(fields: Any) -> list[Json]:
    """Stored fields without what is not set."""
    return [
        {kind: {name: value for name, value in parts.items() if _is_set(value)}}
        for field in fields
        for kind, parts in field.items()
    ]


def _is_set(value: object) -> bool:
    return value is not None and value is not False and value not in ("", [])
