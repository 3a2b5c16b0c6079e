"""Where Microsoft's services are, in each of its clouds; it must not know who calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from adapters.common.text import web_address

# The services that send us activities, and that our token may go to: a host, or all below a dotted one.
_TEAMS = ("smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com", ".botframework.com")
_GOVERNMENT = (
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
    ".botframework.us",
    ".botframework.azure.us",
)


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of Microsoft's clouds: whose tokens we believe, whom we ask for ours, whom we speak to.

    `service` is where a conversation is reached that never said so. `plain` lets `hosts` be spoken to without TLS,
    which nobody but this very machine may be.
    """

    issuer: str
    openid: str
    login: str
    resource: str
    hosts: tuple[str, ...]
    service: str = ""
    plain: bool = False

    def trusts(self, service: str) -> bool:
        """Whether a service URL is one that a token may be sent to."""
        if not web_address(service):
            return False
        parts = urlsplit(service)
        host = (parts.hostname or "").lower()
        if parts.scheme != "https" and not self.plain:
            return False
        if parts.username or parts.password or parts.query or parts.fragment:
            return False
        return any(host == one or (one.startswith(".") and host.endswith(one)) for one in self.hosts)


PUBLIC: Final = Cloud(
    issuer="https://api.botframework.com",
    openid="https://login.botframework.com/v1/.well-known/openidconfiguration",
    login="https://login.microsoftonline.com",
    resource="https://api.botframework.com",
    hosts=_TEAMS,
    service="https://smba.trafficmanager.net/teams/",
)
# The American government's; GCC, its outermost ring, is served by the public cloud under a host of its own.
GOVERNMENT: Final = Cloud(
    issuer="https://api.botframework.us",
    openid="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
    login="https://login.microsoftonline.us",
    resource="https://api.botframework.us",
    hosts=_GOVERNMENT,
    service="https://smba.infra.gov.teams.microsoft.us/teams/",
)
# Microsoft's Agents Playground on this very machine: nothing is signed there.
PLAYGROUND: Final = Cloud(
    issuer="", openid="", login="", resource="", hosts=("127.0.0.1", "localhost", "::1"), plain=True
)
CLOUDS: Final = {"public": PUBLIC, "us-government": GOVERNMENT}
