"""People known by e-mail alone are looked up at Slack, a few a minute; it must not know why anybody is wanted.

A slow trickle: a spreadsheet may bring thousands, and what people do must never wait for its turn behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from adapters.slack.client import Client
from adapters.slack.office import Office
from adapters.slack.profile import Profile
from bot.core.ports import DeliveryError, Missing, Sender
from bot.log import get

EVERY: Final = 3.0  # seconds between two look-ups in a workspace: 20 a minute, where Slack takes 50
IDLE: Final = 60.0  # seconds until somebody new is asked for, where nobody is wanted
REST: Final = 3600.0  # seconds for a workspace that refused, as without the scope: an admin has to act first
RETRY: Final = 60.0  # seconds for a workspace that could not be reached

log = get("slack")
Sleep = Callable[[float], Awaitable[None]]


class Seeking:
    """Goes through the people who are wanted, one of each workspace at a time."""

    def __init__(
        self,
        office: Office,
        client_for: Callable[[str], Awaitable[Client]],
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._office = office
        self._client_for = client_for
        self._sleep = sleep
        self._resting: dict[str, float] = {}  # workspace -> until when, by the loop's clock

    async def run(self, only: str) -> None:
        """Look until cancelled, in `only` one workspace where that is given."""
        asked = 0  # not at once: a start has other calls to make
        while True:
            await self._sleep(EVERY if asked else IDLE)
            try:
                asked = await self.once(only)
            except DeliveryError as error:
                log.warning("slack.not_sought", reason=error.reason)
                asked = 0

    async def once(self, only: str = "") -> int:
        """Look for one person of each workspace; how many were looked for."""
        now = asyncio.get_running_loop().time()
        self._resting = {team: until for team, until in self._resting.items() if until > now}
        wanted = await self._office.missing(only=only, besides=frozenset(self._resting))
        for missing in wanted:
            await self._look_for(missing)
        return len(wanted)

    async def _look_for(self, missing: Missing) -> None:
        try:
            client = await self._client_for(missing.team)
            profile = await client.profile_of(missing.email, team=missing.team)
        except DeliveryError as error:
            pause = error.retry_after or (REST if error.permanent else RETRY)
            self._resting[missing.team] = asyncio.get_running_loop().time() + pause
            log.warning("slack.not_sought", team=missing.team, reason=error.reason, after=pause)
            return
        await self._office.found(missing, _account(missing, profile))


def _account(missing: Missing, profile: Profile | None) -> Sender | None:
    """The account of a person who can be written to; bots and closed accounts are nobody's."""
    if profile is None or not (profile.id and profile.human and profile.active):
        return None
    told = (profile.name, profile.zone, profile.email)
    return Sender("slack", missing.team, profile.id, *told, guest=profile.guest)
