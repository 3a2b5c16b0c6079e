"""The local chat's HTTP side: guards each request, reads JSON, streams events; it knows nothing of cards."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from adapters.local.desk import LEAPS, ClockError
from adapters.local.parse import parse, well_formed
from adapters.local.stream import Happened
from bot import log as logs
from bot.core.ports import DeliveryError

if TYPE_CHECKING:
    from adapters.local.adapter import LocalAdapter

log = logs.get("local")

STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MAX_BODY = 256 * 1024  # bytes: the longest answer is 100,000 characters, of which a form refuses most anyway
BEAT = 15.0  # seconds of silence before the time is told, so that a dead connection is noticed
RETRY = 1500  # milliseconds before a page connects again
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RefusalError(Exception):
    """A request that is not served: the status, and what to do, in plain words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def routes(chat: LocalAdapter) -> list[web.RouteDef]:
    """Everything the page needs, guarded."""
    calls = _Calls(chat)
    files = [
        web.get(f"/local/{path.name}", _guarded(_file(path)))
        for path in sorted(STATIC.iterdir())
        if path.suffix in TYPES and path.name != "index.html"
    ]
    return [
        web.get("/", _guarded(_file(STATIC / "index.html"))),
        *files,
        web.get("/local/state", _guarded(calls.state)),
        web.get("/local/people", _guarded(calls.people)),
        web.get("/local/events", _guarded(calls.events)),
        web.post("/local/act", _guarded(calls.act)),
        web.post("/local/seen", _guarded(calls.seen)),
        web.post("/local/clock", _guarded(calls.clock)),
    ]


class _Calls:
    """What the page calls, on one chat."""

    def __init__(self, chat: LocalAdapter) -> None:
        self._chat = chat

    async def state(self, request: web.Request) -> web.Response:
        found = await self._chat.state(request.query.get("user", ""))
        if found is None:
            raise RefusalError(404, "There is nobody by that name here. Choose who you are again.")
        return _json(found)

    async def people(self, request: web.Request) -> web.Response:
        return _json({"people": await self._chat.people(request.query.get("q", "")[:100])})

    async def act(self, request: web.Request) -> web.Response:
        inbound = parse(await _body(request))
        if inbound is None:
            raise RefusalError(400, "That could not be read. Reload the page and try again.")
        return _json(await self._chat.act(inbound))

    async def seen(self, request: web.Request) -> web.Response:
        body = await _body(request)
        user, conversation = body.get("user"), body.get("conversation")
        if not isinstance(user, str) or not isinstance(conversation, str) or not well_formed(conversation):
            raise RefusalError(400, "Say who has read which conversation.")
        await self._chat.seen(user, conversation)
        return _json({})

    async def clock(self, request: web.Request) -> web.Response:
        by = (await _body(request)).get("by")
        if by not in LEAPS:
            raise RefusalError(400, "The clock moves by day, week or next.")
        return _json(await self._chat.advance(by))

    async def events(self, request: web.Request) -> web.StreamResponse:
        user = request.query.get("user", "")
        since = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        await response.write(f"retry: {RETRY}\n\n".encode())
        events = self._chat.stream.follow(since, lambda data: _sees(user, data), beat=BEAT)
        try:
            async for event in events:
                await response.write(_wire(event or await self._time()))
        except ConnectionError:  # the page was closed
            log.debug("local.page.closed")
        return response

    async def _time(self) -> Happened:
        """What a page is told in silence: the time, which may be running; it is no event to come back to."""
        return Happened("", "clock", {"clock": await self._chat.dial()})


def _sees(user: str, data: Mapping[str, Any]) -> bool:
    """Whether an event may reach this person's page: not others' direct messages and private ones."""
    message = data.get("message")
    if message is None:
        return True
    direct = message["conversation"].startswith("dm:") and message["conversation"] != f"dm:{user}"
    return not direct and message["only"] in {"", user}


def _wire(event: Happened) -> bytes:
    ident = f"id: {event.id}\n" if event.id else ""
    return f"{ident}event: {event.name}\ndata: {_dumps(event.data)}\n\n".encode()


# --- guards


def _guarded(handler: Handler) -> Handler:
    """The handler behind the guards; whatever goes wrong, the page gets JSON with words in it."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            _guard(request)
            return await handler(request)
        except RefusalError as refused:
            return _refusal(refused.status, str(refused))
        except ClockError as reason:
            return _refusal(409, str(reason))
        except DeliveryError as error:
            return _refusal(404 if error.permanent else 503, f"Not sent: {error.reason}.")
        except Exception as error:  # noqa: BLE001 the last door: a person gets words, the log gets the cause
            log.error("local.request.failed", cause=error, path=request.path)
            return _refusal(500, "Something went wrong on the bot's side. Try again.")

    return guarded


def _guard(request: web.Request) -> None:
    """Loopback socket, loopback name (a rebound DNS name is not ours), and our own page as the origin."""
    if not _local_socket(request):
        raise RefusalError(
            403, "The local chat is for this machine only. Start the bot with --host 127.0.0.1."
        )
    if not _loopback(_name(request.host)):
        raise RefusalError(403, "Open the local chat as http://127.0.0.1 or http://localhost, and its port.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise RefusalError(403, "Only the local chat's own page may do this.")
    away = request.headers.get("Sec-Fetch-Site", "none") in {"cross-site", "same-site"}
    if away and request.path != "/":
        raise RefusalError(403, "Only the local chat's own page may do this.")


def _local_socket(request: web.Request) -> bool:
    if request.transport is None:
        return False
    ends = (request.transport.get_extra_info("sockname"), request.transport.get_extra_info("peername"))
    return all(isinstance(end, tuple) and _loopback(str(end[0])) for end in ends)


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _body(request: web.Request) -> Mapping[str, Any]:
    """The JSON object that was posted; RefusalError for anything else."""
    if request.content_type != "application/json":
        raise RefusalError(415, "Send JSON.")
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise RefusalError(413, "That is too long to send. Shorten it and try again.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise RefusalError(400, "That is not JSON.") from None
    if not isinstance(body, dict):
        raise RefusalError(400, "That is not a JSON object.")
    return body


# --- answers


def _file(path: Path) -> Handler:
    headers = {**HEADERS, "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"}

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=_read(path), headers=headers)

    return serve


def _read(path: Path) -> bytes:
    return path.read_bytes()  # a few kilobytes from the disk's cache, read each time so that an edit shows


def _dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json(value: Mapping[str, Any]) -> web.Response:
    return web.json_response(value, headers=HEADERS, dumps=_dumps)


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status, headers=HEADERS, dumps=_dumps)
