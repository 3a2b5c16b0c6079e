"""What the Teams adapter asks of the program: to remember a tenant, and whom it knows; no implementation."""

from __future__ import annotations

from typing import Protocol


class Office(Protocol):
    """Keeps connections and people."""

    async def connected(self, tenant: str, name: str) -> None:
        """Somebody of this tenant was heard; its name may not be known."""
        ...

    async def knows(self, tenant: str, account: str) -> bool:
        """Whether that account belongs to somebody who can be written to."""
        ...

    async def introduced(self, tenant: str, account: str) -> bool:
        """Whether the tenant has said who that is, so that it need not be asked again."""
        ...

    async def tenant(self, connection: int) -> str:
        """The tenant behind a connection; nothing where there is none."""
        ...
