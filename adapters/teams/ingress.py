"""What Teams posts to us: bounded, its token verified, and only then decoded; it knows no activity's meaning."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from adapters.teams.auth import Gate, RefusedError
from adapters.teams.keys import KeysUnknownError
from adapters.teams.replies import Answer
from bot.log import get

PATH: Final = "/api/messages"
MAX_BODY: Final = 256 * 1024  # bytes; Teams' largest activities are a third of it
JSON: Final = "application/json"

log = get("teams")


class UnreadableError(ValueError):
    """The body is no JSON object, or no activity."""


class Ingress:
    """The one address that Teams posts to."""

    def __init__(
        self,
        gate: Gate,
        take: Callable[[dict[str, Any]], Awaitable[Answer]],
        afterwards: Callable[[Any], None],
    ) -> None:
        self._gate = gate
        self._take = take
        self._afterwards = afterwards

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve."""
        return [web.post(PATH, self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """Take one activity: 415 not JSON, 401 not to be believed, 413 too large, 400 not readable, 503 come again."""
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
            return web.Response(status=415)
        if (request.content_length or 0) > MAX_BODY:
            return web.Response(status=413)
        try:
            proof = await self._gate.prove(request.headers.get("Authorization", ""))
            raw = await _body(request)
            if raw is None:
                return web.Response(status=413)
            activity = decoded(raw)
            self._gate.admit(proof, activity)
        except RefusedError as error:
            log.warning("teams.refused", why=str(error))
            return web.Response(status=401)
        except UnreadableError:
            return web.Response(status=400)
        except KeysUnknownError:
            return web.Response(status=503)
        return await self._answered(activity)

    async def _answered(self, activity: dict[str, Any]) -> web.Response:
        try:
            answer = await self._take(activity)
        except UnreadableError:
            return web.Response(status=400)
        if answer.then is not None:
            self._afterwards(answer.then)
        if answer.body is None:
            return web.Response(status=answer.status)
        text = json.dumps(answer.body, ensure_ascii=False)
        return web.Response(status=answer.status, text=text, content_type=JSON)


def decoded(raw: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises UnreadableError."""
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise UnreadableError("not an activity")
    return found


async def _body(request: web.Request) -> bytes | None:
    """The body; None for one over the limit, whatever its header claims."""
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > MAX_BODY:
            return None
    return bytes(raw)
