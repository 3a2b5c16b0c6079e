"""Whether an activity is Microsoft's, for us, from where it says; it must not know what the activity means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import jwt

from adapters.teams.cloud import Cloud
from adapters.teams.keys import Keys
from bot.core.ports import Clock

SKEW: Final = 300  # seconds that clocks may be apart (Bot Connector authentication)
LONGEST: Final = 8_192  # characters of a token; Microsoft's have 1,500
ALGORITHM: Final = "RS256"
_SCHEME = "bearer "

Json = Mapping[Any, Any]


class RefusedError(Exception):
    """The request is not to be believed; the message says why, for the log alone."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a genuine token says: which service it speaks for, and which channels its key vouches for."""

    service: str
    endorsements: frozenset[str]


class Gate(Protocol):
    """Believes a request or raises RefusedError: first its token, then what its body says in the light of that."""

    async def prove(self, header: str) -> Proof:
        """What the Authorization header proves."""
        ...

    def admit(self, proof: Proof, raw: Json) -> None:
        """Whether the body is what the token was made for."""
        ...


class SignedGate:
    """Microsoft's rules: an RS256 token with a published key, for our app, for this very service and tenant."""

    def __init__(self, keys: Keys, clock: Clock, cloud: Cloud, *, app: str, tenants: Collection[str]) -> None:
        self._keys = keys
        self._clock = clock
        self._cloud = cloud
        self._app = app
        self._tenants = frozenset(tenant.lower() for tenant in tenants)

    async def prove(self, header: str) -> Proof:
        """Raises RefusedError, and KeysUnknownError where no key could be read yet."""
        if not header.lower().startswith(_SCHEME) or len(header) > LONGEST:
            raise RefusedError("no bearer token")
        token = header[len(_SCHEME) :].strip()
        key = await self._keys.key(_key_id(token))
        if key is None:
            raise RefusedError("a key that Microsoft does not list")
        claims = self._claims(token, key.key)
        self._in_time(claims)
        service = claims.get("serviceurl") or claims.get("serviceUrl")
        return Proof(service if isinstance(service, str) else "", key.endorsements)

    def admit(self, proof: Proof, raw: Json) -> None:
        """The claims about the service and the channel are binding: a body without them is refused too (T8)."""
        channel, service = raw.get("channelId"), raw.get("serviceUrl")
        if not isinstance(channel, str) or channel not in proof.endorsements:
            raise RefusedError("a channel that the key does not vouch for")
        if not isinstance(service, str) or not proof.service or _same(service) != _same(proof.service):
            raise RefusedError("a service that the token does not speak for")
        if not self._cloud.trusts(service):
            raise RefusedError("a service that is not Teams")
        if tenant_of(raw) not in self._tenants:
            raise RefusedError("a tenant that is not on the list")

    def _claims(self, token: str, key: Any) -> Mapping[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._app,
                issuer=self._cloud.issuer,
                options={  # what has to do with time, our own clock tells
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise RefusedError(type(error).__name__) from None

    def _in_time(self, claims: Mapping[str, Any]) -> None:
        now, ends, starts = self._clock.now().timestamp(), claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(ends, int | float) or not isinstance(starts, int | float):
            raise RefusedError("moments that are none")
        if not starts - SKEW <= now <= ends + SKEW:
            raise RefusedError("not now")


class OpenGate:
    """The Agents Playground signs nothing: whoever is on this machine is believed, and nobody else can reach us."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def prove(self, header: str) -> Proof:
        """Anything proves everything."""
        del header
        return Proof("", frozenset())

    def admit(self, proof: Proof, raw: Json) -> None:
        """Answers go to this machine only."""
        del proof
        service = raw.get("serviceUrl")
        if not isinstance(service, str) or not self._cloud.trusts(service):
            raise RefusedError("a service that is not on this machine")


def tenant_of(raw: Json) -> str:
    """The tenant that an activity comes from, in small letters; nothing where it does not say."""
    data = raw.get("channelData")
    tenant = data.get("tenant") if isinstance(data, Mapping) else None
    ident = tenant.get("id") if isinstance(tenant, Mapping) else None
    return ident.lower() if isinstance(ident, str) else ""


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise RefusedError(type(error).__name__) from None
    ident = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(ident, str) or not ident:
        raise RefusedError("not signed as Microsoft does")
    return ident


def _same(service: str) -> str:
    return service.rstrip("/").lower()
