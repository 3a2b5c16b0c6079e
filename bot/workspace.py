"""What the Slack adapter asks of the store: to keep workspaces and what they granted; it decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.installations import Arrival, Grant, Installation
from bot.core.ports import Clock, DeliveryError, Missing, Sender, Store, Unit
from bot.core.questionnaire import Content
from bot.core.records import Connection, Finding, Organisation, Person
from bot.log import get
from bot.service import identities, installing, people
from bot.service.work import Work, again
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
    admins: Sequence[str] = ()  # by setting, of the first organisation

    async def connected(self, team: str) -> None:
        """Keep the workspace as a connection of its organisation, or of the first; it is on from now on."""
        await _asked(lambda: self._connected(team))

    def _connected(self, team: str) -> None:
        known = self.store.organisation_of(SLACK, team)
        organisation = known[0] if known else self.organisation.id
        self.store.write(organisation, lambda unit: self._keep(unit, team))

    def _keep(self, unit: Unit, team: str) -> None:
        unit.save_connection(Connection(0, SLACK, team))
        if self.admins and unit.organisation.id == self.organisation.id:
            people.name_admins(Work(unit, self.content, self.clock.now()), self.admins)

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

    async def missing(self, *, only: str, besides: Collection[str]) -> Sequence[Missing]:
        """At most one person of each workspace whose account is to be looked for."""
        found: list[Missing] = await _asked(lambda: list(self._missing(only, besides)))
        return found

    def _missing(self, only: str, besides: Collection[str]) -> Iterator[Missing]:
        now = self.clock.now()
        for organisation in self.store.organisations():
            for one in self.store.read(organisation.id, lambda unit: self._to_look_in(unit, now)):
                if one.external in besides or only not in ("", one.external):
                    continue
                person = self._in_turn(organisation.id, one.id, now)
                if person is not None:
                    yield Missing(one.external, person.id, person.email)

    def _to_look_in(self, unit: Unit, now: datetime) -> list[Connection]:
        """Looked up before anything is written: most of the time there is nobody."""
        ours = (one for one in unit.connections() if one.platform == SLACK and one.active)
        return [one for one in ours if unit.people_to_seek(one.id, now, limit=1)]

    def _in_turn(self, organisation: int, connection: int, now: datetime) -> Person | None:
        def turn(unit: Unit) -> Person | None:
            return identities.next_to_seek(Work(unit, self.content, now), connection)

        return again(lambda: self.store.write(organisation, turn))

    async def found(self, missing: Missing, who: Sender | None) -> None:
        """Attach the account, or remember for a day that there is none."""
        await _asked(lambda: self._found(missing, who))

    def _found(self, missing: Missing, who: Sender | None) -> None:
        known = self.store.organisation_of(SLACK, missing.team)
        if known is None:
            return
        organisation, connection = known
        there, now = Connection(connection, SLACK, missing.team), self.clock.now()

        def settle(unit: Unit) -> Finding | None:
            return identities.settle(Work(unit, self.content, now), missing.person, there, who)

        finding = again(lambda: self.store.write(organisation, settle))
        log.info("workspace.sought", team=missing.team, person=missing.person, finding=finding or "linked")

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
