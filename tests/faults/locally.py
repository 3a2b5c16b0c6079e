"""The local chat as a door between organisations: what its page may be made to send; it must not know what is right."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from adapters.local.parse import MARK
from bot.app import App, build
from bot.core import tokens
from bot.settings import load
from bot.storage import open_store
from bot.web import application
from tests.adapters.slack.airport import Still
from tests.fakes.office import MONDAY
from tests.service.test_permission_fuzz import (
    HIDDEN,
    OPEN,
    PAUSED,
    PRIVATE,
    STRANGER,
    Tried,
    World,
    forged,
    lines,
    setting,
    world,
)

ELSEWHERE = "zora"  # somebody of the other organisation alone
NAMES = (OPEN, PAUSED, PRIVATE, HIDDEN)  # of the other's pilots, and of nobody's here


@dataclass
class Page:
    """The program with its local chat, and a page that sends whatever it is told to."""

    app: App
    session: aiohttp.ClientSession
    address: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def does(self, user: str, **act: Any) -> tuple[int, str]:
        """One act of somebody in their own conversation, or in that of whoever the act says."""
        self.app.limits.person.owing.clear()
        body = {
            "as": MARK,
            "id": f"act-{next(self.numbers):08}",
            "user": user,
            "conversation": f"dm:{user}",
            **act,
        }
        return await self.posts("act", body)

    async def posts(self, what: str, body: object) -> tuple[int, str]:
        async with self.session.post(f"{self.address}/local/{what}", json=body) as answer:
            return answer.status, await answer.text()

    async def sees(self, path: str) -> tuple[int, str]:
        async with self.session.get(f"{self.address}/local/{path}") as answer:
            return answer.status, await answer.text()


def two(url: str) -> tuple[World, World]:
    """The organisation of the local chat, and another on the same database; its pilots have names of their own."""
    store = open_store(url)
    home, other = world(store), world(store, place="birch")
    setting(other)
    for pilot in home.pilots.values():
        told = replace(pilot, name=f"Own {pilot.id}", key=f"own-{pilot.id}")
        home.office.write(lambda unit, p=told: unit.save_pilot(p))
    other.office.person(ELSEWHERE)
    store.close()
    return home, other


@asynccontextmanager
async def page(url: str) -> Any:
    app = build(load({"DATABASE_URL": url, "RAMPCHECK_LOCAL_CHAT": "on"}), clock=Still(MONDAY))
    site = web.AppRunner(application(app), shutdown_timeout=0.1)
    await site.setup()
    await web.TCPSite(site, "127.0.0.1", 0).start()
    host, port = site.addresses[0][:2]
    app.adapters["local"]._on_inbound = app.on_inbound  # type: ignore[attr-defined]  # as `run` does
    async with aiohttp.ClientSession() as session:
        yield Page(app, session, f"http://{host}:{port}")
    await site.cleanup()
    app.close()


def across(url: str, users: Sequence[str] = ("admin", "owner", "member"), *, every: int = 1) -> Tried:
    """Words, cards, numbers and people of the other organisation, sent by the page of this one."""
    return asyncio.run(_across(url, two(url), users, every))


async def _across(url: str, worlds: tuple[World, World], users: Sequence[str], every: int) -> Tried:
    home, other = worlds
    wrong: list[tuple[object, ...]] = []
    tried = 0
    async with page(url) as at:
        home.office.store = other.office.store = at.app.store
        seen = other.office.read(other.trace)
        for user, (said, nowhere, _, pilot) in itertools.product(users, list(lines(other))[::every]):
            reply, missed = (
                await at.does(user, kind="text", text=said),
                await at.does(user, kind="text", text=nowhere),
            )
            tried += 1
            tells = said != nowhere and _known_of(pilot.name, reply) != _known_of(STRANGER, missed)
            if tells or (said == nowhere and _names(reply[1])):
                wrong.append((user, said, reply))
        keys = [one.office.store.button_key(one.office.organisation.id) for one in (home, other)]
        numbers = {token.id for token in forged(home)}
        for user, token in itertools.product(users, list(forged(other))[::every]):
            for key, own in zip(keys, (True, False), strict=True):
                before = home.office.read(home.trace)
                _, reply = await at.does(
                    user, kind="click", token=key.sign(tokens.encode(token)), values={"reason": "x"}
                )
                changed = home.office.read(home.trace) != before
                tried += 1
                if _names(reply) or (changed and not (own and token.id in numbers)):
                    wrong.append((user, token, reply))
        for status, reply in [one async for one in _as_somebody_else(at)]:
            tried += 1
            if (
                status not in {400, 404}
                or HIDDEN in reply
                or ELSEWHERE in reply.replace(f"dm:{ELSEWHERE}", "")
            ):
                wrong.append(("somebody else", status, reply))
        _, everybody = await at.sees("people?q=zora")
        if "Zora" in everybody:
            wrong.append(("people", everybody))
        if other.office.read(other.trace) != seen:
            wrong.append(("the other organisation", "was changed"))
    return Tried(tried, tried, wrong)


def _names(reply: str) -> bool:
    return any(name in reply for name in NAMES)


def _known_of(name: str, answered: tuple[int, str]) -> str:
    """What an answer says but for the name that was asked for, its number and its moment."""
    status, text = answered
    said = json.loads(text)
    card = (said.get("message") or {}).get("card") or said.get("card") or said.get("fields")
    return f"{status} {json.dumps(card)}".replace(name, "?")


async def _as_somebody_else(at: Page) -> Any:
    """A person whom only the other organisation knows, nobody, our own bot, and a conversation of another's."""
    for user in (ELSEWHERE, "nobody", "rampcheck", "", "1", "../admin", "admin\u202e"):
        yield await at.does(user, kind="text", text="status")
        yield await at.does("admin", kind="text", text="status", conversation=f"dm:{user}")
        yield await at.sees(f"state?user={user or 'x'}")
        yield await at.posts("seen", {"user": user, "conversation": f"dm:{user}"})
    yield await at.does("admin", kind="text", text="status", conversation="dm:owner")
    yield await at.does("admin", kind="text", text="digest here", conversation="channel:birch")
