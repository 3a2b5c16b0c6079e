"""A scripted bot behind the local chat on a real server, and a browser's side of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from adapters.local.adapter import LocalAdapter
from adapters.local.parse import MARK
from tests.fakes.desk import FakeBot, FakeDesk, application, scripted


@dataclass
class Chat:
    """The scripted bot behind a real server on this machine, and a browser's side of it."""

    adapter: LocalAdapter
    desk: FakeDesk
    bot: FakeBot
    server: TestServer
    browser: ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.browser.get(self.server.make_url(path), headers=headers) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        async with self.browser.post(self.server.make_url(path), data=data, headers=sent) as answer:
            return answer.status, await answer.json()

    async def act(self, ident: str = "", user: str = "anna", **parts: Any) -> Any:
        self._acts = getattr(self, "_acts", 0) + 1
        raw = {
            "as": MARK,
            "id": ident or f"act-{self._acts:06}",
            "user": user,
            "conversation": f"dm:{user}",
            **parts,
        }
        status, answer = await self.post("/local/act", raw)
        assert status == 200, answer
        return answer

    async def messages(self, user: str, conversation: str) -> list[Any]:
        _, state = await self.get(f"/local/state?user={user}")
        return state["messages"][conversation]


@asynccontextmanager
async def chatting(*, running: bool = True, journal: Path | None = None) -> AsyncIterator[Chat]:
    adapter, desk, bot = scripted(journal)
    async with TestServer(application(adapter)) as server, ClientSession() as browser:
        life = asyncio.create_task(adapter.run(bot)) if running else None
        await asyncio.sleep(0)
        yield Chat(adapter, desk, bot, server, browser)
        if life:
            life.cancel()


Story = Callable[[Chat], Coroutine[Any, Any, None]]


def play(story: Story, *, running: bool = True) -> None:
    async def whole() -> None:
        async with chatting(running=running) as chat:
            await asyncio.wait_for(story(chat), 30)

    asyncio.run(whole())
