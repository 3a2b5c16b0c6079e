"""What one organisation signs the tokens of its buttons with; it must not know cards, acts or what a token says.

What is signed is the whole token: what it is about, its number, its step. It is not secret, and gives no rights.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from bot.core.tokens import SEPARATOR, SIGNATURE

MARK = f"s1{SEPARATOR}"
BYTES = 12  # of the digest, 16 characters: a guess is right once in 2**96 times
FORGED = ""  # no token, as `tokens.decode` reads it


@dataclass(frozen=True, slots=True)
class ButtonKey:
    """What one organisation's buttons are signed with; until `plain_until` those of before are taken unsigned."""

    secret: bytes = field(repr=False)
    plain_until: datetime | None = None

    def sign(self, token: str) -> str:
        """The token with its signature, SIGNATURE characters longer."""
        return f"{MARK}{self._code(token)}{SEPARATOR}{token}"

    def opened(self, signed: str, now: datetime) -> str:
        """The token that was signed; FORGED where it was not with this key."""
        if not signed.startswith(MARK):
            return signed if self.plain_until is not None and now < self.plain_until else FORGED
        code, _, token = signed.removeprefix(MARK).partition(SEPARATOR)
        genuine = hmac.compare_digest(code.encode("utf-8", "replace"), self._code(token).encode())
        return token if genuine else FORGED

    def _code(self, token: str) -> str:
        digest = hmac.digest(self.secret, token.encode("utf-8", "replace"), sha256)
        return urlsafe_b64encode(digest[:BYTES]).decode()


assert len(MARK) + BYTES * 4 // 3 + len(SEPARATOR) == SIGNATURE  # noqa: S101 - two files that have to agree
