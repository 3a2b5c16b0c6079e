"""Teams as the program runs it: who the bot is, by the settings, and what its adapter asks of the store.

Imported only where Teams is on: a process without it never imports botbuilder.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.teams.adapter import Bot, TeamsAdapter
from adapters.teams.cloud import CLOUDS, PLAYGROUND
from adapters.teams.credentials import Certificate, Credential, Federated, ManagedIdentity, Secret
from bot.core.ports import Clock, Store
from bot.core.records import Connection, Organisation, Person
from bot.settings import TeamsSettings
from bot.settings import teams as settings_teams

TEAMS: Final = "teams"
SHOWN: Final = 8  # characters of a tenant's id: enough to tell one from another in a list


def opened(settings: TeamsSettings, store: Store, organisation: Organisation, clock: Clock) -> TeamsAdapter:
    """The adapter for these settings; the bot's own tenant is connected, so that people can be linked there."""
    office = TeamsOffice(store, organisation, settings.teams_tenant_id.lower())
    if office.own:
        office.keep(office.own)
    return TeamsAdapter(clock, office, bot_of(settings))


def bot_of(settings: TeamsSettings) -> Bot:
    """Who the bot is to Microsoft."""
    if settings.teams_app_type == settings_teams.PLAYGROUND:
        return Bot("", "", (), None, PLAYGROUND)
    return Bot(
        app=settings.teams_app_id,
        tenant=settings.teams_tenant_id,
        tenants=settings.teams_allowed,
        credential=_credential(settings),
        cloud=CLOUDS[settings.teams_cloud],
        targeted=settings.teams_targeted,
    )


def _credential(settings: TeamsSettings) -> Credential:
    if settings.teams_app_type == settings_teams.MANAGED:
        return ManagedIdentity()
    if settings.teams_certificate:
        return Certificate(Path(settings.teams_certificate))
    if settings.teams_federated_token:
        return Federated(Path(settings.teams_federated_token))
    return Secret(settings.teams_app_secret)


@dataclass(frozen=True, slots=True)
class TeamsOffice:
    """The adapter's `Office`. The bot's own tenant is the first organisation's, every other one becomes its own."""

    store: Store
    organisation: Organisation
    own: str

    async def connected(self, tenant: str, name: str = "") -> None:
        """Keep the tenant as a connection; a known one stays where it is."""
        await asyncio.to_thread(self.keep, tenant, name)

    async def knows(self, tenant: str, account: str) -> bool:
        """Whether that account belongs to somebody who is here."""
        return await asyncio.to_thread(self._knows, tenant, account)

    async def introduced(self, tenant: str, account: str) -> bool:
        """Whether that account's address was told; somebody without one is asked about once more after a restart."""
        person = await asyncio.to_thread(self._person, tenant, account)
        return person is not None and bool(person.email)

    async def tenant(self, connection: int) -> str:
        """The tenant behind a connection; nothing where there is none."""
        found = await asyncio.to_thread(self.store.connection, connection)
        return found[1].external if found else ""

    def keep(self, tenant: str, name: str = "") -> None:
        """The same; it blocks."""
        if self.store.organisation_of(TEAMS, tenant) is not None:
            return
        organisation = self.organisation
        if self.own and tenant != self.own:
            organisation = self.store.add_organisation(
                name or f"Teams {tenant[:SHOWN]}", self.organisation.zone
            )
        self.store.write(organisation.id, lambda unit: unit.save_connection(Connection(0, TEAMS, tenant)))

    def _knows(self, tenant: str, account: str) -> bool:
        person = self._person(tenant, account)
        return person is not None and person.active

    def _person(self, tenant: str, account: str) -> Person | None:
        found = self.store.organisation_of(TEAMS, tenant)
        if found is None:
            return None
        organisation, connection = found
        return self.store.read(organisation, lambda unit: unit.person_of(connection, account))
