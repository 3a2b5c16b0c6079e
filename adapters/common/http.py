"""The one HTTP session of a process for all that it asks of a platform; it must not know what is asked."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import aiohttp

IN_FLIGHT: Final = (
    100  # connections at once; a Teams tenant takes thirty calls a second, a Slack workspace fewer
)


class Line:
    """Opened on first use in whatever loop runs then; a session for every call would cost a TLS handshake each."""

    def __init__(self, within: float) -> None:
        """`within` is the seconds that a call may take which says nothing else."""
        self._within = within
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def session(self) -> aiohttp.ClientSession:
        """The session of the running loop."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            self.close()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=IN_FLIGHT),
                timeout=aiohttp.ClientTimeout(total=self._within),
            )
            self._loop = loop
        return self._session

    def close(self) -> None:
        """Let go of the connections; also from outside the loop that they belonged to, so nothing is awaited."""
        if self._session is not None and not self._session.closed:
            closing = self._session.close()
            with contextlib.suppress(StopIteration):
                closing.send(None)  # it closes at once; what it could wait for is the other side's goodbye
            closing.close()
        self._session = None
