"""Takes messages from the outbox to the platforms and settles them; it must not know what they say."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bot.core import signing
from bot.core.card import Card
from bot.core.pace import spread
from bot.core.ports import (
    Adapter,
    DeliveryError,
    Fate,
    Leased,
    MessageRef,
    Meter,
    Outbox,
    Payload,
    Store,
    Unmeasured,
    pages,
)
from bot.core.questionnaire import Content
from bot.core.records import Event
from bot.core.values import Json
from bot.log import get
from bot.service import hours, subscribed, trouble
from bot.service.flow import Together, keep_going
from bot.service.work import Work, again

BATCH = 20  # in one lease: from 10 on the database is not what limits, and room is not left unused for long
AT_ONCE = 100  # messages on their way: at a tenth of a second each, more than any platform takes of one bot
# Where a platform cannot be asked whether a message arrived, all that was on its way at a crash may be sent twice: few
# of one tenant at once. At a fifth of a second each they keep Teams' pace of 20 a second.
BLIND = 5
LEASE = timedelta(seconds=60)  # three times SEND_WITHIN: no lease runs out while its request is in flight
SEND_WITHIN = timedelta(seconds=20)  # the slowest answer worth waiting for
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 30, 120, 600, 1800))
JITTER = 0.2  # of a rest, at most: what failed together in an outage does not come again in one second
ATTEMPTS = len(BACKOFF) + 1  # about 45 minutes; longer outages are the platform's to announce
WAITED_FOR = timedelta(minutes=15)  # what leaves later than this finds nobody who waits for it

Settling = Together[tuple[Leased, MessageRef], bool]
Rooms = defaultdict[int, asyncio.Semaphore]  # by connection

log = get("delivery")


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs: the store with its outbox, the adapters by platform, the present, the good hours of
    people, and who counts.
    """

    store: Store
    adapters: Mapping[str, Adapter]
    now: Callable[[], datetime]
    content: Content
    meter: Meter = field(default_factory=Unmeasured)

    @property
    def outbox(self) -> Outbox:
        """The store's outbox."""
        return self.store.outbox


