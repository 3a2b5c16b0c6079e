"""Messages that wait to be delivered, and how a worker takes and settles them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.bundles import Strip
from bot.core.card import Card
from bot.core.ports.platform import MessageRef
from bot.core.records import Address, OrganisationId


@dataclass(frozen=True, slots=True)
class Message:
    """One message to deliver, written with the change that caused it.

    `key` is unique: enqueueing it again changes nothing. `replaces` is the key of an earlier message to amend in
    place of posting a new one; `under` the key of the message whose thread this one belongs to. Past `stale_at` it
    is dropped, not sent. What is written to the same conversation meanwhile does not wait for `not_before`.
    """

    key: str
    address: Address
    card: Card
    replaces: str = ""
    under: str = ""
    not_before: datetime | None = None
    stale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in a worker's hands until `until`; `attempt` fences it: a later lease makes this one powerless.

    `ref` is the message to amend, `thread` the root to reply under, both already looked up. `again` says that an
    earlier attempt may have been sent: its lease ran out, or its answer was lost.

    `parts` of it are sent already, the first of them is `root`; the others stand in its thread. `wanted_at` is the
    moment from which it was to be sent. Of a `broken` one the card could not be read, and is empty.
    """

    id: int
    organisation: OrganisationId
    message: Message
    attempt: int
    until: datetime
    ref: MessageRef | None = None
    thread: str = ""
    again: bool = False
    parts: int = 0
    root: MessageRef | None = None
    wanted_at: datetime | None = None
    broken: bool = False


class Outbox(Protocol):
    """Messages to deliver: leased, then settled by one of `sent`, `goes_on`, `later`, `pause`, `hold` or `dead`."""

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Leased]:
        """Take up to `limit` due messages for `hold` seconds: the oldest of each lane, and no lane twice."""
        ...

    def sent(self, leased: Leased, ref: MessageRef, now: datetime) -> bool:
        """It was delivered. False: the lease was lost meanwhile."""
        ...

    def sent_all(self, done: Sequence[tuple[Leased, MessageRef]], now: datetime) -> Sequence[bool]:
        """The same for many at once, each by itself: in one transaction as long as no lease was lost."""
        ...

    def goes_on(self, leased: Leased, root: MessageRef, now: datetime) -> bool:
        """One more part of it was delivered and there are others: the next is due now, before all else of its lane."""
        ...

    def later(self, leased: Leased, at: datetime, reason: str, *, unsure: bool = False) -> bool:
        """Try again at `at`; counts as an attempt. `unsure`: it may have been delivered, so it is looked up first."""
        ...

    def pause(self, leased: Leased, at: datetime, reason: str) -> bool:
        """Not before `at`, and not counted as an attempt: the platform asked us to wait."""
        ...

    def hold(self, leased: Leased, at: datetime, reason: str) -> bool:
        """Not before `at`, as `pause`; what is written to the same conversation meanwhile does not wait for it."""
        ...

    def dead(self, leased: Leased, now: datetime, reason: str) -> bool:
        """Give up; kept with its reason. `reason` "stale" is for messages that came too late."""
        ...


class MessagesKept(Protocol):
    """Messages to deliver, written with the change that caused them."""

    def enqueue(self, message: Message, now: datetime, *, soon: bool = False) -> bool:
        """Put a message into the outbox; False when its key is already there.

        `soon`: it is written with others, before this unit ends; whether its key was there is not known: always True.
        """
        ...

    def posted(self, key: str) -> Card | None:
        """The card of the message of that key as it was amended last, by messages whose keys go on behind `key:`."""
        ...

    def hold_anew(self, address: Address, was: datetime, at: datetime) -> int:
        """What is held for a conversation until the moment `was` is held until `at`; how many messages that were."""
        ...

    def cancel(self, key: str, reason: str) -> bool:
        """Drop a message that was not sent yet."""
        ...

    def give_up(self, leased: Leased, now: datetime, reason: str) -> bool:
        """Send no more of a message, in one transaction with what follows from that; what stands of it stays sent.

        False where the lease was lost meanwhile: it is another's to give up.
        """
        ...

    def was_sent(self, key: str) -> bool:
        """Whether the message of that key was delivered, with all its parts."""
        ...

    def put_strip(self, strip: Strip) -> None:
        """Store what the message of a check-in or request shows within its host; in place of what and where it was."""
        ...

    def stands_in(self, key: str) -> str:
        """The key of the message in which that one stands; empty for one of its own."""
        ...

    def strips(self, host: str) -> Sequence[Strip]:
        """What stands in a message, in the order in which it was put there."""
        ...
