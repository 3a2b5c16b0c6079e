"""What the Slack adapter asks of the store: to keep workspaces and what they granted; it decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.installations import Arrival, Grant, Installation
from bot.core.ports import Clock, DeliveryError, Sender, Store
from bot.core.questionnaire import Content
from bot.core.records import Connection, Organisation
from bot.log import get
from bot.service import installing
from bot.service.work import Work
from bot.storage.errors import StorageError

SLACK = "slack"
T = TypeVar("T")

log = get("workspace")


@dataclass(frozen=True, slots=True)
class SlackOffice:
    """The adapter's `Office`, on the store. `nudge` has what was stored delivered soon.

    `clock` dates what people see; `world` is Slack's own time, which ours may be moved away from.
    """

    store: Store
    organisation: Organisation
    content: Content
    clock: Clock
    world: Clock
    nudge: Callable[[], None] = lambda: None

    async def connected(self, team: str) -> None:
        """Keep the workspace as a connection of its organisation, or of the first; it is on from now on."""
        await _asked(lambda: self._connected(team))

    def _connected(self, team: str) -> None:
        known = self.store.organisation_of(SLACK, team)
        organisation = known[0] if known else self.organisation.id
        self.store.write(organisation, lambda unit: unit.save_connection(Connection(0, SLACK, team)))

    async def knows(self, team: str, user: str) -> bool:
        """Whether that account belongs to somebody whose time zone is known."""
        return await _asked(lambda: self._knows(team, user))

    def _knows(self, team: str, user: str) -> bool:
        found = self.store.organisation_of(SLACK, team)
        if found is None:
            return False
        organisation, connection = found
        person = self.store.read(organisation, lambda unit: unit.person_of(connection, user))
        return person is not None and bool(person.zone)

    async def team(self, connection: int) -> str:
        """The workspace behind a connection; nothing where there is none, or the app was removed from it."""
        found = await _asked(lambda: self.store.connection(connection))
        return found[1].external if found and found[1].active else ""

    async def removed(self, team: str, at: datetime) -> bool:
        """Nothing more goes to that workspace."""
        now = self.world.now()
        return await _asked(lambda: self.store.installations.remove(SLACK, team, now, at=at))

    async def installation(self, team: str) -> Installation | None:
        """What is installed in a workspace; None for a stranger."""
        return await _asked(lambda: self.store.installations.of(SLACK, team))

    async def installed(self, arrival: Arrival, installer: Sender) -> None:
        """Keep what was granted, and greet whoever installed it."""
        await _asked(lambda: self._installed(arrival, installer))
        self.nudge()

    def _installed(self, arrival: Arrival, installer: Sender) -> None:
        zone, now = self.organisation.zone, self.clock.now()
        kept = self.store.installations.keep(arrival, self.world.now(), zone=zone)
        self.store.write(
            kept.organisation,
            lambda unit: installing.greeted(
                Work(unit, self.content, now),
                installer,
                kept.connection,
                place=arrival.name,
                edition=kept.edition,
            ),
        )

    async def lease(self, seen: Installation, hold: timedelta) -> bool:
        """Whether we are the one who may exchange that grant for the next."""
        now = self.world.now()
        return await _asked(lambda: self.store.installations.lease(seen, now, now + hold))

    async def rest(self, seen: Installation, pause: timedelta) -> None:
        """The exchange did not work out; nobody is to try for so long."""
        until = self.world.now() + pause
        await _asked(lambda: self.store.installations.rest(seen, until))

    async def renewed(self, seen: Installation, grant: Grant) -> bool:
        """Keep the grant that the one seen was exchanged for."""
        return await _asked(lambda: self.store.installations.renew(seen, grant))

    async def failed(self, seen: Installation, reason: str) -> bool:
        """That grant is of no use any more."""
        return await _asked(lambda: self.store.installations.fail(seen, reason))

    async def begun(self, state: str, within: timedelta) -> None:
        """Somebody went to Slack to install."""
        now = self.world.now()
        await _asked(lambda: self.store.installations.expect(state, now, now + within))

    async def returned(self, state: str) -> bool:
        """Whether that state was given out, lately, and comes back for the first time."""
        now = self.world.now()
        return await _asked(lambda: self.store.installations.expected(state, now))


async def _asked(ask: Callable[[], T]) -> T:
    """Ask the database in a thread. What it refuses is no message's fault, so it can be tried again."""
    try:
        return await asyncio.to_thread(ask)
    except StorageError as error:
        log.error("workspace.failed", cause=error, reason=str(error))
        raise DeliveryError("the database did not answer, or a key to its secrets is missing") from error
