"""What lets us act in somebody's workspace, and who keeps it; it must not know a platform, a cipher or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.records import OrganisationId


class Health(StrEnum):
    """Whether an installation can be used."""

    ON = "on"
    BROKEN = "broken"  # its token is refused and cannot be renewed: somebody has to install again
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, what it can be exchanged for once (`renewal`), and when it ends; no part of it is ever shown."""

    token: str = field(repr=False)
    renewal: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An app that was just installed: where, what that place is called, and what it granted.

    `about` is what a platform says of us there, such as our bot's ids; nothing in it is secret.
    """

    platform: str
    external: str
    name: str
    about: Mapping[str, str]
    grant: Grant


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation as it is kept. `edition` counts its grants: whoever renews one names the one he saw."""

    connection: int
    organisation: OrganisationId
    platform: str
    external: str
    about: Mapping[str, str]
    grant: Grant
    health: Health
    reason: str
    edition: int
    installed_at: datetime


class Installations(Protocol):
    """Keeps installations, whosever they are. Everything blocks the calling thread and may raise StorageError."""

    def keep(self, arrival: Arrival, now: datetime, *, zone: str) -> Installation:
        """Store what was granted; what was removed or broken is on again.

        A workspace that is known stays with its organisation. The first one of a platform joins the oldest
        organisation; every other becomes an organisation of its own, named as it is, in `zone`.
        """
        ...

    def of(self, platform: str, external: str) -> Installation | None:
        """The installation in a workspace; None for a stranger."""
        ...

    def everywhere(self, platform: str) -> Sequence[Installation]:
        """All of a platform, the oldest first, without what they grant: no key is needed for that."""
        ...

    def remove(self, platform: str, external: str, now: datetime, *, at: datetime) -> bool:
        """It was removed at `at`: its token is forgotten, its connection off, what waits for it settled as dead.

        False, and nothing happens, where it was installed again since then, or was off already.
        """
        ...

    def lease(self, seen: Installation, now: datetime, until: datetime) -> bool:
        """Whether the caller may renew the grant that it saw: true for one caller until then, whatever process."""
        ...

    def rest(self, seen: Installation, until: datetime) -> None:
        """The renewal did not work out; nobody is to try again before `until`."""
        ...

    def renew(self, seen: Installation, grant: Grant) -> bool:
        """Put a new grant in the place of the one seen. False where that is not the one any more."""
        ...

    def fail(self, seen: Installation, reason: str) -> bool:
        """The grant seen is of no use any more. False where another one took its place, or that was known."""
        ...

    def reseal(self) -> int:
        """Seal every grant with the first key; how many there are."""
        ...

    def expect(self, state: str, now: datetime, until: datetime) -> None:
        """An installation was begun whose way back carries `state`."""
        ...

    def expected(self, state: str, now: datetime) -> bool:
        """True once for a state that was begun and has not run out."""
        ...
