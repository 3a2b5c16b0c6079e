"""What the Slack adapter asks of the program: to keep workspaces and what they granted, and whom it knows.

Each of these may raise DeliveryError where the database does not answer; no implementation lives here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.installations import Arrival, Grant, Installation
from bot.core.ports import Missing, Sender


class Office(Protocol):
    """Keeps connections, installations and people."""

    async def connected(self, team: str) -> None:
        """The one token that was set is good in this workspace."""
        ...

    async def knows(self, team: str, user: str) -> bool:
        """Whether that account belongs to somebody whose time zone is known."""
        ...

    async def missing(self, *, only: str, besides: Collection[str]) -> Sequence[Missing]:
        """At most one of each workspace, `only` one where that is given, and none of those `besides`.

        Nobody else is given them meanwhile; whoever was not found comes again after a day.
        """
        ...

    async def found(self, missing: Missing, who: Sender | None) -> None:
        """What came of looking: their account, without an e-mail where that is not confirmed; None for no account."""
        ...

    async def team(self, connection: int) -> str:
        """The workspace behind a connection; nothing where there is none, or the app was removed from it."""
        ...

    async def removed(self, team: str, at: datetime) -> bool:
        """The app was removed then: nothing more goes there. False where it came back since, or that was known."""
        ...

    async def installation(self, team: str) -> Installation | None:
        """What is installed in a workspace; None for a stranger."""
        ...

    async def installed(self, arrival: Arrival, installer: Sender) -> None:
        """The app was installed, by this person: both are kept, and they are greeted."""
        ...

    async def lease(self, seen: Installation, hold: timedelta) -> bool:
        """Whether we are the one who may exchange that grant for the next, for so long."""
        ...

    async def rest(self, seen: Installation, pause: timedelta) -> None:
        """The exchange did not work out; nobody is to try for so long."""
        ...

    async def renewed(self, seen: Installation, grant: Grant) -> bool:
        """Keep the grant that the one seen was exchanged for."""
        ...

    async def failed(self, seen: Installation, reason: str) -> bool:
        """That grant is of no use any more. True where nobody said so before."""
        ...

    async def begun(self, state: str, within: timedelta) -> None:
        """Somebody went to Slack to install, and is to come back with this state."""
        ...

    async def returned(self, state: str) -> bool:
        """Whether that state was given out, lately, and comes back for the first time."""
        ...
