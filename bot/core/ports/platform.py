"""What a platform has to do for the bot, and the clock; what is said and decided lies elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.card import Card, Grid, Offer
from bot.core.links import Tried
from bot.core.ports.acts import Inbound, Search
from bot.core.ports.replies import Reply
from bot.core.records import Address

# A platform's message. `more`, where it is there: messages of the same form that go on in the thread, in their order.
Payload = Mapping[str, Any]
OnInbound = Callable[[Inbound], Awaitable[Reply]]
OnSearch = Callable[[Search], Awaitable[Sequence[Offer]]]  # at most a hundred, likeliest first
Draw = Callable[[Grid], Awaitable[bytes]]  # a grid as a PNG. Raises PictureError


@dataclass(frozen=True, slots=True)
class Traits:
    """What a platform can do. `can_look_up`: a lost send can be found again by its key.

    `has_home`: each person has a page of their own there, and the adapter is a `Hosting` one.
    """

    can_amend: bool
    can_start: bool
    modal: bool
    max_payload_bytes: int
    can_look_up: bool = False
    has_home: bool = False


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A sent message: its conversation and the platform's id of it."""

    conversation: str
    message: str
    thread: str = ""


class DeliveryError(Exception):
    """A message could not be delivered.

    `permanent`: trying this message again is useless. `gone`: nothing can be delivered to that conversation until it
    is heard from again. `retry_after`: seconds the platform asks us to wait. `unsent`: it surely was not delivered;
    without it, it may have been, and only its answer was lost.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: float | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent or gone
        self.gone = gone
        self.retry_after = retry_after
        self.unsent = unsent or retry_after is not None


class PictureError(Exception):
    """A picture could not be drawn; the message is shown without it."""


def pages(payload: Payload) -> list[Payload]:
    """The messages of a payload in their order: the first, and those that go on in its thread."""
    first = {name: part for name, part in payload.items() if name != "more"}
    return [first, *payload.get("more", ())]


class Adapter(Protocol):
    """One platform: verifies, translates and sends; decides nothing."""

    name: str
    traits: Traits

    def render(self, card: Card) -> Payload:
        """The platform's message for a card: pure, total, everything a person wrote escaped."""
        ...

    def parse(self, raw: Any) -> Inbound | None:
        """What a verified raw payload means; None when it is not for us. Pure; never raises."""
        ...

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        """Post one message, without what goes on after it; `key` lets it be found again. Raises DeliveryError."""
        ...

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        """Replace a message that was sent. Raises DeliveryError."""
        ...

    async def find(self, address: Address, key: str) -> MessageRef | None:
        """The message sent under `key`; None where it was not sent. With `address.thread`, one within that thread.

        Asked after a send whose outcome is not known. Raises DeliveryError, a permanent one where the platform does
        not let us look: such a message is not sent a second time.
        """
        ...

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        """Take what people do until cancelled; what they search for is answered where the platform can ask."""
        ...


class Hosting(Protocol):
    """What the adapter of a platform with homes can do besides."""

    def render_home(self, cards: Sequence[Card]) -> Payload:
        """The page of these cards, one below the other: pure, total, everything a person wrote escaped."""
        ...

    async def show_home(self, address: Address, payload: Payload) -> None:
        """Put the page in the place of the one before. Raises DeliveryError."""
        ...


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Opener(Protocol):
    """Opens links to see whether they answer."""

    async def tried(self, link: str) -> Tried:
        """What comes of opening a link; a few seconds at most, and never an error."""
        ...
