"""The adapter behind its web server, in front of the fake Teams; whoever asks says what the engine answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.ports import Inbound, Nothing, Reply, Search
from tests.adapters.teams import screen
from tests.adapters.teams.door import teams_adapter
from tests.fakes.desk import FakeClock
from tests.fakes.teams.server import FakeTeams


@dataclass
class Counter:
    """`async with Counter()`: people act through `says`; `replies` answers them."""

    replies: Callable[[Inbound], Reply] = lambda inbound: Nothing()  # a default
    strangers: frozenset[str] = frozenset()
    targeted: bool = False
    slow: float = 0.0
    heard: list[Inbound] = field(default_factory=list)
    tenants: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Counter:
        self.teams = await FakeTeams(screen.APP, screen.TENANT).__aenter__()
        self.teams.room(screen.DIRECT, "personal", screen.mri(screen.ANNA))
        self.teams.room(screen.CHANNEL, "channel")
        self.clock = FakeClock(datetime.now(UTC))
        self.adapter = teams_adapter(
            self.teams.cloud, self.teams.directory, self, self.clock, targeted=self.targeted
        )
        site = web.Application()
        site.add_routes(self.adapter.routes())
        self._server = TestServer(site)
        await self._server.start_server()
        self.teams.bot_url = str(self._server.make_url("/api/messages"))
        self.running = asyncio.create_task(self.adapter.run(self._engine, self._searched))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running
        await self._server.close()
        self.adapter.close()
        await self.teams.__aexit__()

    async def says(self, raw: dict[str, Any], **headers: Any) -> tuple[int, Any]:
        """Send an activity from this Teams; status and body, and whatever follows is done."""
        answer = await self.teams.post(raw | {"serviceUrl": self.teams.service}, headers=headers)
        await self.settled()
        return answer

    async def settled(self) -> None:
        await self.teams.until(lambda: not self.adapter._calls)

    async def _engine(self, inbound: Inbound) -> Reply:
        self.heard.append(inbound)
        await asyncio.sleep(self.slow)
        return self.replies(inbound)

    async def _searched(self, search: Search) -> Any:
        from bot.core.card import Offer

        return [Offer("p1", f"Pilot {search.text}", "pilot stage")]

    # --- the adapter's office

    async def connected(self, tenant: str, name: str) -> None:
        del name
        self.tenants.append(tenant)

    async def knows(self, tenant: str, account: str) -> bool:
        return account not in self.strangers

    async def introduced(self, tenant: str, account: str) -> bool:
        return await self.knows(tenant, account)

    async def tenant(self, connection: int) -> str:
        return screen.TENANT


def run(story: Callable[[Counter], Any], **how: Any) -> None:
    """Tell a story at a counter."""

    async def told() -> None:
        async with Counter(**how) as counter:
            await story(counter)

    asyncio.run(told())
