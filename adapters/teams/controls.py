"""Buttons and what they carry: written here for a card, read here when pressed; it must not know who presses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, assert_never

from adapters.common.text import storable, web_address
from adapters.teams import inputs, limits
from adapters.teams.pen import Json, Pen
from bot.core import card_json
from bot.core.card import Action, Button, Card, Choice, Field, OpenLink, Submit, Tone
from bot.core.ports import Clicked

OURS: Final = "rampcheck"  # the key in a button's data that makes it ours, and the verb
BACK = "Back"
SEND = "Send"


class Does(StrEnum):
    """What pressing does."""

    PRESS = "press"  # sends a token alone
    SEND = "send"  # sends a token with what was entered
    ASK = "ask"  # nothing yet: asks for something first, in the place of the card


def drawn(card: Card, pen: Pen) -> list[Json]:
    """A card's buttons. Those out of sight are in the menu behind the three dots."""
    shown = pen.some(card.actions, "button", limits.ACTIONS)
    made = [one for number, action in enumerate(shown) for one in _button(action, number, card, pen)]
    pen.count("button", len(shown) - len(made))
    if len(made) <= limits.ACTIONS_SHOWN:
        return made
    seen = limits.ACTIONS_SHOWN - 1  # the three dots take a place too
    return [one if number < seen else _out_of_sight(one) for number, one in enumerate(made)]


def act_of(data: object) -> Clicked | None:
    """What pressing a button says; None where it only asks for something, and for a button that is not ours."""
    carried = _carried(data)
    if carried is None or not isinstance(data, Mapping):
        return None
    token = storable(carried["token"])
    match carried.get("does"):
        case Does.PRESS:
            return Clicked(token)
        case Does.SEND:
            return Clicked(token, inputs.values_of(data))
        case _:
            return None


def question(data: object) -> Card | None:
    """The card with which a pressed button asks first; what is sent from it is the click of that button."""
    carried = _carried(data)
    return _card(carried) if carried is not None and carried.get("does") == Does.ASK else None


def asked_with(data: object) -> Card | None:
    """The card that a form was sent from, where its button carries it: to ask again when something is wrong."""
    carried = _carried(data)
    return _card(carried) if carried is not None and carried.get("does") == Does.SEND else None


def carrying(drawn: Json, data: Any) -> Json:
    """The drawn question of a pressed button, whose own button carries it on."""
    return {**drawn, "actions": [_with_card(one, data[OURS]["card"]) for one in drawn["actions"]]}


# --- inside


def _card(carried: Mapping[Any, Any]) -> Card | None:
    try:
        return card_json.from_json(dict(carried["card"]))
    except (KeyError, TypeError, ValueError, AttributeError):  # a form that is none of ours
        return None


def _with_card(made: Json, card: Any) -> Json:
    carried = made.get("data", {}).get(OURS, {})
    return {**made, "data": {OURS: {**carried, "card": card}}} if carried.get("does") == Does.SEND else made


def _carried(data: object) -> Mapping[Any, Any] | None:
    carried = data.get(OURS) if isinstance(data, Mapping) else None
    if not isinstance(carried, Mapping) or not isinstance(carried.get("token"), str) or not carried["token"]:
        return None
    return carried


def _button(action: Action, number: int, card: Card, pen: Pen) -> Iterator[Json]:
    match action:
        case Submit():
            yield _execute(action.label, Does.SEND, action.token, pen) | {"style": "positive"}
        case Button(asks=()):
            yield _plain(action, _execute(action.label, Does.PRESS, action.token, pen))
        case Button() if card.fields:
            yield _plain(action, _asking(action, card, pen))
        case Button():
            yield _unfolding(action, number, pen)
        case OpenLink():
            if url := web_address(action.url):
                yield {"type": "Action.OpenUrl", "title": _label(action.label, pen), "url": url}
        case _:
            assert_never(action)


_TONES = {Tone.PRIMARY: "positive", Tone.DANGER: "destructive"}


def _plain(button: Button, made: Json) -> Json:
    """A button that sends nothing entered: without this, what must be filled in would hold it back."""
    toned = {"style": _TONES[button.tone]} if button.tone in _TONES else {}
    return {**made, **toned, "associatedInputs": "none"}


def _execute(label: str, does: Does, token: str, pen: Pen, **more: Any) -> Json:
    return {
        "type": "Action.Execute",
        "title": _label(label, pen),
        "verb": OURS,
        "data": {OURS: {"does": does.value, "token": token, **more}},
    }


def _label(text: str, pen: Pen) -> str:
    return pen.line(text, limits.BUTTON) or "…"


def _asking(button: Button, card: Card, pen: Pen) -> Json:
    """On a form: the answer to the press is a card that asks, with a way back, as no form fits into a form."""
    back = next((one.token for one in card.actions if isinstance(one, Submit)), "")
    asks = tuple(_shortened(one, pen) for one in button.asks)
    title = pen.line(card.title, limits.TITLE)
    actions = (Submit(SEND, button.token), *((Button(BACK, back),) if back else ()))
    label = pen.line(button.label)
    asking = Card(f"{label} · {title}" if title else label, label, fields=asks, actions=actions)
    return _execute(button.label, Does.ASK, button.token, pen, card=card_json.to_json(asking))


def _unfolding(button: Button, number: int, pen: Pen) -> Json:
    """Where nothing else is asked: the fields unfold beneath the card. No id stands twice in the whole of it."""
    asked = [
        element for field in pen.some(button.asks, "question") for element in inputs.asked(field, "", pen)
    ]
    fields = [inputs.renamed(element, number) for element in asked]
    send = _execute(SEND, Does.SEND, button.token, pen) | {"style": "positive"}
    inner = {"type": "AdaptiveCard", "body": fields, "actions": [send]}
    asking = Card(pen.line(button.label), "", fields=tuple(_shortened(one, pen) for one in button.asks))
    send["data"][OURS]["card"] = card_json.to_json(replace(asking, actions=(Submit(SEND, button.token),)))
    made = {"type": "Action.ShowCard", "title": _label(button.label, pen), "card": inner}
    return made | ({"style": _TONES[button.tone]} if button.tone in _TONES else {})


def _shortened(field: Field, pen: Pen) -> Field:
    """A field as it travels in a button: its words no longer than they are shown."""
    label, hint, previous = (pen.line(text) for text in (field.label, field.hint, field.previous))
    short = replace(field, label=label, hint=hint, previous=previous)
    if not isinstance(short, Choice):
        return short
    offers = pen.some(short.options, "option")
    return replace(
        short,
        options=tuple(replace(one, label=pen.line(one.label), hint=pen.line(one.hint)) for one in offers),
    )


def _out_of_sight(made: Json) -> Json:
    return {**made, "mode": "secondary"}
