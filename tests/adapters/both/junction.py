"""An organisation on Slack and in Teams: one program, both adapters, both fakes; it knows no test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.teams.adapter import TeamsAdapter
from adapters.teams.cloud import CLOUDS
from bot.core.records import Person
from bot.service import identities
from tests.adapters.slack.airport import Airport
from tests.adapters.teams import screen
from tests.fakes.teams.server import FakeTeams, Message


@dataclass
class Junction(Airport):
    """The running program. Everything is as in production but for the clock, and where the platforms are."""

    teams: FakeTeams = field(default_factory=lambda: FakeTeams(screen.APP, screen.TENANT))
    patch: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    async def __aenter__(self) -> Junction:
        await self.teams.__aenter__()
        self.patch.setitem(CLOUDS, "public", self.teams.cloud)
        self.patch.setattr("bot.teamwork.TeamsAdapter", partial(TeamsAdapter, http=self.teams.directory))
        self.patch.setattr("adapters.teams.pacing.IN_CONVERSATION", 0.0)
        await super().__aenter__()
        self.teams.bot_url = f"{self.address}/api/messages"
        self.there: Any = self.app.adapters["teams"]
        self._listening = asyncio.create_task(self.there.run(self.app.on_inbound, self.app.on_search))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await super().__aexit__()
        await self.teams.__aexit__()
        self.patch.undo()

    def env(self) -> dict[str, str]:
        """Both platforms' settings."""
        return {
            **super().env(),
            "TEAMS_APP_TYPE": "SingleTenant",
            "TEAMS_APP_ID": screen.APP,
            "TEAMS_TENANT_ID": screen.TENANT,
            "TEAMS_APP_SECRET": "s",
        }

    def link(self, person: Person, account: str) -> None:
        """What `rampcheck people link NAME teams ACCOUNT` does."""
        self.write(
            lambda work: identities.link(
                work, person, identities.connection_to(work, "teams"), account, can_start=False
            )
        )

    def named(self, name: str) -> Person:
        """The one person of that name."""
        [found] = [one for one in self.read(lambda unit: unit.people()) if one.name == name]
        return found

    async def settled(self, within: float = 5.0) -> None:
        """Wait for the calls that follow acknowledgements, on both."""
        await super().settled(within)
        await self.teams.until(lambda: not self.there._calls, within=within)

    async def until_sent(self, found: Callable[[], Message | None]) -> Message:
        """Let time pass until there is that message."""
        for _ in range(60):
            if (message := found()) is not None:
                return message
            due = self.read(lambda unit: unit.next_moment())
            assert due, "nothing is planned"
            await self.pass_time(max(due - self.clock.moment, timedelta()))
            await self.settled()
        raise AssertionError(f"it is never sent; it is {self.clock.moment}")
