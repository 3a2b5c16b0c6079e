"""Draws people's homes anew where they show what is no longer so; it must not know what is on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeGuard

from bot.core import permissions, signing
from bot.core.card import Card
from bot.core.compose.home import home_cards
from bot.core.permissions import Action
from bot.core.ports import Adapter, DeliveryError, Hosting, Stale, Unit
from bot.core.questionnaire import Content
from bot.log import get
from bot.service import homeview
from bot.service.deliver import BACKOFF, BATCH, LEASE, SEND_WITHIN, Post
from bot.service.work import Work

TRIES = 4  # about three minutes; then the next change, or the next opening, draws it

log = get("homes")


async def redraw(post: Post, content: Content, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Draw every home that is due, until told to stop; how many were taken on."""
    total = 0
    while not stopping() and (taken := await _batch(post, content)):
        total += taken
    return total


async def _batch(post: Post, content: Content) -> int:
    hold, homes = LEASE.total_seconds(), post.store.homes
    leased = await asyncio.to_thread(lambda: homes.lease(post.now(), limit=BATCH, hold=hold))
    await asyncio.gather(*(_one(post, content, home) for home in leased))
    return len(leased)


async def _one(post: Post, content: Content, home: Stale) -> None:
    """What a home shows is looked up only now that nobody else can draw it."""
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            shown = await asyncio.to_thread(_looked_up, post, content, home)
            if shown is None:
                await asyncio.to_thread(post.store.homes.gone, home)
                return
            lead, cards = shown
            await _show(post.adapters.get(home.address.platform), home, cards)
    except DeliveryError as error:
        await asyncio.to_thread(_failed, post, home, error)
    except TimeoutError:
        await asyncio.to_thread(_failed, post, home, DeliveryError("no answer in time"))
    else:
        if not await asyncio.to_thread(lambda: post.store.homes.drawn(home, lead=lead)):
            log.warning("home.lease_lost", home=home.id)


def _looked_up(post: Post, content: Content, home: Stale) -> tuple[bool, Sequence[Card]] | None:
    """Whether it is a lead's, and the page; None where nobody is there to look at it."""

    def look(unit: Unit) -> tuple[bool, Sequence[Card]] | None:
        person = unit.person(home.person)
        if person is None or not person.active or not _has_account(unit, home):
            return None
        lead = permissions.may(person, Action.OVERSEE)
        return lead, home_cards(homeview.view(Work(unit, content, post.now()), person))

    found, key = post.store.read(home.organisation, look), post.store.button_key(home.organisation)
    return (found[0], [signing.card(card, key) for card in found[1]]) if found is not None else None


def _has_account(unit: Unit, home: Stale) -> bool:
    """Whether the page is still that person's: their account may have been taken away."""
    return any(one.address.connection == home.address.connection for one in unit.identities(home.person))


async def _show(adapter: Adapter | None, home: Stale, cards: Sequence[Card]) -> None:
    if adapter is None:
        raise DeliveryError(f"no adapter for {home.address.platform} is running in this process")
    if not _hosts(adapter):
        raise DeliveryError(f"{adapter.name} has no homes", permanent=True)
    await adapter.show_home(home.address, adapter.render_home(cards))


def _hosts(adapter: Adapter) -> TypeGuard[Hosting]:
    return adapter.traits.has_home


def _failed(post: Post, home: Stale, error: DeliveryError) -> None:
    """Wait as the platform asks, try again, or leave it to the next change."""
    now, homes = post.now(), post.store.homes
    if error.gone:
        homes.gone(home)
    elif error.retry_after is not None:
        homes.later(home, now + timedelta(seconds=error.retry_after))
        log.info("home.pause", home=home.id, after=error.retry_after)
        return
    elif error.permanent or home.failures + 1 >= TRIES:
        homes.drawn(home, lead=False)
    else:
        homes.later(home, now + BACKOFF[min(home.failures, len(BACKOFF) - 1)])
    log.warning("home.not_drawn", home=home.id, reason=error.reason, failures=home.failures + 1)
