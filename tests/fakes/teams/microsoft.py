"""Microsoft's identity on this machine: signs what Teams says, publishes keys, gives tokens; it knows no messages."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"


@cache
def private_key(number: int) -> rsa.RSAPrivateKey:
    """A key pair; making one takes a while, so the whole run shares them."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Signer:
    """The keys that are published now, and tokens signed with them."""

    app: str
    number: int = 1
    endorsements: tuple[str, ...] = ("msteams",)

    @property
    def kid(self) -> str:
        return f"key-{self.number}"

    def rotate(self) -> None:
        """From now on another key signs, and the old one is published no more."""
        self.number += 1

    def published(self) -> dict[str, Any]:
        listed = jwt.algorithms.RSAAlgorithm.to_jwk(private_key(self.number).public_key(), as_dict=True)
        own = {
            **listed,
            "kid": self.kid,
            "use": "sig",
            "x5t": self.kid,
            "endorsements": list(self.endorsements),
        }
        return {"keys": [own, {"kty": "EC", "kid": "other"}, {"kid": 7}]}

    def token(
        self,
        service: str,
        *,
        header: Mapping[str, Any] | None = None,
        key: Any = None,
        alg: str = "RS256",
        **changes: Any,
    ) -> str:
        """A token as Teams sends it; a claim set to None is left out."""
        now = int(time.time())
        good = {"iss": ISSUER, "aud": self.app, "serviceurl": service, "nbf": now - 10, "exp": now + 3600}
        claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
        headers = {
            name: value for name, value in {"kid": self.kid, **(header or {})}.items() if value is not None
        }
        return jwt.encode(claims, key or private_key(self.number), algorithm=alg, headers=headers)


@dataclass
class Said:
    """An answer as MSAL's HTTP client hands it on."""

    text: str
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise OSError(self.status_code)


@dataclass
class Directory:
    """Microsoft Entra, in the place of MSAL's HTTP client: it blocks, as the real one does."""

    slow: float = 0.0
    refusing: str = ""
    given: int = 0
    lasts: int = 3600
    tenant_known: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)

    def get(self, url: str, **kwargs: Any) -> Said:
        if "/metadata/identity" in url:
            self.asked.append({"managed": url})
            return self._token()
        if "discovery/instance" in url:
            url = str(kwargs["params"]["authorization_endpoint"]).replace("/oauth2/v2.0/authorize", "/v2.0/")
        base = url.partition("/v2.0/")[0]
        if not self.tenant_known and "openid-configuration" in url:
            return Said(json.dumps({"error": "invalid_tenant", "error_description": "AADSTS90002"}), 400)
        return Said(
            json.dumps(
                {
                    "tenant_discovery_endpoint": f"{base}/v2.0/.well-known/openid-configuration",
                    "metadata": [],
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "issuer": base,
                }
            )
        )

    def post(self, url: str, data: Mapping[str, str] | None = None, **kwargs: Any) -> Said:
        del kwargs
        self.asked.append({"url": url, **dict(data or {})})
        return self._token()

    def close(self) -> None:
        return

    def _token(self) -> Said:
        time.sleep(self.slow)
        if self.refusing:
            body = {"error": "invalid_client", "error_description": f"{self.refusing}: Something about it."}
            return Said(json.dumps(body), 401)
        self.given += 1
        found = {"access_token": self.current, "expires_in": self.lasts, "token_type": "Bearer"}
        return Said(json.dumps(found))

    @property
    def current(self) -> str:
        """The token that the connector takes."""
        return f"token-{self.given}"
