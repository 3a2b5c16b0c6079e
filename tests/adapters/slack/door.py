"""Slack as the contract suite works it: the real adapter in front of the fake Slack."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.slack.adapter import SlackAdapter
from adapters.slack.controls import form
from adapters.slack.parse import asked, parse
from adapters.slack.searching import offered
from adapters.slack.view import view
from bot.core.card import Action, Button, Card, Choice, Field, Submit
from bot.core.ports import Clicked, MessageRef, OnInbound, Payload
from bot.core.records import Address
from tests.adapters.slack import screen
from tests.adapters.slack.validators import check_message
from tests.fakes.desk import FakeClock
from tests.fakes.slack.server import BOT_TOKEN, SECRET, FakeSlack, Fault
from tests.fakes.slack.workspace import TEAM

Values = Mapping[str, "str | list[str]"]

NOWHERE: Final = "http://127.0.0.1:9/api/"  # nobody listens there: what is only drawn and read needs no Slack
TROUBLES: Final = {
    "busy": Fault(status=429, after=7),
    "broken": Fault(status=503),
    "dropped": Fault(drop=True),
    "answer lost": Fault(drop=True, kept=True),
    "silent": Fault(hang=2.0),
}


class SlackDoor:
    """A direct conversation in Slack. Forms are modals: the engine that shows them is played by `_Remembering`."""

    here = Address(1, "slack", screen.DIRECT)
    gone = Address(1, "slack", "D0NOBODY1")
    troubles = frozenset(TROUBLES)
    signs = True

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.adapter = _Remembering(self.cards, NOWHERE)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The fake Slack is there, and the adapter in front of it."""
        async with FakeSlack() as self._slack:
            self._slack.workspace.add(screen.ANNA, "Anna Apron")
            self._slack.workspace.direct(screen.ANNA)
            self.adapter = _Remembering(self.cards, f"{self._slack.url}/api/")
            try:
                yield
            finally:
                self.adapter.close()

    def trouble(self, name: str) -> None:
        self._slack.fail("chat.postMessage", TROUBLES[name])

    async def knock(self, on_inbound: OnInbound, *, forged: bool) -> list[int]:
        site = web.Application()
        site.add_routes(self.adapter.routes())
        listening = asyncio.create_task(self.adapter.run(on_inbound))
        async with TestServer(site) as server:
            self._slack.events_url = str(server.make_url("/slack/events"))
            await self._slack.until(lambda: self.adapter._installed)
            said = [
                await self._slack.post(*self._written(), headers=one) for one in _signatures(forged=forged)
            ]
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        return [one.status for one in said]

    def _written(self) -> tuple[bytes, str]:
        return self._slack.encoded("events_api", screen.wrote("status"))

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
        searches = (field for field in self.cards[_text(payload)].fields if _searches(field))
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
        message = self._slack.workspace.message(ref.conversation, ref.message)
        if message is None:
            return None
        parts = [message, *(one for one in self._slack.workspace.messages if one.thread == ref.message)]
        first, *more = [{"text": one.text, "blocks": one.blocks} for one in parts]
        check_message(first)
        return {**first, "more": more} if more else first

    def _opened(self, payload: Payload) -> Payload:
        """The modal with which the engine's answer to the opener is shown."""
        return view(self.cards[_text(payload)])

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


class _Remembering(SlackAdapter):
    """The adapter, which keeps the cards it drew, as the engine would."""

    def __init__(self, cards: dict[str, Card], url: str) -> None:
        super().__init__(
            FakeClock(datetime.now(UTC)), Nobody(), bot_token=BOT_TOKEN, signing_secret=SECRET, url=url
        )
        self._cards = cards

    def render(self, card: Card) -> Payload:
        payload = super().render(card)
        self._cards[_text(payload)] = card
        return payload


class Nobody:
    """An office that knows everybody already."""

    async def connected(self, team: str) -> None:
        del team

    async def knows(self, team: str, user: str) -> bool:
        del team, user
        return True

    async def team(self, connection: int) -> str:
        del connection
        return TEAM


def _signatures(*, forged: bool) -> Iterator[dict[str, str]]:
    """Headers in place of the right ones."""
    if not forged:
        yield {}
        return
    old = str(int(time.time()) - 400)
    yield {"X-Slack-Signature": "v0=" + "0" * 64}
    yield {"X-Slack-Signature": ""}
    yield {"X-Slack-Signature": "v0=ü"}
    yield {"X-Slack-Request-Timestamp": "abc"}
    yield {"X-Slack-Request-Timestamp": old}


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
