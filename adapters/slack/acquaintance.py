"""Whoever acts or is named for the first time is looked up, once; it keeps no names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.slack.client import Client
from adapters.slack.office import Office
from adapters.slack.profile import Profile
from adapters.slack.surface import picked_people
from bot.core.ports import Changed, DeliveryError, Inbound, Joined, OnInbound, Place, Sender
from bot.log import get

WITHIN: Final = (
    0.7  # seconds for a look-up before an act is stored: without it somebody is a bare id for a while
)
KEPT: Final = 20_000  # accounts remembered as known; asking again costs one read
WAITING: Final = 50  # look-ups beside everything else; whoever comes on top is looked up with a later act

log = get("slack")


class Acquaintance:
    """Names and zones for senders that the program does not know yet, and greetings for people they pick."""

    def __init__(self, office: Office, client_for: Callable[[str], Awaitable[Client]]) -> None:
        self._office = office
        self._client_for = client_for
        self._known: set[tuple[str, str]] = set()
        self._told: set[tuple[str, str]] = set()  # of whom Slack told since this process began
        self._one_by_one = asyncio.Semaphore(1)
        self._waiting = 0

    async def introduced(self, sender: Sender) -> Sender:
        """The sender with name and zone, where they are new and Slack tells in time."""
        if await self._is_known(sender.tenant, sender.user):
            return sender
        profile = await self._profile(sender.tenant, sender.user)
        if profile is None:
            return sender
        self._remember(sender.tenant, sender.user)
        self._told.add((sender.tenant, sender.user))
        known = replace(profile, name=profile.name or sender.name, zone=profile.zone or sender.zone)
        return _as_told(sender, known)

    def is_to_be_asked_about(self, sender: Sender) -> bool:
        """Whether somebody was known before this process began, so that they may be a guest by now."""
        who = (sender.tenant, sender.user)
        return who in self._known and who not in self._told and self._waiting < WAITING

    async def ask_again(self, sender: Sender, on_inbound: OnInbound) -> None:
        """Look somebody up beside what they do, and pass on that Slack calls them a guest."""
        who = (sender.tenant, sender.user)
        self._told.add(who)
        self._waiting += 1
        try:
            async with self._one_by_one:
                profile = await self._profile(*who)
        finally:
            self._waiting -= 1
        if profile is None:
            self._told.discard(who)
        elif profile.guest:
            now = _as_told(sender, replace(profile, name=profile.name or sender.name))
            changed = Changed(open=profile.active, away_until=profile.away_until)
            await on_inbound(Inbound(f"slack:guest:{':'.join(who)}", now, changed, Place(sender.user)))

    async def picked(self, raw: Mapping[str, Any], sender: Sender) -> Sequence[Inbound]:
        """For each person picked in a form who is new: their coming, so that they can be named and written to."""
        new = [
            user
            for user in picked_people(raw)
            if user != sender.user and not await self._is_known(sender.tenant, user)
        ]
        found = await asyncio.gather(*(self._profile(sender.tenant, user) for user in new))
        return [
            coming(_as_told(replace(sender, user=user), profile))
            for user, profile in zip(new, found, strict=True)
            if profile is not None and profile.human and profile.active
        ]

    async def _is_known(self, team: str, user: str) -> bool:
        if (team, user) not in self._known and await self._office.knows(team, user):
            self._remember(team, user)
        return (team, user) in self._known

    def _remember(self, team: str, user: str) -> None:
        if len(self._known) >= KEPT:
            self._known.clear()
            self._told.clear()
        self._known.add((team, user))

    async def _profile(self, team: str, user: str) -> Profile | None:
        try:
            async with asyncio.timeout(WITHIN):
                client = await self._client_for(team)
                return await client.profile(user, team=team, patience=0.0)
        except (DeliveryError, TimeoutError) as error:
            log.warning("slack.unknown_person", user=user, kind=type(error).__name__)
            return None


def _as_told(sender: Sender, profile: Profile) -> Sender:
    return replace(sender, name=profile.name, zone=profile.zone, email=profile.email, guest=profile.guest)


def coming(who: Sender) -> Inbound:
    """That somebody is there, to be written to by their account."""
    return Inbound(f"slack:met:{who.tenant}:{who.user}", who, Joined(), Place(who.user, direct=True))
