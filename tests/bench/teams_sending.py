"""How long a Monday takes in Teams: 500 people are asked at one moment, and the fake keeps Microsoft's limits."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.core.records import Address, Identity, Person, Pilot, Standing
from bot.service import registry
from bot.service.work import Work
from tests.adapters.teams import screen
from tests.adapters.teams.tenant import Tenant
from tests.bench.monday import PEOPLE, Monday, asked, invited, morning
from tests.bench.places import sqlite
from tests.bench.rounds import ROUNDS, Figure
from tests.fakes.teams.server import A_SECOND_IN_ALL

THROTTLED = 429


def figures(rounds: int = ROUNDS, people: int = PEOPLE) -> Iterator[Figure]:
    """The measures; there is one Monday, as its length is the limits'."""
    del rounds
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as name, sqlite(Path(name)) as url:
        found = asyncio.run(invitations(url, people))
    yield from invited(found, people, least_s=people / A_SECOND_IN_ALL, where=" in Teams")


class TeamsTown(Tenant):
    """What a Monday has to know of an organisation in Teams."""

    @property
    def sent(self) -> int:
        return len(self.teams.messages)

    @property
    def calls(self) -> list[str]:
        return [f"{method} {'activities' if room else ''}".strip() for method, room in self.teams.calls]

    @property
    def refused(self) -> int:
        return self.teams.refused.count(THROTTLED)

    def got(self, account: str) -> bool:
        return bool(self.teams.in_room(_direct(account)))

    def arrives(self, work: Work, number: int, account: str) -> None:
        """Somebody with the app and a pilot."""
        tenant = self.app.store.organisation_of("teams", screen.TENANT)
        assert tenant
        self.teams.room(_direct(account), "personal", screen.mri(account))
        address = Address(tenant[1], "teams", _direct(account), self.teams.service)
        zone, since = "Europe/Riga", (work.now - timedelta(days=20)).date()
        person = work.unit.save_person(Person(0, f"Owner {number}", zone=zone, standing=Standing.MEMBER))
        work.unit.save_identity(Identity(person.id, account, address))
        fresh = Pilot(
            0, "", f"Pilot {number}", stage="pilot", stage_since=since, created=since, owner=person.id
        )
        registry.add_pilot(work, fresh, actor=None)


async def invitations(url: str, people: int) -> Monday:
    """Everybody is asked at once."""
    town, clock = TeamsTown(url), morning()
    town.clock = clock
    accounts = [f"0d9f1f10-6a52-4f0e-9a0e-{number:012}" for number in range(people)]
    async with town:
        for number, account in enumerate(accounts):
            town.write(lambda work, number=number, account=account: town.arrives(work, number, account))
        await town.deliver()
        return await asked(town, clock, accounts)


def _direct(account: str) -> str:
    return f"a:1{account}"
