"""What the Slack adapter asks of the program: to remember a workspace, and whom it knows; no implementation."""

from __future__ import annotations

from typing import Protocol


class Office(Protocol):
    """Keeps connections and people."""

    async def connected(self, team: str) -> None:
        """The app is installed in this workspace."""
        ...

    async def knows(self, team: str, user: str) -> bool:
        """Whether that account belongs to somebody whose time zone is known."""
        ...

    async def team(self, connection: int) -> str:
        """The workspace behind a connection; nothing where there is none."""
        ...
