"""Teams as the contract suite works it: the real adapter in front of the fake Teams."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.adapter import Bot, TeamsAdapter
from adapters.teams.cloud import PUBLIC, Cloud
from adapters.teams.controls import question
from adapters.teams.credentials import Secret
from adapters.teams.render import card_of
from bot.core.card import Action, Submit
from bot.core.ports import MessageRef, OnInbound, Payload
from bot.core.records import Address
from tests.adapters.teams import screen
from tests.adapters.teams.validators import check_message, walk
from tests.fakes.desk import FakeClock
from tests.fakes.teams.server import FakeTeams, Fault

Values = Mapping[str, "str | list[str]"]
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>~#|!&{}.):+-])")


TROUBLES: Final = {
    "busy": Fault(status=429, after=7),
    "broken": Fault(status=503),
    "dropped": Fault(drop=True),
    "answer lost": Fault(drop=True, kept=True),
    "silent": Fault(hang=2.0),
}
NOWHERE: Final = replace(PUBLIC, hosts=())  # what is only drawn and read needs no Teams


class Nobody:
    """An office that knows everybody already."""

    async def connected(self, tenant: str, name: str) -> None:
        del tenant, name

    async def knows(self, tenant: str, account: str) -> bool:
        del tenant, account
        return True

    async def introduced(self, tenant: str, account: str) -> bool:
        return await self.knows(tenant, account)

    async def tenant(self, connection: int) -> str:
        del connection
        return screen.TENANT


def teams_adapter(
    cloud: Cloud, http: Any = None, office: Any = None, clock: FakeClock | None = None, **changes: Any
) -> TeamsAdapter:
    """The adapter of the bot that the screen knows."""
    bot = Bot(screen.APP, screen.TENANT, (screen.TENANT,), Secret("s"), cloud)
    clock = clock or FakeClock(datetime.now(UTC))
    return TeamsAdapter(clock, office or Nobody(), replace(bot, **changes), http=http)


class TeamsDoor:
    """A direct conversation in Teams."""

    here = Address(1, "teams", screen.DIRECT)
    gone = Address(1, "teams", "a:1nobody")
    troubles = frozenset(TROUBLES)
    signs = True

    def __init__(self) -> None:
        self.adapter = teams_adapter(NOWHERE)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The fake Teams is there, and the adapter in front of it."""
        async with FakeTeams(screen.APP, screen.TENANT) as self._teams:
            self._teams.room(screen.DIRECT, "personal", screen.mri(screen.ANNA))
            self.adapter = teams_adapter(self._teams.cloud, self._teams.directory)
            try:
                yield
            finally:
                self.adapter.close()

    def trouble(self, name: str) -> None:
        self._teams.fail(TROUBLES[name])

    async def knock(self, on_inbound: OnInbound, *, forged: bool) -> list[int]:
        site = web.Application()
        site.add_routes(self.adapter.routes())
        listening = asyncio.create_task(self.adapter.run(on_inbound))
        async with TestServer(site) as server:
            self._teams.bot_url = str(server.make_url("/api/messages"))
            said = [
                await self._teams.post(self._written(), headers=one)
                for one in self._signatures(forged=forged)
            ]
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        return [status for status, _ in said]

    def _written(self) -> Any:
        return screen.wrote("status", serviceUrl=self._teams.service)

    def _signatures(self, *, forged: bool) -> Iterator[dict[str, Any]]:
        """Headers in place of the right ones; tests/adapters/teams/test_tokens.py has many more."""
        if not forged:
            yield {}
            return
        good = self._teams.signer.token(self._teams.service)
        for header in ("", "Bearer", "Bearer x", "Basic YTpi", f"Bearer {good[:-4]}AAAA"):
            yield {"Authorization": header}

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
        return [text for shown in [card, *asks] for text in words(shown)]

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
        found = self._teams.message(ref.conversation, ref.message)
        if found is None:
            return None
        payload = {name: found.activity[name] for name in ("type", "summary", "attachments")}
        check_message(payload)
        return payload

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


def words(card: Any) -> Iterator[str]:
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
