"""Microsoft's published keys, kept and read again in time; it must not know what they are to prove."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import jwt

from bot.core.ports import Clock
from bot.log import get

FRESH: Final = timedelta(hours=24)  # Microsoft asks that they be read again after a day
APART: Final = timedelta(minutes=5)  # between two readings for a key that is not among them
AGAIN: Final = timedelta(seconds=10)  # after a reading that failed
WITHIN: Final = 5.0  # seconds for one request: whoever waits for it is answered by then
LARGEST: Final = 1024 * 1024  # bytes of the list; it has some thirty thousand
# What a reading may end in: no answer, an error, or something that is no list of keys.
UNREADABLE: Final = (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError)

log = get("teams")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and the channels that it vouches for."""

    key: Any
    endorsements: frozenset[str]


class KeysUnknownError(Exception):
    """No key could be read yet, so nothing can be told of any token."""


class Keys:
    """The keys by their id. Only one reading is under way at a time, and whoever has a known key does not wait."""

    def __init__(self, session: Callable[[], aiohttp.ClientSession], url: str, clock: Clock) -> None:
        self._session = session
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._reading: asyncio.Task[None] | None = None

    async def key(self, ident: str) -> Key | None:
        """The key of that id, or None. Raises KeysUnknownError while nothing could be read at all."""
        now = self._clock.now()
        known = self._keys.get(ident)
        if known is not None:
            if self._read_at is None or now - self._read_at > FRESH:
                self._read(now)  # beside: a day more or less makes a key no worse
            return known
        if (reading := self._read(now)) is not None:
            await asyncio.shield(reading)
        if self._read_at is None:
            raise KeysUnknownError
        return self._keys.get(ident)

    def _read(self, now: datetime) -> asyncio.Task[None] | None:
        """The reading under way, one that begins now, or None where it is too early for another."""
        if self._reading is not None and not self._reading.done():
            return self._reading
        if self._tried_at is not None:
            failed = self._read_at is None or self._tried_at > self._read_at
            if now - self._tried_at < (AGAIN if failed else APART):
                return None
        self._tried_at = now
        self._reading = asyncio.create_task(self._renew(now))
        return self._reading

    async def _renew(self, now: datetime) -> None:
        try:
            keys = await read(self._session(), self._url)
        except UNREADABLE as error:
            log.error("teams.keys_not_read", kind=type(error).__name__)
            return
        if keys:
            self._keys, self._read_at, self._tried_at = keys, now, now
            log.info("teams.keys_read", number=len(keys))


async def read(session: aiohttp.ClientSession, url: str) -> Mapping[str, Key]:
    """The keys that the metadata at `url` lead to, by their id. Raises one of UNREADABLE."""
    found = await _json(session, url)
    listed = await _json(session, str(found["jwks_uri"]))
    return {str(one["kid"]): made for one in listed["keys"] if (made := _made(one)) is not None}


async def _json(session: aiohttp.ClientSession, url: str) -> Any:
    limit = aiohttp.ClientTimeout(total=WITHIN)
    async with session.get(url, timeout=limit, allow_redirects=False) as answer:
        answer.raise_for_status()
        raw = await answer.content.read(LARGEST)
        return json.loads(raw)


def _made(listed: Any) -> Key | None:
    """A key of the list; None for one that signs nothing we take."""
    try:
        if listed["kty"] != "RSA" or not isinstance(listed["kid"], str):
            return None
        key = jwt.PyJWK(dict(listed), algorithm="RS256")
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        return None
    endorsed = listed.get("endorsements")
    return Key(key, frozenset(map(str, endorsed)) if isinstance(endorsed, list) else frozenset())
