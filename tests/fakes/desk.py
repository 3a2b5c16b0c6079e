"""A scripted bot behind the local chat, for its page and its tests: four people, two channels, one clock.

`python -m tests.fakes.desk` serves it for a look in the browser.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from adapters.local.adapter import LocalAdapter
from adapters.local.desk import Actor, ClockError, Dial, Leap, Room
from bot.core.card import Card, say
from bot.core.ports import (
    Clicked,
    Close,
    Inbound,
    MessageRef,
    Nothing,
    Problems,
    Ran,
    Reply,
    Show,
    Update,
    Wrote,
)
from bot.core.records import Address
from tests.fakes import cards

CAST = (
    Actor("anna", "Anna Berzina", "Owns Invoice matcher"),
    Actor("ben", "Ben Okafor", "Owns Claims triage, deputy of Invoice matcher"),
    Actor("rita", "Rita Lindqvist", "Sponsor: decides on both pilots"),
    Actor("lea", "Lea Marin", "Portfolio lead: reads the digest"),
)
ROOMS = (Room("ai-pilots", "The weekly digest"), Room("finance", "Finance and operations"))
START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # Tuesday, 10:00 in Riga


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


class FakeDesk:
    """People, channels and the clock; moving the clock makes the scripted bot speak."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock_ = clock
        self.bot: FakeBot | None = None
        self.movable = True
        self.slow = 0.0  # seconds that moving the clock takes
        self.gone: set[str] = set()

    async def cast(self) -> Sequence[Actor]:
        return [actor for actor in CAST if actor.user not in self.gone]

    async def rooms(self) -> Sequence[Room]:
        return ROOMS

    async def knows(self, conversation: str) -> bool:
        known = {f"dm:{actor.user}" for actor in await self.cast()} | {f"channel:{one.name}" for one in ROOMS}
        return conversation in known

    async def people(self, query: str) -> Sequence[Actor]:
        return [actor for actor in CAST if query.casefold() in actor.name.casefold()]

    async def clock(self) -> Dial:
        now = self.clock_.now()
        due = now.replace(hour=8, minute=0) + timedelta(days=1)
        return Dial(now, "Europe/Riga", due, "Pulse for Claims triage", movable=self.movable)

    async def advance(self, by: Leap) -> Dial:
        if not self.movable:
            raise ClockError("This clock runs by itself.")
        await asyncio.sleep(self.slow)
        self.clock_.move({"day": timedelta(days=1), "next": timedelta(days=1), "week": timedelta(days=7)}[by])
        if self.bot:
            await self.bot.due(by)
        return await self.clock()


class FakeBot:
    """Answers by a fixed script; remembers every act it got."""

    def __init__(self, adapter: LocalAdapter) -> None:
        self.adapter = adapter
        self.acts: list[Inbound] = []
        self.replies: dict[str, Reply] = {}  # token -> what to reply in place of the script
        self.delay = 0.0
        self.fail = False
        self._sent = 0

    async def say(self, conversation: str, card: Card, *, thread: str = "") -> MessageRef:
        self._sent += 1
        address = Address(1, "local", conversation, thread=thread)
        return await self.adapter.send(address, self.adapter.render(card), key=f"script-{self._sent}")

    async def amend(self, conversation: str, message: str, card: Card) -> None:
        ref = MessageRef(conversation, message)
        await self.adapter.amend(Address(1, "local", conversation), ref, self.adapter.render(card))

    async def open(self) -> None:
        """What is there at the start."""
        await self.say("dm:rita", cards.HELP)
        await self.say("dm:anna", cards.WELCOME)
        await self.say("dm:anna", cards.PULSE)
        await self.digest()

    async def digest(self) -> None:
        root = await self.say("channel:ai-pilots", cards.DIGEST)
        for detail in cards.DETAILS:
            await self.say("channel:ai-pilots", detail, thread=root.message)

    async def due(self, by: Leap) -> None:
        await self.say("dm:ben", replace(cards.PULSE, title="How is Claims triage going?"))
        if by == "week":
            await self.say("dm:anna", cards.REMINDER)
            await self.digest()

    async def __call__(self, inbound: Inbound) -> Reply:
        self.acts.append(inbound)
        await asyncio.sleep(self.delay)
        if self.fail:
            raise RuntimeError("the scripted bot was told to fail")
        match inbound.act:
            case Clicked(token, values):
                if token in self.replies:
                    return self.replies[token]
                return await self._clicked(inbound, token, dict(values or {}))
            case Ran(command) | Wrote(command):
                return await self._command(inbound, command)
            case _:
                return Nothing()

    async def _clicked(self, inbound: Inbound, token: str, values: dict[str, object]) -> Reply:
        place = inbound.on
        if token == "pulse.submit":
            if wrong := _problems(values):
                return Problems(wrong)
            await self.amend(place.conversation, place.message, cards.THANKS)
        elif token == "pulse.snooze":
            when = str(values.get("until", ""))
            if not when:
                return Problems({"until": "Say until when."})
            await self.amend(place.conversation, place.message, cards.snoozed(when))
        elif token == "pulse.hand":
            who = str(values.get("who", ""))
            if who not in {actor.user for actor in CAST}:
                return Problems({"who": f"Nobody here is called {who or 'that'}. Pick a name from the list."})
            await self.amend(place.conversation, place.message, cards.handed(who))
            await self.say(f"dm:{who}", cards.PULSE)
        elif token == "pulse.nothing":
            return Update(cards.THANKS)
        elif token == "status.more":
            return Show(cards.STATUS_MORE)
        elif token == "status.close":
            return Close()
        return Nothing()

    async def _command(self, inbound: Inbound, text: str) -> Reply:
        word = text.strip().casefold().partition(" ")[0]
        if word == "status":
            return Show(cards.STATUS)
        if word in {"help", ""}:
            return Show(cards.HELP)
        if word == "digest":
            await self.digest()
            return Nothing()
        unknown = f"I don't know “{text.strip()[:60]}”. Did you mean status?"
        return Show(Card("I did not understand that", unknown, (say(unknown),)))


def _problems(values: dict[str, object]) -> dict[str, str]:
    wrong = {name: "Choose one of the answers." for name in ("moved", "sure") if name not in values}
    users = str(values.get("users", "0"))
    if users != "none" and not users.isdecimal():
        wrong["users"] = f"“{users}” is not a whole number. Write it in digits, such as 12."
    return wrong


def application(adapter: LocalAdapter) -> web.Application:
    """The web application that the real program's web.py makes, as far as the local chat needs it."""
    app = web.Application()
    app.add_routes(adapter.routes())

    async def end(_: web.Application) -> None:
        adapter.close()

    app.on_shutdown.append(end)
    return app


def scripted(journal: Path | None = None) -> tuple[LocalAdapter, FakeDesk, FakeBot]:
    """The three of them, wired."""
    clock = FakeClock()
    desk = FakeDesk(clock)
    adapter = LocalAdapter(clock, desk=desk, journal=journal)
    desk.bot = bot = FakeBot(adapter)
    return adapter, desk, bot


async def _serve(port: int) -> None:
    adapter, _, bot = scripted()
    await bot.open()
    await bot.say("dm:rita", cards.EVERYTHING)
    runner = web.AppRunner(application(adapter))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"http://127.0.0.1:{port}/")
    try:
        await adapter.run(bot)
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8765)
    asyncio.run(_serve(options.parse_args().port))
