"""Puts the program together: settings -> store, content, adapters, clock; the only place that wires or tells time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import adapters
from bot import links, pictures
from bot.content.loader import load
from bot.core.card import Offer
from bot.core.compose.trouble import TOO_MUCH, TRY_AGAIN
from bot.core.limits import Limits
from bot.core.ports import (
    Adapter,
    Changed,
    Clock,
    Inbound,
    Left,
    Nothing,
    Opener,
    Problems,
    Reply,
    Search,
    Store,
    Taken,
    Wrote,
)
from bot.core.questionnaire import Content
from bot.core.records import Address, Connection, Organisation
from bot.desk import LocalDesk
from bot.log import get
from bot.meter import Counted
from bot.service import ServiceError, deliver, people, receive, search, seats
from bot.service.work import Work
from bot.settings import Settings
from bot.storage import open_store
from bot.storage.errors import StorageError
from bot.workspace import SLACK, SlackOffice

LOCAL = "local"
LOCAL_CHANNEL = "ai-pilots"  # the one channel of the local chat: a place for the digest

log = get("app")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class MovableClock:
    """A clock that can be moved forward; between moves it runs as the machine's does."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The present of this clock, in UTC."""
        return datetime.now(UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present; it never goes back."""
        self.ahead = max(self.ahead, moment - datetime.now(UTC))


@dataclass(slots=True)
class App:
    """The running program's parts. `nudge` makes the worker deliver soon; the worker sets it.

    `opener` opens links; None where none is to be opened. `stopping`: it was told to stop, and says so to who asks.
    """

    settings: Settings
    store: Store
    content: Content
    clock: Clock
    organisation: Organisation
    adapters: dict[str, Adapter] = field(default_factory=dict)
    desk: LocalDesk | None = None
    meter: Counted = field(default_factory=Counted)
    limits: Limits = field(default_factory=Limits)
    nudge: Callable[[], None] = lambda: None
    opener: Opener | None = None
    stopping: bool = False

    @property
    def post(self) -> deliver.Post:
        """What delivering needs."""
        return deliver.Post(self.store, self.adapters, self.clock.now, self.content, self.meter)

    async def on_inbound(self, inbound: Inbound) -> Reply:
        """What adapters call when a person did something; returning means that it is stored."""
        began, platform = time.perf_counter(), inbound.sender.platform
        if not self._admits(inbound):
            self.meter.took(platform, Taken.SHED, seconds=0.0)
            return self._too_much(inbound)
        try:
            reply = await asyncio.to_thread(
                receive.receive, self.store, self.content, inbound, self.clock.now()
            )
        except (StorageError, ServiceError) as error:
            log.error("inbound.failed", cause=error, platform=platform)
            self.meter.took(platform, Taken.FAILED, seconds=time.perf_counter() - began)
            return Problems({"": TRY_AGAIN})
        self.meter.took(platform, Taken.STORED, seconds=time.perf_counter() - began)
        self.nudge()
        return reply

    def _admits(self, inbound: Inbound) -> bool:
        """Whether there is room for it; nobody would press again what a platform reports of people and channels."""
        if isinstance(inbound.act, Changed | Left):
            return True
        sender = inbound.sender
        return self.limits.admits((sender.platform, sender.tenant), sender.user, time.monotonic())

    def _too_much(self, inbound: Inbound) -> Reply:
        """Whoever pressed is always told; whoever types is told once in a while, since telling is a message."""
        sender = inbound.sender
        where = (sender.platform, sender.tenant)
        if isinstance(inbound.act, Wrote) and not self.limits.tells(where, sender.user, time.monotonic()):
            return Nothing()
        return Problems({"": TOO_MUCH})

    async def on_search(self, asked: Search) -> tuple[Offer, ...]:
        """What adapters call while somebody types into a field that searches; nothing of it is stored."""
        sender = asked.sender
        if not self.limits.lets_search((sender.platform, sender.tenant), sender.user, time.monotonic()):
            return ()
        try:
            return await asyncio.to_thread(search.search, self.store, asked)
        except StorageError as error:
            log.error("search.failed", cause=error, platform=asked.sender.platform)
            return ()

    def close(self) -> None:
        """Let go of everything; what was accepted is finished first."""
        doors: list[Any] = [adapter for adapter in self.adapters.values() if hasattr(adapter, "close")]
        for door in doors:
            door.close()
        self.store.close()


def build(settings: Settings, *, clock: Clock | None = None, journal: Path | None = None) -> App:
    """The program for these settings. Raises ContentError or StorageError with a message for the admin."""
    content = load(settings.questionnaires)
    store = open_store(settings.database_url, keys=settings.keys)
    clock = clock or SystemClock()
    organisation = first_organisation(store, settings)
    app = App(settings, store, content, clock, organisation)
    if settings.check_links and not isinstance(
        clock, MovableClock
    ):  # a made-up time opens nothing in the real world
        app.opener = links.Opener()
    if settings.local_chat:
        _open_local_chat(app, journal)
    if settings.slack_bot_token or settings.slack_client_id:
        _open_slack(app)
    if settings.teams_app_type:
        _open_teams(app)
    if settings.named_admins:  # after the doors: an account is one of a workspace that is known
        named, now = settings.named_admins, clock.now()
        store.write(organisation.id, lambda unit: people.name_admins(Work(unit, content, now), named))
    return app


def settle() -> None:
    """What is loaded by now stays for the life of the process, and no search for garbage walks through it again.

    Such a walk stops all threads: through the 180,000 objects of a process that serves, for a tenth of a second and
    more, in the middle of somebody's answer.
    """
    gc.collect()
    gc.freeze()


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on the loop
            loop.add_signal_handler(wanted, stopped.set)
    await stopped.wait()


def first_organisation(store: Store, settings: Settings) -> Organisation:
    """The organisation that everything belongs to until platforms bring others; made on the first start."""
    known = store.organisations()
    return known[0] if known else store.add_organisation(settings.organisation, settings.zone)


def local_connection(store: Store, organisation: Organisation) -> Connection:
    """The connection of the local chat, made on first use."""
    wanted = Connection(0, LOCAL, LOCAL)
    return store.write(organisation.id, lambda unit: unit.save_connection(wanted))


def seat_everybody(app: App) -> Connection:
    """The local chat's connection, after everybody with no other address got a place in it."""
    connection = local_connection(app.store, app.organisation)
    app.store.write(app.organisation.id, lambda unit: seats.seat_everybody(unit, connection))
    return connection


def _open_local_chat(app: App, journal: Path | None) -> None:
    connection = seat_everybody(app)
    channel = Address(connection.id, LOCAL, f"channel:{LOCAL_CHANNEL}")
    app.store.write(app.organisation.id, lambda unit: unit.channel(channel, LOCAL_CHANNEL))
    app.desk = LocalDesk(app.store, app.organisation, connection, app.clock)
    chat: Any = adapters.load(LOCAL)
    app.adapters[LOCAL] = chat(app.clock, desk=app.desk, journal=journal)


def _open_slack(app: App) -> None:
    found, world = app.settings, SystemClock()  # Slack dates by the world's clock, whatever ours is moved to
    slack: Any = adapters.load(SLACK)

    def nudge() -> None:  # the worker puts its own in place later
        app.nudge()

    app.adapters[SLACK] = slack(
        world,
        SlackOffice(app.store, app.organisation, app.content, app.clock, world, nudge, found.named_admins),
        bot_token=found.slack_bot_token,
        signing_secret=found.slack_signing_secret,
        app_token=found.slack_app_token,
        oauth=slack.many(
            found.slack_client_id, found.slack_client_secret, found.public_url, found.teams_of_slack
        )
        if found.slack_client_id
        else None,
        url=found.slack_api_url,
        draw=pictures.draw,
    )


def _open_teams(app: App) -> None:
    from bot import teamwork  # noqa: PLC0415  # a process without Teams never imports botbuilder

    clock = SystemClock()  # tokens are dated by the world's clock, whatever ours is moved to
    teams: Any = teamwork.opened(app.settings, app.store, app.organisation, clock)
    app.adapters[teamwork.TEAMS] = teams


def routes(loaded: Mapping[str, Adapter]) -> list[Any]:
    """What the adapters want served: the local chat's page and calls, the address that Slack posts to."""
    doors: list[Any] = [adapter for adapter in loaded.values() if hasattr(adapter, "routes")]
    return [route for door in doors for route in door.routes()]
