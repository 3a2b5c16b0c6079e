"""Slack as the contract suite works it: real rendering and parsing, and a sheet of paper to post on."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapters.slack import limits
from adapters.slack.controls import form
from adapters.slack.parse import asked, parse
from adapters.slack.render import render
from adapters.slack.searching import offered
from adapters.slack.view import view
from bot.core.card import Action, Button, Card, Choice, Field, Submit
from bot.core.ports import Clicked, DeliveryError, Inbound, MessageRef, OnInbound, OnSearch, Payload, Traits
from bot.core.records import Address
from tests.adapters.slack import screen
from tests.adapters.slack.validators import check_message

Values = Mapping[str, "str | list[str]"]


class PaperSlack:
    """The pure half of the Slack adapter; what it posts is checked and kept, and goes nowhere."""

    name: Final = "slack"
    traits: Final = Traits(
        can_amend=True, can_start=True, modal=True, max_payload_bytes=limits.PAYLOAD_BYTES, can_look_up=True
    )

    def __init__(self) -> None:
        self.posted: dict[MessageRef, Payload] = {}
        self._keys: dict[str, MessageRef] = {}
        self._number = itertools.count(1)

    def render(self, card: Card) -> Payload:
        return render(card)

    def parse(self, raw: Any) -> Inbound | None:
        return parse(raw)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        if address.conversation != SlackDoor.here.conversation:
            raise DeliveryError("channel_not_found", gone=True)
        check_message(payload)
        ref = MessageRef(address.conversation, f"1795400000.{next(self._number):06}")
        self.posted[ref] = payload
        self._keys[key] = ref
        return ref

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        if ref not in self.posted:
            raise DeliveryError("message_not_found", permanent=True)
        check_message(payload)
        self.posted[ref] = payload

    async def find(self, address: Address, key: str) -> MessageRef | None:
        return self._keys.get(key)

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        raise NotImplementedError("paper takes no acts")


class SlackDoor:
    """A direct conversation in Slack. Forms are modals: the engine that shows them is played by `_cards`."""

    here = Address(1, "slack", screen.DIRECT)
    gone = Address(1, "slack", "D0NOBODY1")

    def __init__(self) -> None:
        self.adapter = _Remembering()

    def press(self, payload: Payload, control: Action, values: Values | None) -> Any:
        token = getattr(control, "token", "")
        blocks = payload["blocks"]
        match control:
            case Submit() if values and (lone := screen.option(blocks, values)):
                return screen.pressed(lone)
            case Submit() if (opened := self._opened(payload)) and "submit" in opened:
                self._press_opener(blocks, token)
                return screen.sent(opened, values or {})
            case Button(asks=asks) if asks:
                opened = asked(screen.pressed(screen.carrying(blocks, token)))
                assert opened, f"{control.label!r} does not ask"
                return screen.sent(opened, values or {})
        return screen.pressed(screen.carrying(blocks, token))

    def seen(self, payload: Payload) -> list[str]:
        opened = self._opened(payload)
        asks = [asked(screen.pressed(one)) for one in screen.buttons(payload["blocks"]) if form(one)]
        searches = (field for field in self.adapter.cards[_text(payload)].fields if _searches(field))
        found = [offered(getattr(field, "options", ())) for field in searches]
        return [*_words(payload["blocks"]), *_words(opened), *_words(asks), *_words(found)]

    def fallback(self, payload: Payload) -> str:
        return str(payload["text"]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def live(self, payload: Payload) -> set[str]:
        opened = self._opened(payload)
        return {*_live(payload["blocks"]), *_live(opened), *re.findall(r"<[^>]*>", payload["text"])}

    def wrote(self, text: str) -> Any:
        return screen.wrote(text)

    def strangers(self) -> list[Any]:
        good, button = (
            screen.wrote("status"),
            {"type": "button", "text": {}, "action_id": "press.0", "value": "t"},
        )
        press = screen.pressed(button)
        return [
            screen.wrote("status", bot_id="B0BOT0001", user=screen.US),
            screen.wrote("status", user=screen.US),
            screen.wrote("status", subtype="bot_message", bot_id="B0OTHER01"),
            screen.wrote("status", subtype="message_changed", hidden=True),
            screen.wrote("status", subtype="message_deleted"),
            screen.wrote("status", subtype="channel_join"),
            screen.wrote("status", hidden=True),
            screen.wrote("status", edited={"user": screen.ANNA, "ts": "1.0"}),
            screen.wrote("status", user="USLACKBOT"),
            screen.wrote("status", channel_type="channel", channel=screen.CHANNEL),
            screen.wrote("  "),
            good | {"event_id": ""},
            good | {"authorizations": [], "team_id": None},
            screen.pressed({**button, "action_id": "another.app"}),
            screen.pressed({**button, "value": ""}),
            screen.pressed({**button, "action_id": "pick.0", "value": "[1, 2, 3]"}),
            screen.pressed({**button, "action_id": "link.0", "value": "link"}),
            press | {"actions": []},
            press | {"user": {"id": "anna"}},
            screen.envelope(
                type="view_submission", view={"callback_id": "another", "private_metadata": "{}"}
            ),
            screen.envelope(type="view_closed", view=view(Card("t", "t")), is_cleared=False),
            screen.envelope(type="block_suggestion", action_id="pilot", value="inv"),
            screen.envelope(type="message_action", callback_id="another.app"),
            screen.event({"type": "reaction_added", "user": screen.ANNA}),
            screen.event({"type": "member_joined_channel", "user": screen.ANNA, "channel": screen.CHANNEL}),
            {"type": "url_verification", "challenge": "x"},
            {"ssl_check": "1", "token": "x"},
            {
                "as": "rampcheck.local/1",
                "id": "0b9c4f8e-1",
                "user": "anna",
                "conversation": "dm:anna",
                "kind": "text",
            },
            {"type": "message", "text": "hi", "from": {"id": "29:1"}, "conversation": {"id": "a:1"}},
        ]

    def shown(self, ref: MessageRef) -> Payload | None:
        return self.adapter.posted.get(ref)

    def _opened(self, payload: Payload) -> Payload:
        """The modal with which the engine's answer to the opener is shown."""
        return view(self.adapter.cards[_text(payload)])

    def _press_opener(self, blocks: Any, token: str) -> None:
        openers = [
            one
            for one in screen.buttons(blocks)
            if one["action_id"].startswith("press.") and one["value"] == token
        ]
        for opener in openers:
            inbound = parse(screen.pressed(opener))
            assert inbound is not None
            assert inbound.act == Clicked(token, None)


