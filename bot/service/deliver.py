"""Takes messages from the outbox to the platforms and settles them; it must not know what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.ports import Adapter, DeliveryError, Leased, MessageRef, Outbox, Store, Unit
from bot.core.records import Event
from bot.core.values import Json
from bot.log import get

BATCH = 50  # performance.md, 3a: from 10 on the database is no longer what limits
LEASE = timedelta(seconds=60)  # three times SEND_WITHIN: no lease runs out while its request is in flight
SEND_WITHIN = timedelta(seconds=20)  # the slowest answer worth waiting for
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 30, 120, 600, 1800))
ATTEMPTS = len(BACKOFF) + 1  # about 45 minutes; longer outages are the platform's to announce

log = get("delivery")


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs: the store with its outbox, the adapters by platform and the present."""

    store: Store
    adapters: Mapping[str, Adapter]
    now: Callable[[], datetime]

    @property
    def outbox(self) -> Outbox:
        """The store's outbox."""
        return self.store.outbox


async def deliver(post: Post, *, limit: int = BATCH) -> int:
    """Send one batch, each conversation's messages in order; the number of messages taken."""
    hold = LEASE.total_seconds()
    leased = await asyncio.to_thread(lambda: post.outbox.lease(post.now(), limit=limit, hold=hold))
    await asyncio.gather(*(_one(post, message) for message in leased))
    return len(leased)


async def drain(post: Post) -> int:
    """Send until nothing more is due; the number of messages taken."""
    total = 0
    while taken := await deliver(post):
        total += taken
    return total


async def _one(post: Post, leased: Leased) -> None:
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            ref = await _send(post, leased)
    except DeliveryError as error:
        await asyncio.to_thread(_failed, post, leased, error)
    except TimeoutError:
        await asyncio.to_thread(_failed, post, leased, DeliveryError("no answer in time"))
    else:
        if not await asyncio.to_thread(post.outbox.sent, leased, ref, post.now()):
            log.warning("delivery.lease_lost", outbox=leased.id, attempt=leased.attempt)


async def _send(post: Post, leased: Leased) -> MessageRef:
    """Post or amend; a message that may have been sent before is looked up first where the platform allows it."""
    message = leased.message
    adapter = post.adapters.get(message.address.platform)
    if adapter is None:
        raise DeliveryError(f"no adapter for {message.address.platform} is running in this process")
    payload = adapter.render(message.card)
    if leased.ref is not None:
        await adapter.amend(message.address, leased.ref, payload)
        return leased.ref
    if (leased.again or leased.attempt > 1) and adapter.traits.can_look_up:
        found = await adapter.find(message.address, message.key)
        if found is not None:
            return found
    return await adapter.send(replace(message.address, thread=leased.thread), payload, key=message.key)


def _give_up(unit: Unit, leased: Leased, error: DeliveryError, now: datetime) -> None:
    """Leave a trace that an admin can find; a conversation that is gone gets nothing more."""
    message = leased.message
    if error.gone:
        unit.switch_off(message.address)
    after: Json = {"key": message.key, "reason": error.reason, "address_off": error.gone}
    unit.record(Event("delivery.dead", now, None, subject=message.address.lane, after=after))


def _failed(post: Post, leased: Leased, error: DeliveryError) -> None:
    """Settle what could not be sent: give up, wait as the platform asks, or try again later."""
    now = post.now()
    if error.permanent or leased.attempt >= ATTEMPTS:
        post.outbox.dead(leased, now, error.reason)
        log.warning("delivery.dead", outbox=leased.id, reason=error.reason, attempt=leased.attempt)
        post.store.write(leased.organisation, lambda unit: _give_up(unit, leased, error, now))
    elif error.retry_after is not None:
        post.outbox.pause(leased, now + timedelta(seconds=error.retry_after), error.reason)
        log.info("delivery.pause", outbox=leased.id, after=error.retry_after)
    else:
        wait = BACKOFF[min(leased.attempt, len(BACKOFF)) - 1]
        post.outbox.later(leased, now + wait, error.reason)
        log.info("delivery.retry", outbox=leased.id, after=wait.total_seconds(), reason=error.reason)
