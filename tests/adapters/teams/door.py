"""Teams as the contract suite works it: real rendering and parsing, and a sheet of paper to post on."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from adapters.teams import limits
from adapters.teams.controls import question
from adapters.teams.parse import parse
from adapters.teams.render import card_of, render
from bot.core.card import Action, Submit
from bot.core.ports import (
    DeliveryError,
    Inbound,
    MessageRef,
    OnInbound,
    OnSearch,
    Payload,
    Traits,
)
from bot.core.records import Address
from tests.adapters.teams import screen
from tests.adapters.teams.validators import check_message, walk

Values = Mapping[str, "str | list[str]"]
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>~#|!&{}.):+-])")


class PaperTeams:
    """The pure half of the Teams adapter; what it posts is checked and kept, and goes nowhere."""

    name: Final = "teams"
    traits: Final = Traits(
        can_amend=True, can_start=True, modal=False, max_payload_bytes=limits.MESSAGE_BYTES
    )

    def __init__(self) -> None:
        self.posted: dict[MessageRef, Payload] = {}
        self._number = itertools.count(1)

    def render(self, card: Any) -> Payload:
        return render(card)

    def parse(self, raw: Any) -> Inbound | None:
        return parse(raw)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        if address.conversation != TeamsDoor.here.conversation:
            raise DeliveryError("ConversationNotFound", gone=True)
        check_message(payload)
        ref = MessageRef(address.conversation, f"1:{next(self._number)}")
        self.posted[ref] = payload
        return ref

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        if ref not in self.posted:
            raise DeliveryError("ActivityNotFoundInConversation", permanent=True)
        check_message(payload)
        self.posted[ref] = payload

    async def find(self, address: Address, key: str) -> MessageRef | None:
        return None

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        raise NotImplementedError("paper takes no acts")


class TeamsDoor:
    """A direct conversation in Teams."""

    here = Address(1, "teams", screen.DIRECT, screen.SERVICE)
    gone = Address(1, "teams", "a:1nobody", screen.SERVICE)

    troubles = frozenset[str]()
    signs = False  # paper is sent nothing

    def __init__(self) -> None:
        self.adapter = PaperTeams()

    def open(self) -> AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()

    def trouble(self, name: str) -> None:
        raise NotImplementedError(name)

    async def knock(self, on_inbound: OnInbound, *, forged: bool) -> list[int]:
        raise NotImplementedError

    def press(self, payload: Payload, control: Action, values: Values | None) -> Any:
        card = _content(payload)
        button = self._button(card, control)
        if control_card := question(button.get("data")):
            card = card_of(control_card)
            button = card["actions"][0]
        elif button["type"] == "Action.ShowCard":
            card = button["card"]
            button = card["actions"][0]
        if values is None:
            return screen.pressed(button)
        return screen.pressed(button, screen.filled(card, _whole(card, values)))

    def seen(self, payload: Payload) -> list[str]:
        card = _content(payload)
        asks = [card_of(asked) for part in walk(card) if (asked := question(part.get("data")))]
        return [text for shown in [card, *asks] for text in _words(shown)]

    def fallback(self, payload: Payload) -> str:
        return str(payload["summary"])

    def live(self, payload: Payload) -> set[str]:
        card = _content(payload)
        urls = {part["url"] for part in walk(card) if "url" in part}
        mentions = {
            str(part["msteams"]["entities"]) for part in walk(card) if "entities" in part.get("msteams", {})
        }
        return urls | mentions

    def wrote(self, text: str) -> Any:
        return screen.wrote(text)

    def strangers(self) -> list[Any]:
        good = screen.wrote("status")
        press = screen.pressed(
            {"data": {"rampcheck": {"does": "press", "token": "t"}}, "verb": "x", "title": "x"}
        )
        return [
            good | {"from": {"id": screen.BOT, "aadObjectId": screen.ANNA}},
            good | {"from": {"id": "28:another-bot", "aadObjectId": screen.ANNA}},
            good | {"from": {"id": screen.mri(screen.ANNA), "name": "Anna Berzina"}},
            good | {"channelData": {}},
            good | {"channelId": "emulator"},
            good | {"channelId": "directline"},
            good | {"conversation": {"id": ""}},
            good | {"text": "  "},
            good | {"id": "", "timestamp": ""},
            good | {"type": "typing"},
            good | {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
            good | {"type": "messageUpdate"},
            good | {"type": "messageDelete"},
            good | {"type": "endOfConversation"},
            good | {"conversation": {"id": screen.CHANNEL, "conversationType": "channel"}},
            good | {"value": {"another": "bot's button"}},
            press | {"name": "task/fetch"},
            press | {"name": "message/submitAction"},
            press | {"value": {"action": {"data": {"token": "t"}}}},
            press | {"value": {**press["value"], "trigger": "automatic"}},
            screen.activity("invoke", name="application/search", value={"dataset": "rampcheck/pilots"}),
            screen.activity("conversationUpdate", membersAdded=[{"id": screen.mri(screen.BEN)}]),
            screen.activity("installationUpdate", action="remove-upgrade"),
            screen.activity("installationUpdate"),
            {"as": "rampcheck.local/1", "id": "0b9c4f8e-1", "user": "anna", "kind": "text", "text": "hi"},
            {"type": "event_callback", "event": {"type": "message", "text": "hi", "user": "U1"}},
        ]

    def shown(self, ref: MessageRef) -> Payload | None:
        return self.adapter.posted.get(ref)

    def _button(self, card: Payload, control: Action) -> Mapping[str, Any]:
        token = getattr(control, "token", "")
        does = "send" if isinstance(control, Submit) else ("press", "ask", None)
        found = [one for one in card.get("actions", []) if _token(one) == token and _does(one) in does]
        assert len(found) == 1, f"{control.label!r} is not in the rendered card, once"
        return found[0]


def _content(payload: Payload) -> Any:
    return payload["attachments"][0]["content"]


def _token(action: Any) -> str:
    if action["type"] == "Action.ShowCard":
        action = action["card"]["actions"][0]
    return str(action.get("data", {}).get("rampcheck", {}).get("token", ""))


def _does(action: Any) -> Any:
    return action.get("data", {}).get("rampcheck", {}).get("does") or None


def _whole(card: Any, values: Values) -> dict[str, str | list[str]]:
    """Also what nobody touched: empty, whatever the fields were filled in with."""
    names = {one["id"].partition(":")[2] for one in card["body"] if "id" in one}
    empty: dict[str, str | list[str]] = dict.fromkeys(names, "")
    return {**empty, **values}


def _words(card: Any) -> Iterator[str]:
    """Every text in a card; the lines of one paragraph are one text."""
    lines: list[str] = []
    for part in walk(card):
        if part.get("type") == "RichTextBlock":
            if part.get("spacing") != "None":
                yield "\n".join(lines)
                lines = []
            lines.append("".join(one["text"] for one in part["inlines"]))
            continue
        for name in ("label", "title", "placeholder"):
            if isinstance(part.get(name), str):
                yield _ESCAPE.sub(r"\1", part[name])
        if isinstance(part.get("value"), str):
            yield part["value"]
    yield "\n".join(lines)
