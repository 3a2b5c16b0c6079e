"""The local chat as an adapter: keeps conversations, shows them live, hands on acts; it decides nothing."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, assert_never

from aiohttp import web

from adapters.local import page
from adapters.local.desk import Actor, ClockError, Desk, Dial, Leap, Room
from adapters.local.parse import BOT, PLATFORM, parse, well_formed
from adapters.local.render import MAX_PAYLOAD_BYTES, render
from adapters.local.rooms import Posted, Rooms
from adapters.local.stream import Stream
from adapters.local.text import clean
from bot.core.card import Card
from bot.core.ports import (
    Clicked,
    Clock,
    Close,
    DeliveryError,
    Inbound,
    MessageRef,
    Nothing,
    OnInbound,
    OnSearch,
    Payload,
    Problems,
    Ran,
    Reply,
    Show,
    Traits,
    Update,
    Wrote,
)
from bot.core.records import Address

__all__ = ["Actor", "ClockError", "Desk", "Dial", "Leap", "LocalAdapter", "Room"]

NAME = "Rampcheck"
SHOWN = 200  # messages of a conversation that a page loads; scrolling further back is not what a demo is for
SHOWN_TEXT = 4000  # characters of what a person typed that are shown again to them

Json = dict[str, Any]


class LocalAdapter:
    """The platform `local`: one connection, direct conversations `dm:<user>`, channels `channel:<name>`.

    `clock` dates the messages; `desk` knows people, channels and the clock bar: without one, whoever writes
    is there, and so is every well-formed conversation. `journal` is the file they survive a restart in.
    """

    name: Final = PLATFORM
    traits: Final = Traits(
        can_amend=True, can_start=True, modal=False, max_payload_bytes=MAX_PAYLOAD_BYTES, can_look_up=True
    )

    def __init__(self, clock: Clock, *, desk: Desk | None = None, journal: Path | None = None) -> None:
        self._clock = clock
        self._desk = desk
        self._rooms = Rooms(journal)
        self._on_inbound: OnInbound | None = None
        self._moving = asyncio.Lock()
        self.stream = Stream()

    # --- the port

    def render(self, card: Card) -> Payload:
        """The page's JSON for a card."""
        return render(card)

    def parse(self, raw: Any) -> Inbound | None:
        """The act that a POST of the page means."""
        return parse(raw)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        """Post a message. A second send under the same key finds the first."""
        await self._must_know(address.conversation)
        place, message = address.conversation, _ident("m", address.conversation, key)
        if self._rooms.get(message) is None:
            self._post(Posted(message, place, BOT, self._now(), card=payload, thread=self._root(address)))
        return MessageRef(place, message, thread=address.thread)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        """Replace a message in its place."""
        posted = self._rooms.get(ref.message)
        if posted is None or posted.conversation != address.conversation:
            raise DeliveryError("the message is not there any more", permanent=True)
        self._post(replace(posted, card=payload, edited=self._now()))

    async def find(self, address: Address, key: str) -> MessageRef | None:
        """The message sent under a key."""
        posted = self._rooms.get(_ident("m", address.conversation, key))
        return MessageRef(posted.conversation, posted.id, thread=posted.thread) if posted else None

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        """Take what people do until cancelled, then send the pages away. The page shows options, it searches none."""
        del on_search
        self._on_inbound = on_inbound
        try:
            await asyncio.Event().wait()
        finally:
            self.close()

    def send_away(self) -> None:
        """End the live connections; the pages come back by themselves."""
        self.stream.close()

    def close(self) -> None:
        """End the live connections and let go of the journal."""
        self._on_inbound = None
        self.stream.close()
        self._rooms.close()

    def routes(self) -> list[web.RouteDef]:
        """The page at `/` and what it calls, under `/local`."""
        return page.routes(self)

    # --- what the page asks

    async def state(self, user: str) -> Json | None:
        """All that one person sees now; None for a stranger. An empty `user` is the first there is."""
        cast = list(await self._desk.cast()) if self._desk else self._writers(user)
        me = next((actor for actor in cast if actor.user == user or not user), None)
        if me is None:
            return None
        rooms = await self._conversations(me.user)
        return {
            "event": self.stream.last,
            "bot": NAME,
            "user": me.user,
            "cast": [self._actor(actor) for actor in cast],
            "conversations": rooms,
            "messages": {room["id"]: self._messages(me.user, room["id"]) for room in rooms},
            "clock": await self.dial(),
        }

    async def dial(self) -> Json | None:
        """The clock for the clock bar; None without a desk."""
        return _dial(await self._desk.clock()) if self._desk else None

    async def people(self, query: str) -> list[Json]:
        """People to pick from."""
        return [_person(one) for one in await self._desk.people(query)] if self._desk else []

    async def advance(self, by: Leap) -> Json:
        """Move the clock; says what arrived, by conversation. Raises ClockError."""
        if self._desk is None:
            raise ClockError("There is no clock to move here.")
        if self._moving.locked():
            raise ClockError("The clock is already moving.")
        async with self._moving:
            before = self._rooms.newest()
            dial = _dial(await self._desk.advance(by))
            self.stream.tell("clock", {"clock": dial})
            return {"clock": dial, "arrived": self._rooms.arrived(before)}

    async def seen(self, user: str, conversation: str) -> None:
        """The person has the conversation open. Raises DeliveryError: unknown person or place."""
        for place in {f"dm:{user}", conversation}:
            await self._must_know(place)
        if self._rooms.unread(user, conversation):
            self._rooms.seen(user, conversation)
            self.stream.tell("badge", self._badge(user))

    async def act(self, inbound: Inbound) -> Json:
        """Hand on what a person did. Raises DeliveryError: unknown person or place, or nobody takes it now."""
        for conversation in {f"dm:{inbound.sender.user}", inbound.on.conversation}:
            await self._must_know(conversation)
        if self._on_inbound is None:
            raise DeliveryError("the bot is starting or stopping; try again in a moment")
        self._echo(inbound)
        return self._answer(inbound, await self._on_inbound(inbound))

    # --- inside

    async def _must_know(self, conversation: str) -> None:
        if not well_formed(conversation) or (self._desk and not await self._desk.knows(conversation)):
            raise DeliveryError(f"the local chat has no conversation {conversation[:80]!r}", permanent=True)

    def _root(self, address: Address) -> str:
        """The thread's root; a reply to a message that is gone stands by itself rather than vanish."""
        root = self._rooms.get(address.thread)
        return (root.thread or root.id) if root and root.conversation == address.conversation else ""

    def _post(self, posted: Posted) -> Posted:
        known = self._rooms.get(posted.id) is not None
        kept = self._rooms.put(posted)
        self.stream.tell("message", {"message": _message(kept), "new": not known})
        if not known and kept.conversation.startswith("dm:"):
            self.stream.tell("badge", self._badge(kept.conversation.removeprefix("dm:")))
        return kept

    def _echo(self, inbound: Inbound) -> None:
        """What was typed stands in the conversation; a command is seen by whoever ran it."""
        match inbound.act:
            case Wrote(text):
                shown, only = text, ""
            case Ran(command):
                shown, only = f"/rampcheck {command}".strip(), inbound.sender.user
            case _:
                return
        ident = _ident("u", inbound.on.conversation, inbound.dedupe_key)
        if self._rooms.get(ident) is None:
            text = clean(shown, SHOWN_TEXT)
            self._post(
                Posted(ident, inbound.on.conversation, inbound.sender.user, self._now(), text=text, only=only)
            )

    def _answer(self, inbound: Inbound, reply: Reply) -> Json:
        match reply:
            case Nothing():
                return {"kind": "nothing"}
            case Problems(by_field):
                fields = {name: clean(text, 600) for name, text in by_field.items()}
                return {"kind": "problems", "fields": fields}
            case Show():
                return {"kind": "show", "message": _message(self._show(inbound, reply))}
            case Update(card):
                return self._update(inbound, card)
            case Close():
                return {"kind": "close", "removed": self._put_away(inbound)}
            case _:
                assert_never(reply)

    def _show(self, inbound: Inbound, reply: Show) -> Posted:
        """In place of the private message that asked, where there is one; else as a new message."""
        asked, user = self._asked(inbound), inbound.sender.user
        card = render(reply.card)
        if asked and asked.only == user and reply.private:
            return self._post(replace(asked, card=card, edited=self._now()))
        only = user if reply.private else ""
        thread = asked.thread if asked else ""
        ident = _ident("p", inbound.on.conversation, inbound.dedupe_key)
        return self._post(
            Posted(ident, inbound.on.conversation, BOT, self._now(), card=card, thread=thread, only=only)
        )

    def _update(self, inbound: Inbound, card: Card) -> Json:
        """A private message is replaced; any other is the outbox's to amend; the page shows this first."""
        asked = self._asked(inbound)
        if asked and asked.only == inbound.sender.user:
            shown = self._post(replace(asked, card=render(card), edited=self._now()))
            return {"kind": "show", "message": _message(shown)}
        return {"kind": "update", "card": render(card)}

    def _put_away(self, inbound: Inbound) -> str:
        """A private message that asked has had its day; a message of the conversation stays."""
        asked = self._asked(inbound)
        if asked is None or asked.only != inbound.sender.user or not isinstance(inbound.act, Clicked):
            return ""
        self._rooms.drop(asked.id)
        gone = {"id": asked.id, "conversation": asked.conversation, "only": asked.only}
        self.stream.tell("removed", {"message": gone})
        return asked.id

    def _asked(self, inbound: Inbound) -> Posted | None:
        posted = self._rooms.get(inbound.on.message)
        return posted if posted and posted.conversation == inbound.on.conversation else None

    async def _conversations(self, user: str) -> list[Json]:
        direct = {"id": f"dm:{user}", "kind": "direct", "name": NAME, "note": "Only you two see this"}
        rooms = list(await self._desk.rooms()) if self._desk else self._used_rooms()
        channels = [
            {"id": f"channel:{one.name}", "kind": "channel", "name": one.name, "note": clean(one.note, 200)}
            for one in rooms
        ]
        return [one | {"unread": self._rooms.unread(user, one["id"])} for one in (direct, *channels)]

    def _messages(self, user: str, conversation: str) -> list[Json]:
        return [_message(posted) for posted in self._rooms.visible(user, conversation)[-SHOWN:]]

    def _actor(self, actor: Actor) -> Json:
        return _person(actor) | self._badge(actor.user)

    def _badge(self, user: str) -> Json:
        return {"user": user, "unread": self._rooms.unread(user, f"dm:{user}")}

    def _writers(self, user: str) -> list[Actor]:
        """Without a desk: everybody with a direct conversation, and whoever asks."""
        direct = [name.removeprefix("dm:") for name in self._rooms.conversations() if name.startswith("dm:")]
        asking = [user] if user and well_formed(f"dm:{user}") else []
        return [Actor(name, name) for name in dict.fromkeys([*direct, *asking] or ["you"])]

    def _used_rooms(self) -> list[Room]:
        names = self._rooms.conversations()
        return [Room(name.removeprefix("channel:")) for name in names if name.startswith("channel:")]

    def _now(self) -> str:
        return self._clock.now().isoformat()


def _ident(kind: str, conversation: str, key: str) -> str:
    """A message's id follows from its key: it is found again, and never means another one after a reset."""
    return kind + hashlib.sha256(f"{conversation}\n{key}".encode()).hexdigest()[:20]


def _person(actor: Actor) -> Json:
    return {"user": actor.user, "name": clean(actor.name, 120), "note": clean(actor.note, 200)}


def _message(posted: Posted) -> Json:
    return {
        "id": posted.id,
        "conversation": posted.conversation,
        "by": posted.by,
        "at": posted.at,
        "card": posted.card,
        "text": posted.text,
        "thread": posted.thread,
        "only": posted.only,
        "edited": posted.edited,
        "seq": posted.seq,
        "rev": posted.rev,
    }


def _dial(dial: Dial) -> Json:
    return {
        "now": dial.now.isoformat(),
        "zone": dial.zone,
        "next": dial.next_due.isoformat() if dial.next_due else None,
        "note": clean(dial.next_note, 200),
        "movable": dial.movable,
    }
