"""Our own token for Teams: one for everything, fetched in a thread, renewed early; it must not know what it is for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msal
import requests

from adapters.teams.cloud import Cloud
from bot.core.ports import Clock, DeliveryError
from bot.log import get

EARLY: Final = timedelta(minutes=5)  # before its end a token is renewed
SHORTEST: Final = timedelta(minutes=1)  # between two fetches, whatever Teams thinks of a token
WITHIN: Final = 10  # seconds for one request of MSAL
_NO_TENANT = "Unable to get authority configuration"  # begins what MSAL says of a tenant that there is not
_CODE = re.compile(r"AADSTS\d{4,8}")

# What to do, by Microsoft's codes (learn.microsoft.com, Microsoft Entra authentication and authorization error codes).
ADVICE: Final = {
    "AADSTS7000215": "the secret is not the app's; set TEAMS_APP_SECRET to the secret's value, not to its id",
    "AADSTS7000222": "the secret has expired; make a new one and set TEAMS_APP_SECRET",
    "AADSTS7000229": "the app has no service principal in the tenant; create it under Enterprise applications",
    "AADSTS700016": "the tenant does not know the app; check TEAMS_APP_ID and TEAMS_TENANT_ID",
    "AADSTS700027": "the certificate is not the app's; upload it to the app, or set TEAMS_CERTIFICATE",
    "AADSTS70021": "the app trusts no federated credential like this one; check its issuer and subject",
    "AADSTS90002": "there is no such tenant; check TEAMS_TENANT_ID",
}

log = get("teams")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and for how long it is good."""

    text: str = field(repr=False)
    lasts: timedelta


class CredentialsError(Exception):
    """No token could be had; the message says what to do and holds no secret. `heard`: Microsoft said so itself."""

    def __init__(self, what: str, *, heard: bool = False) -> None:
        super().__init__(what)
        self.heard = heard


class TokenSource:
    """The one token of the process. `fetch` blocks: it runs in a thread, once however many ask."""

    def __init__(self, fetch: Callable[[], Token], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._text = ""
        self._ends: datetime | None = None
        self._fetched_at: datetime | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """A token that is good for a while yet. Raises DeliveryError where there is none to be had."""
        now = self._clock.now()
        if self._ends is None or now >= self._ends - EARLY:
            await self._renewed(now)
        return self._text

    def refuse(self, text: str) -> bool:
        """Teams would not take that token: the next one is another. False where it is too early for that."""
        now = self._clock.now()
        if self._fetched_at is not None and now - self._fetched_at < SHORTEST:
            return False
        if text == self._text:
            self._ends = None
        return True

    async def _renewed(self, now: datetime) -> None:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._renew(now))
        try:
            await asyncio.shield(self._fetching)
        except CredentialsError as error:
            if self._ends is None or now >= self._ends:
                raise DeliveryError(str(error)) from None
            log.warning("teams.token_not_renewed", reason=str(error))

    async def _renew(self, now: datetime) -> None:
        found = await asyncio.to_thread(self._fetch)
        self._text, self._ends, self._fetched_at = found.text, now + found.lasts, now


# --- where a token comes from


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A file with the private key and the certificate, both as PEM."""

    path: Path


@dataclass(frozen=True, slots=True)
class Federated:
    """A file with a token of another issuer that the app trusts, read anew each time."""

    path: Path


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity of the machine that this runs on."""


Credential = Secret | Certificate | Federated | ManagedIdentity


def fetcher(
    credential: Credential, *, app: str, tenant: str, cloud: Cloud, http: Any = None
) -> Callable[[], Token]:
    """What fetches a token by MSAL; `http` stands in for its HTTP client.

    MSAL is set up for each token, once an hour: its own cache would hand out again what Teams has just refused.
    """

    def fetch() -> Token:
        try:
            return _token(_asked(_client(credential, app, tenant, cloud, http), credential, cloud))
        except (OSError, ValueError, RuntimeError) as error:  # the network, a file, or a key that is none
            if _NO_TENANT in str(error):
                raise CredentialsError(
                    "Microsoft gave no token: it knows no such tenant; check TEAMS_TENANT_ID", heard=True
                ) from None
            raise CredentialsError(f"No token could be fetched ({type(error).__name__})") from None

    return fetch


class _Hasty(requests.Session):
    """Waits for nobody for long: outside Azure, nobody answers for the machine's identity at all."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """A request with an end."""
        return super().request(*args, **{"timeout": WITHIN, **kwargs})


def _client(credential: Credential, app: str, tenant: str, cloud: Cloud, http: Any) -> Any:
    if isinstance(credential, ManagedIdentity):
        identity = msal.UserAssignedManagedIdentity(client_id=app)
        return msal.ManagedIdentityClient(identity, http_client=http or _Hasty())
    return msal.ConfidentialClientApplication(
        app,
        client_credential=_secret(credential),
        authority=f"{cloud.login}/{tenant}",
        http_client=http,
        timeout=None if http else WITHIN,
    )


def _secret(credential: Secret | Certificate | Federated) -> Any:
    match credential:
        case Secret(text):
            return text
        case Certificate(path):
            text = path.read_text(encoding="ascii")
            return {"private_key": text, "public_certificate": text}
        case Federated(path):
            return {"client_assertion": lambda: path.read_text(encoding="ascii").strip()}


def _asked(client: Any, credential: Credential, cloud: Cloud) -> Mapping[str, Any]:
    found: Mapping[str, Any]
    if isinstance(credential, ManagedIdentity):
        found = client.acquire_token_for_client(resource=cloud.resource)
    else:
        found = client.acquire_token_for_client(scopes=[f"{cloud.resource}/.default"])
    return found


def _token(found: Mapping[str, Any]) -> Token:
    text, lasts = found.get("access_token"), found.get("expires_in")
    if isinstance(text, str) and text:
        return Token(text, timedelta(seconds=float(lasts or 0)))
    code = _CODE.search(str(found.get("error_description", "")))
    advice = ADVICE.get(code[0]) if code else None
    said = f" ({code[0]})" if code else ""
    raise CredentialsError(
        f"Microsoft gave no token: {advice or found.get('error', 'it did not say why')}{said}", heard=True
    )
