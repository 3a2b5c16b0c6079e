"""Spaces messages so that Teams never has to say no: one at a time in a conversation; it knows no HTTP and no clock.

Teams takes 7 a second in a conversation and 30 a second of an app in a tenant, "for estimation only" (Microsoft's page
on rate limits); we stay far below the first and a third below the second.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bot.core.pace import Pace, Wait

IN_CONVERSATION: Final = 1.0  # seconds between two messages in a conversation
IN_TENANT: Final = 1 / 20  # seconds between two calls in a tenant
BURST: Final = 3  # calls that a tenant takes at once after a rest
KEPT: Final = 2_000  # conversations remembered; one that was quiet for a second needs no memory


@dataclass(slots=True)
class Lane:
    """A conversation: its turns, and a lock, as two operations at once are answered with 412."""

    pace: Pace = field(default_factory=lambda: Pace(IN_CONVERSATION))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Pacing:
    """The paces of everything that is written to."""

    _tenants: dict[str, Pace] = field(default_factory=dict)
    _lanes: dict[str, Lane] = field(default_factory=dict)

    def lane(self, conversation: str, now: float) -> Lane:
        """The lane of a conversation."""
        if len(self._lanes) > KEPT:
            busy = {
                name: one for name, one in self._lanes.items() if one.lock.locked() or one.pace.wait(now) > 0
            }
            self._lanes = busy
        return self._lanes.setdefault(conversation, Lane())

    def turn(self, tenant: str, lane: Lane, now: float, *, patience: float) -> float:
        """Take a turn: the seconds to wait for it. Raises Wait where that is longer than `patience`."""
        paces = (lane.pace, self._tenants.setdefault(tenant, Pace(IN_TENANT, BURST)))
        wait = max(pace.wait(now) for pace in paces)
        if wait > patience:
            raise Wait(max(pace.promise(now) for pace in paces))
        for pace in paces:
            pace.take(now + wait)
        return wait
