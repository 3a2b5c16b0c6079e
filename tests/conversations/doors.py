"""The doors that conversations are played through: what people see there, press and type; no door knows a script.

A platform joins with a class that does what `Door` says and an entry in DOORS.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from adapters.local.adapter import LocalAdapter
from adapters.local.parse import MARK
from bot.app import App, local_connection
from bot.core.card import Button, Card, Choice, Field, Submit, opening, spoken
from bot.core.ports import Act, Clicked, Inbound, Nothing, Place, Problems, Reply, Sender, Show, Update, Wrote
from bot.core.records import Address, PersonId
from bot.desk import LocalDesk
from bot.service import receive
from tests.conversations.door import Asked, Control, Door, Seen, Values, Wrong
from tests.conversations.slack import SlackWorkspace
from tests.conversations.teams import TeamsTenant
from tests.fakes.platform import Platform


class Scripted:
    """No platform at all: acts go to the service as values, cards are read as they were composed."""

    def __init__(self) -> None:
        self._platform = Platform()
        self._private: list[tuple[str, Seen]] = []

    async def open(self, app: App) -> None:
        self._app = app
        self._connection = local_connection(app.store, app.organisation).id
        app.adapters["local"] = self._platform

    async def close(self) -> None:
        return

    async def sees(self, user: str) -> Sequence[Seen]:
        posts = [
            post for post in self._platform.posts if post.conversation in (f"dm:{user}",) or _public(post)
        ]
        said = [_seen(post.key, _place(post.conversation), post.card) for post in posts]
        return [*said, *(seen for reader, seen in self._private if reader == user)]

    async def press(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> Wrong:
        filled = {name: value for name, value in values.items() if value not in ("", [])}
        token = Clicked(control.token, filled if control.fields or control.sends_form else None)
        return await self._act(user, on.place, token, ident, on=on)

    async def type(self, user: str, place: str, text: str, ident: str) -> Wrong:
        return await self._act(user, place, Wrote(text), ident)

    def pick(self, person: PersonId, user: str) -> str:
        del user
        return str(person)

    def seat(self, user: str, name: str) -> tuple[str, Address]:
        del name
        return user, Address(self._connection, "local", f"dm:{user}")

    def room(self, name: str) -> Address:
        return Address(self._connection, "local", f"channel:{name}")

    async def _act(self, user: str, place: str, act: Act, ident: str, *, on: Seen | None = None) -> Wrong:
        where = Place(f"channel:{place}" if place else f"dm:{user}", direct=not place, name=place)
        inbound = Inbound(f"{user}:{ident}", Sender("local", "local", user), act, where)
        app = self._app
        reply = await asyncio.to_thread(receive.receive, app.store, app.content, inbound, app.clock.now())
        return self._kept(user, place, reply, ident, on=on)

    def _kept(self, user: str, place: str, reply: Reply, ident: str, *, on: Seen | None) -> Wrong:
        match reply:
            case Problems(by_field):
                return by_field
            case Show(card):
                self._private.append((user, _seen(f"reply:{ident}", place, card)))
            case Update(card) if on is not None and (user, on) in self._private:
                self._private[self._private.index((user, on))] = (user, _seen(on.key, place, card))
            case Update() | Nothing():
                pass  # the outbox shows it
            case _:
                raise AssertionError(f"no conversation expects {reply}")
        return {}


def _public(post: Any) -> bool:
    return str(post.conversation).startswith("channel:")


def _place(conversation: str) -> str:
    kind, _, name = conversation.partition(":")
    return name if kind == "channel" else ""


def _seen(key: str, place: str, card: Card) -> Seen:
    asked = [line for one in card.fields for line in _words_of(one)]
    labels = [action.label for action in card.actions]
    text = "\n".join([card.title, spoken(card.body), *asked, *labels, card.footer])
    return Seen(key, place, text, tuple(_controls(card)))


def _words_of(shown: Field) -> Iterator[str]:
    yield from (shown.label, shown.hint, shown.previous)
    if isinstance(shown, Choice):
        yield from (offer.label for offer in shown.options)


def _controls(card: Card) -> Iterator[Control]:
    for action in card.actions:
        match action:
            case Submit():
                fields = tuple(_asked(one) for one in card.fields)
                yield Control(action.label, action.token, fields, sends_form=True)
            case Button():
                yield Control(action.label, action.token, tuple(_asked(one) for one in action.asks))


def _asked(shown: Field) -> Asked:
    if isinstance(shown, Choice):
        initial = list(shown.initial) if shown.many else next(iter(shown.initial), "")
        return Asked(shown.name, initial, tuple(offer.value for offer in shown.options), shown.many)
    return Asked(shown.name, shown.initial)


@dataclass
class LocalPage:
    """The local chat: acts are what its page posts, messages what it holds after they were delivered."""

    chat: LocalAdapter = field(init=False)
    running: asyncio.Task[None] = field(init=False)
    connection: int = 0

    async def open(self, app: App) -> None:
        connection = local_connection(app.store, app.organisation)
        self.connection = connection.id
        desk = LocalDesk(app.store, app.organisation, connection, app.clock)
        self.chat = LocalAdapter(app.clock, desk=desk)
        app.adapters["local"] = self.chat
        self.running = asyncio.create_task(self.chat.run(app.on_inbound))
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running

    async def sees(self, user: str) -> Sequence[Seen]:
        state = await self.chat.state(user)
        if state is None:
            return []
        return [
            Seen(
                message["id"], _place(message["conversation"]), _page_text(card), tuple(_page_controls(card))
            )
            for messages in state["messages"].values()
            for message in messages
            if (card := message["card"]) is not None
        ]

    async def press(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> Wrong:
        entered = dict(values) if control.fields or control.sends_form else None
        parts = {"kind": "click", "token": control.token, "values": entered, "message": on.key}
        return await self._post(user, on.place, ident, parts)

    async def type(self, user: str, place: str, text: str, ident: str) -> Wrong:
        return await self._post(user, place, ident, {"kind": "text", "text": text})

    def pick(self, person: PersonId, user: str) -> str:
        del user
        return str(person)

    def seat(self, user: str, name: str) -> tuple[str, Address]:
        del name
        return user, Address(self.connection, "local", f"dm:{user}")

    def room(self, name: str) -> Address:
        return Address(self.connection, "local", f"channel:{name}")

    async def _post(self, user: str, place: str, ident: str, parts: Mapping[str, Any]) -> Wrong:
        conversation = f"channel:{place}" if place else f"dm:{user}"
        raw = {"as": MARK, "id": ident, "user": user, "conversation": conversation, **parts}
        inbound = self.chat.parse(raw)
        assert inbound is not None, f"the page cannot send {raw}"
        reply = await self.chat.act(inbound)
        return dict(reply["fields"]) if reply["kind"] == "problems" else {}


def _page_text(card: Mapping[str, Any]) -> str:
    parts = [card["title"], *(_page_block(block) for block in card["body"])]
    for asked in card["fields"]:
        parts += [asked["label"], asked["hint"], asked["previous"]]
        parts += [option["label"] for option in asked.get("options", [])]
    return "\n".join([*parts, *(action["label"] for action in card["actions"]), card["footer"], card["note"]])


def _page_block(block: Mapping[str, Any]) -> str:
    match block["kind"]:
        case "paragraph":
            return "".join(span["text"] for span in block["spans"])
        case "heading":
            return str(block["text"])
        case "facts":
            return "\n".join(f"{opening(row['name'])} {row['value']}" for row in block["rows"])
        case "table":
            rows = [block["header"], *(row["cells"] for row in block["rows"])]
            return "\n".join(" | ".join(row) for row in rows)
        case "bars":
            return "\n".join(_page_bar(row) for row in block["rows"])
        case "picture":
            return str(block["alt"])
    return ""


def _page_bar(row: Mapping[str, Any]) -> str:
    value = "not known" if row["value"] is None else str(row["value"])
    return f"{row['label']}: {value}" + (f" ({row['note']})" if row["note"] else "")


def _page_controls(card: Mapping[str, Any]) -> Iterator[Control]:
    for action in card["actions"]:
        if action["kind"] == "submit":
            fields = tuple(_page_field(one) for one in card["fields"])
            yield Control(action["label"], action["token"], fields, sends_form=True)
        elif action["kind"] == "button":
            asks = tuple(_page_field(one) for one in action["asks"])
            yield Control(action["label"], action["token"], asks)


def _page_field(shown: Mapping[str, Any]) -> Asked:
    options = tuple(option["value"] for option in shown.get("options", []))
    many, initial = bool(shown.get("many")), shown["initial"]
    if isinstance(initial, list) and not many:
        initial = initial[0] if initial else ""
    return Asked(shown["name"], initial, options, many)


DOORS: dict[str, Callable[[], Door]] = {
    "service": Scripted,
    "local": LocalPage,
    "slack-http": partial(SlackWorkspace, "http"),
    "slack-socket": partial(SlackWorkspace, "socket"),
    "teams": TeamsTenant,
}
