"""What a transaction knows of pilots: what they are, how they came to be so, what was decided and is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.records import (
    Decision,
    Event,
    PersonId,
    Pilot,
    PilotId,
    Subscription,
)


class PilotsKept(Protocol):
    """Pilots as they are now, and the log of how they came to be so."""

    def pilot(self, pilot: PilotId) -> Pilot | None: ...
    def pilot_by_key(self, key: str) -> Pilot | None: ...
    def pilot_by_external(self, external: str) -> Pilot | None: ...
    def pilots(self) -> Sequence[Pilot]:
        """All pilots, by name."""
        ...

    def pilots_of(self, person: PersonId) -> Sequence[Pilot]:
        """Pilots in which the person is owner, deputy, sponsor or decider."""
        ...

    def pilot_names(self) -> Sequence[tuple[PilotId, str, str]]:
        """(id, key, name) of every pilot: cheap, for looking up and for suggestions."""
        ...

    def save_pilot(self, pilot: Pilot) -> Pilot:
        """Store; an id of 0 is new and comes back filled. The caller records the events."""
        ...

    def record(self, event: Event) -> None:
        """Append to the event log."""
        ...

    def events(
        self,
        *,
        pilot: PilotId | None = None,
        kinds: Iterable[str] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Event]:
        """Newest first."""
        ...


class DecisionsKept(Protocol):
    """What was decided; nothing changes it afterwards."""

    def add_decision(self, decision: Decision) -> Decision:
        """Append; comes back with its id. Nothing changes one afterwards."""
        ...

    def decisions(
        self, *, pilot: PilotId | None = None, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Decision]:
        """Newest first."""
        ...


class DigestsKept(Protocol):
    """The channels that get a digest."""

    def subscriptions(self) -> Sequence[Subscription]: ...
    def save_subscription(self, subscription: Subscription) -> Subscription: ...
    def drop_subscription(self, subscription: int) -> None: ...
    def due_subscriptions(self, now: datetime) -> Sequence[Subscription]: ...
