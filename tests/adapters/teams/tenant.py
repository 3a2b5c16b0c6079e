"""An organisation in Teams: the whole program with its database, in front of the fake; it knows no test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from aiohttp import web

from adapters.teams.adapter import TeamsAdapter
from adapters.teams.cloud import CLOUDS
from bot.app import build
from bot.core.ports import Clock, Unit
from bot.core.records import Person, PersonId
from bot.service import beat, deliver
from bot.service.work import Work
from bot.settings import load
from bot.web import application
from tests.adapters.slack.airport import Still
from tests.adapters.teams import screen
from tests.fakes.teams.server import FakeTeams

T = TypeVar("T")


class Tenant:
    """The running program. Everything is as in production but for where Microsoft is, and a clock of one's own."""

    def __init__(self, url: str, *, clock: Clock | None = None, **env: str) -> None:
        self.clock = clock  # set before it opens
        self._env = {
            "DATABASE_URL": url,
            "RAMPCHECK_LOCAL_CHAT": "off",
            "TEAMS_APP_TYPE": "SingleTenant",
            "TEAMS_APP_ID": screen.APP,
            "TEAMS_TENANT_ID": screen.TENANT,
            "TEAMS_APP_SECRET": "s",
            **env,
        }
        self._patch = pytest.MonkeyPatch()
        self.teams = FakeTeams(screen.APP, screen.TENANT)

    async def __aenter__(self) -> Tenant:
        await self.teams.__aenter__()
        self.teams.room(screen.DIRECT, "personal", screen.mri(screen.ANNA))
        self._patch.setitem(CLOUDS, "public", self.teams.cloud)
        fake = partial(TeamsAdapter, http=self.teams.directory)
        self._patch.setattr("bot.teamwork.TeamsAdapter", fake)
        self.app = build(load(self._env), clock=self.clock)
        self._site = web.AppRunner(application(self.app), shutdown_timeout=0.1)
        await self._site.setup()
        await web.TCPSite(self._site, "127.0.0.1", 0).start()
        host, port = self._site.addresses[0][:2]
        self.teams.bot_url = f"http://{host}:{port}/api/messages"
        self._running = asyncio.create_task(self.adapter.run(self.app.on_inbound, self.app.on_search))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        await self._site.cleanup()
        self.app.close()
        await self.teams.__aexit__()
        self._patch.undo()

    @property
    def adapter(self) -> TeamsAdapter:
        found: Any = self.app.adapters["teams"]
        assert isinstance(found, TeamsAdapter)
        return found

    # --- what there is

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.app.store.read(self.app.organisation.id, look)

    def write(self, work: Callable[[Work], T]) -> T:
        app = self.app
        now = app.clock.now()
        return app.store.write(app.organisation.id, lambda unit: work(Work(unit, app.content, now)))

    def person(self, account: str) -> Person | None:
        """Whose account that is, in the bot's own tenant."""
        found = self.app.store.organisation_of("teams", screen.TENANT)
        assert found
        return self.read(lambda unit: unit.person_of(found[1], account))

    def reached(self, person: PersonId) -> dict[str, str]:
        """Where somebody can be written to, by platform."""
        known = self.read(lambda unit: list(unit.identities(person)))
        return {one.address.platform: one.address.conversation for one in known if one.active}

    def told(self, account: str, name: str, **more: str) -> None:
        """What the tenant says of an account."""
        member = screen.mri(account)
        self.teams.names[member] = name
        self.teams.profiles[member] = more

    # --- what happens

    async def says(self, raw: dict[str, Any]) -> tuple[int, Any]:
        answer = await self.teams.post(raw | {"serviceUrl": self.teams.service})
        await self.teams.until(lambda: not self.adapter._calls)
        return answer

    async def deliver(self) -> None:
        """Send what waits."""
        await deliver.drain(self.app.post)

    async def pass_time(self, clock: Still, by: timedelta) -> None:
        """Everything due on the way happens at its own moment; then it is that much later."""
        until = clock.moment + by
        while (due := self.read(lambda unit: unit.next_moment())) is not None and due <= until:
            clock.moment = max(due, clock.moment)
            await beat.beat(self.app.post, self.app.content, clock.moment)
        clock.moment = until
        await beat.beat(self.app.post, self.app.content, clock.moment)


def run(url: str, story: Callable[[Tenant], Any], *, clock: Clock | None = None, **env: str) -> None:
    """Tell a story of a tenant."""

    async def told() -> None:
        async with Tenant(url, clock=clock, **env) as tenant:
            await story(tenant)

    asyncio.run(told())
