"""What the Slack adapter asks of the store: to remember the workspace, and whom we know; it decides nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.core.ports import Store
from bot.core.records import Connection, Organisation

SLACK = "slack"


@dataclass(frozen=True, slots=True)
class SlackOffice:
    """The adapter's `Office`, on the store."""

    store: Store
    organisation: Organisation

    async def connected(self, team: str) -> None:
        """Keep the workspace as a connection of the organisation; a known one stays as it is."""
        wanted = Connection(0, SLACK, team)
        await asyncio.to_thread(
            self.store.write, self.organisation.id, lambda unit: unit.save_connection(wanted)
        )

    async def knows(self, team: str, user: str) -> bool:
        """Whether that account belongs to somebody whose time zone is known."""
        return await asyncio.to_thread(self._knows, team, user)

    async def team(self, connection: int) -> str:
        """The workspace behind a connection; nothing where there is none."""
        found = await asyncio.to_thread(self.store.connection, connection)
        return found[1].external if found else ""

    def _knows(self, team: str, user: str) -> bool:
        found = self.store.organisation_of(SLACK, team)
        if found is None:
            return False
        organisation, connection = found
        person = self.store.read(organisation, lambda unit: unit.person_of(connection, user))
        return person is not None and bool(person.zone)
