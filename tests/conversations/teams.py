"""Teams as a conversation's door: the real adapter in front of the fake Teams, with people at its screens."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import pytest
from aiohttp import web

from adapters.teams.adapter import Bot, TeamsAdapter
from adapters.teams.controls import question
from adapters.teams.credentials import Secret
from adapters.teams.pacing import Pacing
from adapters.teams.render import card_of
from adapters.teams.replies import DONE, MESSAGE_TYPE, NOT_SAVED
from bot.app import App, SystemClock
from bot.core.records import Address, PersonId
from bot.teamwork import TeamsOffice
from bot.web import application
from tests.adapters.teams import screen
from tests.adapters.teams.door import words
from tests.conversations.door import Asked, Control, Seen, Values, Wrong
from tests.fakes.teams.server import FakeTeams, Message

Json = dict[str, Any]

PATIENT: Final = 60.0  # seconds: a conversation is about words, and a busy machine makes it slow
WARNING: Final = "⚠ "


class TeamsTenant:
    """A tenant. What stands behind a button that asks first is seen with its card."""

    def __init__(self) -> None:
        self._teams = FakeTeams(screen.APP, screen.TENANT)
        self._names: dict[str, str] = {}  # user -> what they are called
        self._in_place: dict[
            tuple[str, str], tuple[int, Json]
        ] = {}  # what a press was answered with, until amended
        self._times: dict[
            tuple[str, str], int
        ] = {}  # how often that was: the same card once more is an answer too
        self._moments: list[tuple[str, Seen]] = []  # what was shown for a moment, and to whom
        self._acts: dict[str, Json] = {}  # by what was pressed how; and by the press itself
        self._patch = pytest.MonkeyPatch()

    async def open(self, app: App) -> None:
        self._app = app
        self._hurry()
        await self._teams.__aenter__()
        bot = Bot(screen.APP, screen.TENANT, (screen.TENANT,), Secret("s"), self._teams.cloud, targeted=True)
        office = TeamsOffice(app.store, app.organisation, screen.TENANT)
        self._adapter = TeamsAdapter(SystemClock(), office, bot, http=self._teams.directory)
        await office.connected(screen.TENANT)
        kept: Any = self._adapter
        app.adapters["teams"] = kept
        self._site = web.AppRunner(application(app), shutdown_timeout=0.1)
        await self._site.setup()
        await web.TCPSite(self._site, "127.0.0.1", 0).start()
        host, port = self._site.addresses[0][:2]
        self._teams.bot_url = f"http://{host}:{port}/api/messages"
        self._running = asyncio.create_task(self._adapter.run(app.on_inbound, app.on_search))
        await asyncio.sleep(0)

    async def close(self) -> None:
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        await self._site.cleanup()
        await self._teams.__aexit__()
        self._patch.undo()

    def _hurry(self) -> None:
        """Nobody waits for a turn, and nobody is told that time is up: pacing and limits have their own tests."""
        self._patch.setattr(Pacing, "turn", lambda *_, **__: 0.0)
        self._patch.setattr("adapters.teams.adapter.BUDGET", PATIENT)
        for limit in ("A_SECOND", "A_SECOND_IN_ALL"):
            self._patch.setattr(f"tests.fakes.teams.server.{limit}", 10**6)

    # --- who and what is there

    def seat(self, user: str, name: str) -> tuple[str, Address]:
        self._names[user] = name
        self._teams.room(_direct(user), "personal", screen.mri(_account(user)))
        return _account(user), self._address(_direct(user))

    def room(self, name: str) -> Address:
        self._teams.room(_channel(name), "channel")
        return self._address(_channel(name))

    def pick(self, person: PersonId, user: str) -> str:
        del person
        return _account(user)

    def _address(self, conversation: str) -> Address:
        found = self._app.store.organisation_of("teams", screen.TENANT)
        assert found
        return Address(found[1], "teams", conversation, self._teams.service)

    # --- seeing

    async def sees(self, user: str) -> Sequence[Seen]:
        posted = [self._seen(one, user) for one in self._teams.messages if self._visible(one, user)]
        return [*posted, *(seen for reader, seen in self._moments if reader == user)]

    def _visible(self, message: Message, user: str) -> bool:
        room, me = self._teams.rooms[message.conversation.partition(";")[0]], screen.mri(_account(user))
        return message.only in ("", me) and (room.kind == "channel" or room.members == [me])

    def _seen(self, message: Message, user: str) -> Seen:
        card = self._card(message, user)
        asked = [card_of(found) for one in card.get("actions", []) if (found := question(one.get("data")))]
        text = "\n".join(part for shown in [card, *asked] for part in words(shown) if part)
        times = self._times.get((user, _key(message)), 0)
        return Seen(f"{_key(message)}#{times}", _place(message), text, tuple(_controls(card)))

    def _card(self, message: Message, user: str) -> Json:
        """A card as this person has it before them."""
        version, shown = self._in_place.get((user, _key(message)), (0, {}))
        card: Json = shown if version == message.versions else message.card
        return card

    # --- doing

    async def press(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> Wrong:
        what = json.dumps([user, on.key.partition("#")[0], control.token, values], sort_keys=True)
        if ident in self._acts:
            await self._say(
                self._acts[ident]
            )  # the network delivered it once more: nobody waits for that answer
            return {}
        message = next(one for one in self._teams.messages if _key(one) == on.key.partition("#")[0])
        if what in self._acts:  # once more, from another window that still shows how things stood
            raw = {**self._acts[what], "id": f"again-{ident}"}
        else:
            raw = await self._pressed(user, message, control, values)
        self._acts[ident] = self._acts[what] = raw
        return await self._answered(user, message, await self._say(raw))

    async def _pressed(self, user: str, message: Message, control: Control, values: Values) -> Json:
        card = self._card(message, user)
        button = next(one for one in card["actions"] if _token(one) == control.token)
        if question(button.get("data")):
            body = await self._say(self._raw(user, message, button, {}))
            self._in_place[user, _key(message)] = (message.versions, body["value"])
            card = body["value"]
            button = card["actions"][0]
        elif button["type"] == "Action.ShowCard":
            card = button["card"]
            button = card["actions"][0]
        empty: Values = {one.name: "" for one in _fields(card)}  # a script says all that is entered
        return self._raw(user, message, button, screen.filled(card, {**empty, **values}))

    async def _answered(self, user: str, message: Message, body: Any) -> Wrong:
        if body["type"] == MESSAGE_TYPE:
            text = str(body["value"])
            if text.startswith(NOT_SAVED):
                return {"": text.removeprefix(NOT_SAVED).strip()}
            if text != DONE:
                self._moments.append((user, Seen(f"moment-{len(self._moments)}", _place(message), text)))
            return {}
        card = body["value"]
        if wrong := dict(_problems(card)):
            self._in_place.pop((user, _key(message)), None)  # a script says all that is entered once more
            return wrong
        self._times[user, _key(message)] = self._times.get((user, _key(message)), 0) + 1
        self._in_place[user, _key(message)] = (message.versions, card)
        return {}

    async def type(self, user: str, place: str, text: str, ident: str) -> Wrong:
        raw = screen.mentioned(_escaped(text)) if place else screen.wrote(_escaped(text))
        await self._say(self._from(user, _channel(place) if place else _direct(user), raw | {"id": ident}))
        return {}

    def _raw(self, user: str, message: Message, button: Json, entered: Mapping[str, str]) -> Json:
        raw = screen.pressed(button, entered) | {"replyToId": message.id}
        return self._from(user, message.conversation, raw)

    def _from(self, user: str, conversation: str, raw: Json) -> Json:
        kind = "channel" if "@thread" in conversation else "personal"
        who = {
            "id": screen.mri(_account(user)),
            "aadObjectId": _account(user),
            "name": self._names.get(user, user),
        }
        room = {"id": conversation, "conversationType": kind, "tenantId": screen.TENANT}
        data = {
            "tenant": {"id": screen.TENANT},
            **({"channel": {"id": conversation}} if kind == "channel" else {}),
        }
        sent = {"from": who, "conversation": room, "channelData": data, "serviceUrl": self._teams.service}
        return (
            raw
            | sent
            | {
                "localTimezone": "",
                "entities": [one for one in raw.get("entities", []) if "mentioned" in one],
            }
        )

    async def _say(self, raw: Json) -> Any:
        status, body = await self._teams.post(raw)
        assert status == 200, body
        await self._teams.until(lambda: not self._adapter._calls, within=PATIENT)
        return body


def _account(user: str) -> str:
    return str(uuid5(NAMESPACE_URL, user))


def _direct(user: str) -> str:
    return f"a:1{user}"


def _channel(name: str) -> str:
    return f"19:{name}@thread.tacv2"


def _key(message: Message) -> str:
    return f"{message.conversation}|{message.id}"


def _place(message: Message) -> str:
    found = message.conversation
    return found.removeprefix("19:").partition("@")[0] if found.startswith("19:") else ""


def _escaped(text: str) -> str:
    """As Teams hands on what was typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _token(action: Json) -> str:
    if action["type"] == "Action.ShowCard":
        action = action["card"]["actions"][0]
    carried = action.get("data", {}).get("rampcheck", {})
    return f"{carried.get('does')}:{carried.get('token')}"