async def drain(post: Post, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send until nothing more is due, each conversation's messages in order; the number of messages taken.

    Told to stop, it finishes what is in hand.
    """
    rooms: Rooms = defaultdict(lambda: asyncio.Semaphore(BLIND))
    return await keep_going(
        partial(_taken, post),
        partial(_one, post, _settling(post), rooms),
        at_once=AT_ONCE,
        batch=BATCH,
        stopping=stopping,
    )


async def _taken(post: Post, limit: int) -> Sequence[Leased]:
    hold = LEASE.total_seconds()
    return await asyncio.to_thread(lambda: post.outbox.lease(post.now(), limit=limit, hold=hold))


def _settling(post: Post) -> Settling:
    return Together(lambda sent: post.outbox.sent_all(sent, post.now()))


async def _one(post: Post, settling: Settling, rooms: Rooms, leased: Leased) -> None:
    adapter, tenant = post.adapters.get(leased.message.address.platform), leased.message.address.connection
    if adapter is None or adapter.traits.can_look_up:
        await _sent(post, settling, leased)
        return
    async with rooms[tenant]:
        if (
            post.now() + SEND_WITHIN > leased.until
        ):  # it waited so long that another may have it before it is sent
            await asyncio.to_thread(post.outbox.pause, leased, post.now(), "waited for others")
            return
        await _sent(post, settling, leased)


async def _sent(post: Post, settling: Settling, leased: Leased) -> None:
    hour = await asyncio.to_thread(_good_hour, post, leased) if _may_disturb(post, leased) else None
    if hour is not None:
        await asyncio.to_thread(post.outbox.hold, leased, hour, "waits for a good hour")
        return
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            ref, more = await _send(post, leased)
    except DeliveryError as error:
        await asyncio.to_thread(_failed, post, leased, error)
    except TimeoutError:
        await asyncio.to_thread(_failed, post, leased, DeliveryError("no answer in time"))
    except Exception as error:  # noqa: BLE001  # a fault in one message's sending never stops the others
        log.error("delivery.fault", cause=error, outbox=leased.id)
        await asyncio.to_thread(_failed, post, leased, DeliveryError("sending it failed inside Rampcheck"))
    else:
        if not await _settled(post, settling, leased, leased.root or ref, more=more):
            _count(post, leased, Fate.LEASE_LOST)
            log.warning("delivery.lease_lost", outbox=leased.id, attempt=leased.attempt)
        elif not more:
            _count(post, leased, Fate.SENT)


def _count(post: Post, leased: Leased, fate: Fate) -> None:
    """One attempt; how long it took is counted from when the message was to be sent."""
    waited = post.now() - leased.wanted_at if fate is Fate.SENT and leased.wanted_at else None
    where = leased.message.address.platform
    post.meter.delivered(where, fate, waited_s=waited.total_seconds() if waited is not None else None)


async def _settled(post: Post, settling: Settling, leased: Leased, ref: MessageRef, *, more: bool) -> bool:
    """Note that it was sent, together with what was sent meanwhile; whether the lease still held."""
    if more:
        return await asyncio.to_thread(post.outbox.goes_on, leased, ref, post.now())
    return await settling.do((leased, ref))


def _may_disturb(post: Post, leased: Leased) -> bool:
    """Whether it could disturb somebody who does not wait for it: it is late, or was written for a later hour.

    Whoever was there when it was written may have said since that they are away. What was begun goes on, and what
    only changes a message that is there wakes nobody.
    """
    since, begun = leased.wanted_at, leased.ref or leased.root
    late = since is not None and post.now() - since > WAITED_FOR
    return begun is None and (late or leased.message.not_before is not None)


def _good_hour(post: Post, leased: Leased) -> datetime | None:
    """When a message is sent that would come at night, or to somebody who is away: a good hour; None for now."""
    now, address = post.now(), leased.message.address
    good = post.store.read(
        leased.organisation, lambda unit: hours.good_there(Work(unit, post.content, now), address)
    )
    return good if good > now else None


async def _send(post: Post, leased: Leased) -> tuple[MessageRef, bool]:
    """Amend a message, or post the next part of one: where it is now, and whether it goes on.

    A part is a send of its own, settled before the next: neither a pause nor a crash loses or doubles one.
    """
    adapter = post.adapters.get(leased.message.address.platform)
    if adapter is None:
        platform = leased.message.address.platform
        raise DeliveryError(f"no adapter for {platform} is running in this process", unsent=True)
    if leased.broken:
        raise DeliveryError("its card cannot be read", permanent=True, unsent=True)
    key = await asyncio.to_thread(post.store.button_key, leased.organisation)
    parts = pages(_drawn(adapter, signing.card(leased.message.card, key)))
    if leased.ref is not None:
        await adapter.amend(leased.message.address, leased.ref, parts[0])
        return leased.ref, False
    if leased.root is not None and leased.parts >= len(parts):
        return leased.root, False  # it is drawn shorter than when its first part was sent
    ref = await _post(adapter, leased, parts[leased.parts])
    return ref, leased.parts + 1 < len(parts)


def _drawn(adapter: Adapter, card: Card) -> Payload:
    """As the platform shows it. What cannot be drawn today cannot be tomorrow."""
    try:
        return adapter.render(card)
    except Exception as error:
        log.error("delivery.undrawable", cause=error)
        raise DeliveryError("it cannot be drawn", permanent=True, unsent=True) from error


async def _post(adapter: Adapter, leased: Leased, payload: Payload) -> MessageRef:
    """Post; what may have been sent before is looked up first where the platform allows it."""
    message, root = leased.message, leased.root
    key = f"{message.key}#{leased.parts + 1}" if leased.parts else message.key
    thread = leased.thread or ((root.thread or root.message) if root else "")
    address = replace(message.address, thread=thread)
    if leased.again and adapter.traits.can_look_up:
        found = await adapter.find(address, key)
        if found is not None:
            return found
    return await adapter.send(address, payload, key=key)


def _failed(post: Post, leased: Leased, error: DeliveryError) -> None:
    """Settle what could not be sent: give up, wait as the platform asks, or try again later."""
    now = post.now()
    if error.permanent or leased.attempt >= ATTEMPTS:
        _give_up(post, leased, error, now)
    elif error.retry_after is not None:
        post.outbox.pause(leased, now + timedelta(seconds=error.retry_after), error.reason)
        _count(post, leased, Fate.PAUSED)
        log.info("delivery.pause", outbox=leased.id, after=error.retry_after)
    else:
        wait = _backoff(leased)
        post.outbox.later(leased, now + wait, error.reason, unsure=not error.unsent)
        _count(post, leased, Fate.RETRIED)
        log.info("delivery.retry", outbox=leased.id, after=wait.total_seconds(), reason=error.reason)


def _backoff(leased: Leased) -> timedelta:
    """How long a message rests that could not be sent; of those that failed together each for a moment of its own."""
    rest = BACKOFF[min(leased.attempt, len(BACKOFF)) - 1]
    return timedelta(seconds=spread(rest.total_seconds(), JITTER, f"{leased.id}:{leased.attempt}"))


def _give_up(post: Post, leased: Leased, error: DeliveryError, now: datetime) -> None:
    """Leave a trace that an admin can find, and tell whoever can mend it. What stands of a message stays sent.

    One transaction: a worker that is killed over it has done all of it or nothing, and another worker's next failure
    in that conversation finds that it was told.
    """
    mine: bool | None = None
    try:
        mine = again(
            lambda: post.store.write(
                leased.organisation, lambda unit: _note_down(Work(unit, post.content, now), leased, error)
            )
        )
    finally:
        if mine is None:  # it could not be told: it is given up all the same, or it would be tried for ever
            post.outbox.dead(leased, now, error.reason)
    if not mine:
        _count(post, leased, Fate.LEASE_LOST)
        return
    _count(post, leased, Fate.DEAD)
    log.warning(
        "delivery.dead", outbox=leased.id, reason=error.reason, attempt=leased.attempt, parts=leased.parts
    )


def _note_down(work: Work, leased: Leased, error: DeliveryError) -> bool:
    """What follows from giving up; False where the message is in another's hands by now."""
    if not work.unit.give_up(leased, work.now, error.reason):
        return False
    doubtful = leased.again or not (error.unsent or error.permanent)
    off = trouble.undelivered(work, leased.message, error, doubtful=doubtful)
    told = off or subscribed.of_channel(work.unit, leased.message.address) is not None
    after: Json = {"key": leased.message.key, "reason": error.reason, "address_off": off, "told": told}
    work.unit.record(Event("delivery.dead", work.now, None, subject=leased.message.address.lane, after=after))
    return True