def _searches(field: Field) -> bool:
    return isinstance(field, Choice) and field.source is not None


class _Remembering(PaperSlack):
    """Keeps the cards it drew, as the engine would."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, Card] = {}

    def render(self, card: Card) -> Payload:
        payload = super().render(card)
        self.cards[_text(payload)] = card
        return payload


def _text(payload: Payload) -> str:
    return json.dumps(payload, sort_keys=True)


def _words(part: object) -> Iterator[str]:
    """Every text in blocks: text objects, rich text, alternative text."""
    if isinstance(part, Mapping):
        yield from (part[name] for name in ("text", "alt_text") if isinstance(part.get(name), str))
        yield from (
            text
            for name, value in part.items()
            if name not in {"text", "alt_text"} or not isinstance(value, str)
            for text in _words(value)
        )
    elif isinstance(part, list):
        yield from (text for one in part for text in _words(one))


def _live(part: object) -> Iterator[str]:
    """Addresses that can be followed, mentions that would notify, and whatever is read as markup."""
    if isinstance(part, Mapping):
        yield from (part[name] for name in ("url", "image_url") if name in part)
        if part.get("type") in {"user", "usergroup", "broadcast", "channel", "mrkdwn", "markdown"}:
            yield json.dumps(part)
        yield from (text for value in part.values() for text in _live(value))
    elif isinstance(part, list):
        yield from (text for one in part for text in _live(one))
