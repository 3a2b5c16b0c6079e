"""What Slack posts to us: bounded, verified on its raw bytes, and only then decoded; it knows no payload's meaning."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web
from yarl import URL

from adapters.slack.door import Passed
from adapters.slack.scopes import EVENTS_PATH
from bot.core.ports import Clock
from bot.log import get

PATH: Final = EVENTS_PATH
MAX_BODY: Final = 256 * 1024  # bytes; Slack's largest payloads are a tenth of it
TOLERANCE: Final = 300  # seconds; what is older may be a replay (docs.slack.dev, verifying requests)
FORM: Final = "application/x-www-form-urlencoded"

log = get("slack")
Json = Mapping[str, Any]


class UnreadableError(ValueError):
    """The body is signed and yet no JSON object and no form."""


class Ingress:
    """The one address that events, presses and commands are posted to."""

    def __init__(
        self,
        take: Callable[[Json, Mapping[str, str]], Awaitable[Passed]],
        afterwards: Callable[[Any], None],
        *,
        secret: str,
        clock: Clock,
    ) -> None:
        self._take = take
        self._afterwards = afterwards
        self._secret = secret.encode()
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve."""
        return [web.post(PATH, self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """Take one delivery: 413 too large, 401 not Slack's or too old, 400 not readable."""
        raw = await _body(request)
        if raw is None:
            return web.Response(status=413)
        now = self._clock.now().timestamp()
        if not verified(request.headers, raw, secret=self._secret, now=now):
            log.warning("slack.refused", bytes=len(raw))
            return web.Response(status=401)
        try:
            body = decoded(request.content_type, raw)
        except UnreadableError:
            return web.Response(status=400)
        if body.get("ssl_check") == "1":
            return web.Response()
        passed = await self._take(body, _retry_headers(request.headers))
        if passed.then is not None:
            self._afterwards(passed.then)
        return web.Response(status=passed.status, text=passed.body, content_type=_kind(passed.body))


def verified(headers: Mapping[str, str], raw: bytes, *, secret: bytes, now: float) -> bool:
    """Whether Slack signed these bytes, and lately. Total: whatever stands in the headers."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > TOLERANCE:
        return False
    given = headers.get("X-Slack-Signature", "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(signature(secret, stamp, raw).encode(), given)


def signature(secret: bytes, stamp: str, raw: bytes) -> str:
    """The signature of a body that was sent at `stamp` (docs.slack.dev, verifying requests)."""
    return "v0=" + hmac.new(secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()


def decoded(content_type: str, raw: bytes) -> dict[str, Any]:
    """The JSON object in a body, in a form's `payload`, or a command's form itself. Raises UnreadableError."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8") from error
    if content_type != FORM:
        return _object(text)
    fields = dict(URL.build(query_string=text, encoded=True).query)  # yarl's decoder is written in C
    return _object(fields["payload"]) if "payload" in fields else dict(fields)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error
    if not isinstance(found, dict):
        raise UnreadableError("not an object")
    return found


async def _body(request: web.Request) -> bytes | None:
    """The body; None for one over the limit, whatever its header claims."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > MAX_BODY:
            return None
    return bytes(raw)


def _retry_headers(headers: Mapping[str, str]) -> dict[str, str]:
    wanted = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")
    return {name: headers[name] for name in wanted if name in headers}


def _kind(body: str) -> str:
    return "application/json" if body.startswith("{") else "text/plain"
