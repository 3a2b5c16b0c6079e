"""One client for each workspace, and which workspace an address is in; it must not know what is sent."""

from __future__ import annotations

from collections.abc import Callable

from adapters.common.http import Line
from adapters.slack.access import REMOVED, NoToken
from adapters.slack.client import Access, Client
from adapters.slack.office import Office
from bot.core.ports import DeliveryError


class Workspaces:
    """The clients by team, each with a pacing and a memory of direct conversations of its own.

    `access_to` gives each its token. Everything here belongs to one event loop at a time, as the adapter does.
    """

    def __init__(self, office: Office, line: Line, access_to: Callable[[str], Access], *, url: str) -> None:
        self._office = office
        self._line = line
        self._access_to = access_to
        self._url = url
        self._clients: dict[str, Client] = {}
        self.nowhere = Client(
            line, NoToken(), url=url
        )  # for calls that belong to the app and to no workspace

    def of(self, team: str) -> Client:
        """The calls of a workspace."""
        if team not in self._clients:
            self._clients[team] = Client(self._line, self._access_to(team), url=self._url)
        return self._clients[team]

    async def team_at(self, connection: int) -> str:
        """The team behind a connection, looked up each time: another process may have heard that we were removed.

        Raises DeliveryError where the app is not there any more.
        """
        team = await self._office.team(connection)
        if not team:
            raise DeliveryError(REMOVED, permanent=True)
        return team
