"""Opens links to see whether they answer, in the public internet alone; it must not know what they prove.

Whoever attaches a link chooses an address that this program then calls. So that nobody can make it call what only it
can reach (server-side request forgery), an address is looked up once, refused unless it is public, and the very
address that was looked up is connected to: a name that is looked up again may lead elsewhere by then. Every redirect
goes through the same. Nothing is sent but the request line, and no body is read.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final
from urllib.parse import urljoin

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_exceptions import ClientConnectorCertificateError, ClientConnectorSSLError

from bot.core.links import Tried, may_be_opened, may_be_reached

WITHIN: Final = 5.0  # seconds for a link with all its redirects
REDIRECTS: Final = 5
AGENT: Final = "Rampcheck link check"
ASKS_WHO: Final = frozenset({401, 403, 407})  # something is there, and it is not for everybody
TOO_MANY: Final = frozenset({408, 425, 429, 503})  # not now


class InsideError(OSError):
    """A name leads to no public address."""


class PublicOnly(AbstractResolver):
    """Looks names up, and knows no address that is not `allowed`."""

    def __init__(self, allowed: Callable[[str], bool] = may_be_reached) -> None:
        self.allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The public addresses of a name. Raises InsideError where it has others alone, OSError where it has none."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        public = [one for one in found if self.allowed(str(one[4][0]))]
        if not public:
            raise InsideError(f"{host} has no public address")
        return [
            ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, where in public
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Opener:
    """Opens links. `may_be_opened` and the resolver can be other ones, for tests beside a server of their own."""

    def __init__(
        self, *, resolver: AbstractResolver | None = None, allowed: Callable[[str], bool] = may_be_opened
    ) -> None:
        self._resolver, self._allowed = resolver, allowed

    async def tried(self, link: str) -> Tried:
        """What comes of opening a link, within WITHIN seconds; never raises for anything that a link can do."""
        try:
            async with asyncio.timeout(WITHIN):
                return await self._opened(link)
        except (ClientConnectorCertificateError, ClientConnectorSSLError):
            return Tried.UNSURE
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            return Tried.INSIDE if _is_inside(error) else Tried.SILENT

    async def _opened(self, link: str) -> Tried:
        connector = TCPConnector(
            resolver=self._resolver or PublicOnly(), use_dns_cache=False, force_close=True
        )
        # No proxy of the environment (it would look the name up itself), no cookies, nothing decoded.
        async with ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=WITHIN),
            headers={"User-Agent": AGENT, "Accept": "*/*"},
            auto_decompress=False,
            trust_env=False,
        ) as session:
            found = await self._answer(session.head, link)
            if found in (Tried.OPENED, Tried.INSIDE):
                return found
            return await self._answer(session.get, link)  # some servers know no HEAD

    async def _answer(
        self, ask: Callable[..., AbstractAsyncContextManager[ClientResponse]], link: str
    ) -> Tried:
        """What a link leads to, each redirect looked at like the link itself."""
        for _ in range(REDIRECTS + 1):
            if not self._allowed(link):
                return Tried.INSIDE
            async with ask(link, allow_redirects=False) as answer:
                further = answer.headers.get("Location", "")
                if not 300 <= answer.status < 400 or not further:
                    return _said(answer.status)
                link = urljoin(link, further)
        return Tried.SHUT


def _said(status: int) -> Tried:
    if status < 400 or status in ASKS_WHO:
        return Tried.OPENED
    return Tried.UNSURE if status in TOO_MANY else Tried.SHUT


def _is_inside(error: BaseException) -> bool:
    """Whether somewhere behind an error stands that a name has no public address."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, InsideError) or isinstance(getattr(seen, "os_error", None), InsideError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
