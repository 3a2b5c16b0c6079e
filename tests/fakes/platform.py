"""A platform in memory behind the adapter port: keeps messages, can be told to fail; it renders nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
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
    calls: int = 0

    def render(self, card: Card) -> Payload:
        return {"card": card}

    def parse(self, raw: Any) -> Inbound | None:
        del raw
        return None

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        self._maybe_fail()
        self.posts.append(Post(address.conversation, key, payload["card"], address.thread))
        if self.swallow:
            self.swallow = False
            raise DeliveryError("the answer was lost")
        return MessageRef(address.conversation, key)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        self._maybe_fail()
        post = next(post for post in self.posts if post.key == ref.message)
        post.card, post.versions = payload["card"], post.versions + 1

    async def find(self, address: Address, key: str) -> MessageRef | None:
        found = next((post for post in self.posts if post.key == key), None)
        return MessageRef(address.conversation, found.key) if found else None

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        del on_inbound
        await asyncio.Event().wait()

    def _maybe_fail(self) -> None:
        self.calls += 1
        error = self.failing.pop(0) if self.failing else None
        if error is not None:
            raise error

    def inbox(self, user: str) -> list[Card]:
        """What a person sees in their direct conversation now, the oldest first."""
        return [post.card for post in self.posts if post.conversation == f"dm:{user}"]

    def channel(self, name: str) -> list[Post]:
        """The messages of a channel, the oldest first."""
        return [post for post in self.posts if post.conversation == f"channel:{name}"]
