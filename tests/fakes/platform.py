"""A platform in memory behind the adapter port: keeps messages, can be told to fail; it renders nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.card import Card
from bot.core.ports import DeliveryError, Inbound, MessageRef, OnInbound, OnSearch, Payload, Traits
from bot.core.records import Address


@dataclass
class Post:
    """One message as it stands now; `versions` counts the send and every amend."""

    conversation: str
    key: str
    card: Card
    thread: str = ""
    versions: int = 1


@dataclass
class Platform:
    """The adapter `local`, without a page. `failing` are errors to raise, one a call, before anything is kept."""

    name: str = "local"
    traits: Traits = field(default_factory=lambda: Traits(True, True, False, 65536, can_look_up=True))
    posts: list[Post] = field(default_factory=list)
    failing: list[DeliveryError | None] = field(default_factory=list)
    swallow: bool = False  # keep the message and then fail to answer
    refusing: dict[str, list[DeliveryError | None]] = field(default_factory=dict)  # the same by conversation
    searchable: bool = True  # whether it can be asked for what was sent
    blocks_a_message: int = 0
    calls: int = 0

    def render(self, card: Card) -> Payload:
        """With `blocks_a_message`, so many blocks of the body in each message."""
        size = self.blocks_a_message or len(card.body) or 1
        first, *more = (card.body[at : at + size] for at in range(0, max(len(card.body), 1), size))
        payload = {"card": replace(card, body=first)}
        return {**payload, "more": [{"card": replace(card, body=one)} for one in more]} if more else payload

    def parse(self, raw: Any) -> Inbound | None:
        del raw
        return None

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        self._maybe_fail(address.conversation)
        self.posts.append(Post(address.conversation, key, payload["card"], address.thread))
        if self.swallow:
            self.swallow = False
            raise DeliveryError("the answer was lost")  # it may have been sent, and was
        return MessageRef(address.conversation, key)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        self._maybe_fail(address.conversation)
        post = next(post for post in self.posts if post.key == ref.message)
        post.card, post.versions = payload["card"], post.versions + 1

    async def find(self, address: Address, key: str) -> MessageRef | None:
        if not self.searchable:
            raise DeliveryError("it cannot be looked up", permanent=True)
        found = next((post for post in self.posts if post.key == key), None)
        return MessageRef(address.conversation, found.key) if found else None

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        del on_inbound
        await asyncio.Event().wait()

    def _maybe_fail(self, conversation: str) -> None:
        self.calls += 1
        waiting = self.refusing.get(conversation) or self.failing
        error = waiting.pop(0) if waiting else None
        if error is not None:
            raise error

    def inbox(self, user: str) -> list[Card]:
        """What a person sees in their direct conversation now, the oldest first."""
        return [post.card for post in self.posts if post.conversation == f"dm:{user}"]

    def channel(self, name: str) -> list[Post]:
        """The messages of a channel, the oldest first."""
        return [post for post in self.posts if post.conversation == f"channel:{name}"]
