"""The people, channels and clock that the local chat's page shows; it must not know how they are drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from adapters.local.desk import Actor, ClockError, Dial, Leap, Room
from bot.core import permissions
from bot.core.ports import Clock, Store, Unit
from bot.core.records import Connection, Organisation, Person, Pilot, Standing
from bot.service.seats import seat_of

T = TypeVar("T")

SHOWN = 60  # people to choose from; more would not fit a list that somebody reads, and all can be reached
LEAPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
STILL = "This clock is the real one, so it cannot be moved. `rampcheck demo` has one that can."
NOTHING_DUE = "Nothing is planned, so there is no next moment to move to."


@dataclass(slots=True)
class LocalDesk:
    """The local chat's view of one organisation. `travel` moves the clock to a moment and lets things happen."""

    store: Store
    organisation: Organisation
    connection: Connection
    time: Clock
    travel: Callable[[datetime], Awaitable[None]] | None = None

    async def cast(self) -> Sequence[Actor]:
        """Leads first, then everybody with a part in a pilot, then the others."""
        return await asyncio.to_thread(self._read, self._cast)

    async def rooms(self) -> Sequence[Room]:
        """The channels of the local chat."""
        channels = await asyncio.to_thread(self._read, lambda unit: unit.channels())
        own = [c for c in channels if c.address.connection == self.connection.id]
        return [Room(c.address.conversation.removeprefix("channel:"), "Weekly digest") for c in own]

    async def knows(self, conversation: str) -> bool:
        """Whether there is such a person or channel."""
        return await asyncio.to_thread(self._read, lambda unit: self._known(unit, conversation))

    async def people(self, query: str) -> Sequence[Actor]:
        """People to pick, by the key that answers carry."""
        found = await asyncio.to_thread(self._read, lambda unit: unit.find_people(query, limit=10))
        return [Actor(str(person.id), person.name, person.email) for person in found]

    async def clock(self) -> Dial:
        """The clock bar."""
        due = await asyncio.to_thread(self._read, lambda unit: unit.next_moment())
        return Dial(self.time.now(), self.organisation.zone, due, movable=self.travel is not None)

    async def advance(self, by: Leap) -> Dial:
        """Move forward; everything due on the way happens at its own time."""
        if self.travel is None:
            raise ClockError(STILL)
        await self.travel(await self._target(by))
        return await self.clock()

    async def _target(self, by: Leap) -> datetime:
        if by != "next":
            return self.time.now() + LEAPS[by]
        due: datetime | None = await asyncio.to_thread(self._read, lambda unit: unit.next_moment())
        if due is None:
            raise ClockError(NOTHING_DUE)
        return max(due, self.time.now())

    # --- in a thread

    def _read(self, work: Callable[[Unit], T]) -> T:
        return self.store.read(self.organisation.id, work)

    def _cast(self, unit: Unit) -> list[Actor]:
        pilots = unit.pilots()
        ranked = sorted(unit.people(), key=lambda person: (_rank(person, pilots), person.name))
        seated = ((person, seat_of(unit, self.connection, person)) for person in ranked if person.active)
        present = islice(((person, user) for person, user in seated if user is not None), SHOWN)
        return [Actor(user, person.name, note_on(person, pilots)) for person, user in present]

    def _known(self, unit: Unit, conversation: str) -> bool:
        kind, _, name = conversation.partition(":")
        if kind == "dm":
            return unit.person_of(self.connection.id, name) is not None
        return any(channel.address.conversation == conversation for channel in unit.channels())


def _rank(person: Person, pilots: Sequence[Pilot]) -> int:
    if permissions.roles(person) & permissions.LEADS:
        return 0
    return 1 if any(person.id in _holders(pilot) for pilot in pilots) else 2


def _holders(pilot: Pilot) -> tuple[int | None, ...]:
    return (pilot.owner, pilot.deputy, pilot.sponsor, pilot.decider)


def note_on(person: Person, pilots: Sequence[Pilot]) -> str:
    """Who somebody is, in a line: their standing and the pilots they have a part in."""
    if permissions.roles(person) & permissions.LEADS:
        return "Portfolio lead" if person.standing is Standing.LEAD else "Admin"
    for role in ("owner", "sponsor", "decider", "deputy"):
        names = [pilot.name for pilot in pilots if getattr(pilot, role) == person.id]
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            return f"{role.capitalize()} of {names[0]}{more}"
    return "Colleague"
