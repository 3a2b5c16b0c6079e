"""One client for each workspace, and which workspace an address is in; it must not know what is sent."""

from __future__ import annotations

from adapters.slack.client import Client
from adapters.slack.office import Office


class Workspaces:
    """The clients by team. Each has a pacing and a memory of direct conversations of its own."""

    def __init__(self, office: Office, only: Client) -> None:
        self._office = office
        self._only = only
        self._teams: dict[int, str] = {}  # connection -> team; neither ever becomes another

    @property
    def nowhere(self) -> Client:
        """For calls that belong to the app and to no workspace."""
        return self._only

    def of(self, team: str) -> Client:
        """The calls of a workspace."""
        del team
        return self._only

    async def team_at(self, connection: int) -> str:
        """The team behind a connection; nothing where there is none."""
        if connection not in self._teams and (team := await self._office.team(connection)):
            self._teams[connection] = team
        return self._teams.get(connection, "")
