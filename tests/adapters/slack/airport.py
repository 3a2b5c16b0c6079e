"""An organisation on Slack: the whole program with its database, in front of the fake; it knows no test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from bot.app import build
from bot.core.ports import Unit
from bot.core.records import Address, Identity, Person, Pilot, Standing
from bot.core.state import Checkin
from bot.service import beat, deliver, redraw, registry
from bot.service.work import Work
from bot.settings import load
from bot.web import application
from tests.fakes.slack.people import Somebody
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack
from tests.fakes.slack.workspace import TEAM

T = TypeVar("T")
Mode = Literal["http", "socket"]
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # people are asked on Tuesdays


@dataclass
class Still:
    """A clock that stands until it is moved."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment


@dataclass
class Airport:
    """The running program. Everything is as in production but for the clock and the address of Slack."""

    url: str
    mode: Mode
    slack: FakeSlack = field(default_factory=FakeSlack)
    clock: Still = field(default_factory=Still)

    async def __aenter__(self) -> Airport:
        await self.slack.__aenter__()
        self.app = build(load(self.env()), clock=self.clock)
        self._site = web.AppRunner(application(self.app), shutdown_timeout=0.1)
        await self._site.setup()
        await web.TCPSite(self._site, "127.0.0.1", 0).start()
        host, port = self._site.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        if self.mode == "http":
            self.slack.events_url = f"{self.address}/slack/events"
        self.running = asyncio.create_task(self.adapter.run(self.app.on_inbound, self.app.on_search))
        await self.slack.until(lambda: self.connected)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running
        await self._site.cleanup()
        self.app.close()
        await self.slack.__aexit__()

    def env(self) -> dict[str, str]:
        """The settings."""
        return {
            "DATABASE_URL": self.url,
            "RAMPCHECK_LOCAL_CHAT": "off",
            "RAMPCHECK_ZONE": "Europe/Riga",
            "SLACK_API_URL": f"{self.slack.url}/api",
            **self.identity(),
            **({"SLACK_SIGNING_SECRET": SECRET} if self.mode == "http" else {"SLACK_APP_TOKEN": APP_TOKEN}),
        }

    def identity(self) -> dict[str, str]:
        """How the app proves who it is."""
        return {"SLACK_BOT_TOKEN": BOT_TOKEN}

    @property
    def adapter(self) -> SlackAdapter:
        found = self.app.adapters["slack"]
        assert isinstance(found, SlackAdapter)
        return found

    @property
    def connected(self) -> bool:
        """Whether the adapter is ready to take what people do."""
        return self.adapter._installed is not None and (self.mode == "http" or bool(self.slack.sockets))

    # --- what there is

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.app.store.read(self.app.organisation.id, look)

    def write(self, work: Callable[[Work], T]) -> T:
        app = self.app
        return app.store.write(
            app.organisation.id, lambda unit: work(Work(unit, app.content, self.clock.now()))
        )

    @property
    def connection(self) -> int:
        found = self.app.store.organisation_of("slack", TEAM)
        assert found, "the workspace was not kept"
        return found[1]

    def somebody(self, ident: str, name: str, *, known: bool = True, standing: str = "member") -> Somebody:
        """A person at Slack; with `known`, one of ours with an account that can be written to."""
        self.slack.workspace.add(ident, name)
        if known:
            address = Address(self.connection, "slack", ident)

            def join(work: Work) -> None:
                fresh = Person(0, name, zone="Europe/Riga", standing=Standing(standing))
                person = work.unit.save_person(fresh)
                work.unit.save_identity(Identity(person.id, ident, address))

            self.write(join)
        return Somebody(self.slack, ident)

    def person(self, ident: str) -> Person | None:
        return self.read(lambda unit: unit.person_of(self.connection, ident))

    def pilot(self, name: str, owner: str, **more: Any) -> Pilot:
        since = (self.clock.now() - timedelta(days=20)).date()
        person = self.person(owner)
        assert person
        fresh = Pilot(0, "", name, stage="pilot", stage_since=since, created=since, owner=person.id, **more)
        return self.write(lambda work: registry.add_pilot(work, fresh, actor=None))

    def live(self, ident: str) -> list[Checkin]:
        """Check-ins that ask that person now."""
        person = self.person(ident)
        assert person
        return self.read(lambda unit: list(unit.live_checkins(person=person.id)))

    # --- what happens

    async def beat(self) -> None:
        """Do what is due and send what waits."""
        await beat.beat(self.app.post, self.app.content, self.clock.now())

    async def deliver(self) -> None:
        """Send what waits, and draw the homes that are due."""
        await deliver.drain(self.app.post)
        await redraw.redraw(self.app.post, self.app.content)

    async def pass_time(self, by: timedelta) -> None:
        """Everything due on the way happens at its own moment."""
        until = self.clock.moment + by
        while (due := self.read(lambda unit: unit.next_moment())) is not None and due <= until:
            self.clock.moment = max(due, self.clock.moment)
            await self.beat()
        self.clock.moment = until
        await self.beat()

    async def until_asked(self, ident: str) -> Checkin:
        """Let time pass until that person is asked something."""
        for _ in range(40):
            if found := self.live(ident):
                return found[0]
            due = self.read(lambda unit: unit.next_moment())
            assert due, "nothing is planned"
            await self.pass_time(max(due - self.clock.moment, timedelta()))
        raise AssertionError(f"{ident} is never asked")

    async def settled(self, within: float = 5.0) -> None:
        """Wait for the calls that follow acknowledgements."""
        await self.slack.until(lambda: not self.adapter._calls, within=within)

    def state(self, checkin: Checkin) -> Any:
        """As it is stored now."""
        found = self.read(lambda unit: unit.checkin(checkin.id))
        assert found
        return found.state