def _controls(card: Json) -> Iterator[Control]:
    for action in card.get("actions", []):
        if action["type"] == "Action.ShowCard":
            yield Control(action["title"], _token(action), tuple(_fields(action["card"])))
        elif asked := question(action.get("data")):
            yield Control(action["title"], _token(action), tuple(_fields(card_of(asked))))
        elif action["type"] == "Action.Execute":
            sends = action["data"]["rampcheck"]["does"] == "send"
            yield Control(
                action["title"], _token(action), tuple(_fields(card)) if sends else (), sends_form=sends
            )


def _fields(card: Json) -> Iterator[Asked]:
    """The fields of a card; a field may have two inputs, of which the one with the options goes first."""
    found: dict[str, Asked] = {}
    for part in card["body"]:
        kind, _, name = str(part.get("id", "")).partition(":")
        if not name:
            continue
        kind = kind.partition("@")[0]
        value = str(part.get("value", ""))
        many = kind == "several"
        options = tuple(_came(one["value"], many=many) for one in part.get("choices", []))
        initial: str | list[str] = (
            [_came(one, many=True) for one in value.split(",") if one] if many else value
        )
        if kind in ("none", "ticked"):
            before = found[name]
            found[name] = Asked(
                name, "none" if value == "none" else before.initial, (*before.options, "none")
            )
        elif name in found:
            before = found[name]
            found[name] = Asked(name, value if before.initial == "other" else before.initial, ())
        else:
            found[name] = Asked(name, initial, options, many)
    yield from found.values()


def _came(value: str, *, many: bool) -> str:
    return value.replace("%2C", ",").replace("%25", "%") if many else value


def _problems(card: Json) -> Iterator[tuple[str, str]]:
    """What a card says to be wrong, by the field that it stands above."""
    body = card["body"]
    for part, below in zip(body, [*body[1:], {}], strict=True):
        text = "".join(one["text"] for one in part.get("inlines", []))
        if text.startswith(WARNING):
            yield str(below.get("id", "")).partition(":")[2], text.removeprefix(WARNING)
