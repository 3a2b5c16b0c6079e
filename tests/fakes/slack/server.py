"""The fake Slack's server: the Web API, Socket Mode and the posts to our endpoint; can be told to fail."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

from tests.fakes.slack.api import Api, Refusal
from tests.fakes.slack.grants import CLIENT_ID, Grants, Token
from tests.fakes.slack.laws import ALL_SCOPES, ANSWERS, ANSWERS_FOR, SOCKETS, Speed
from tests.fakes.slack.shapes import wrong_message
from tests.fakes.slack.workspace import APP, BOT_USER, Workspace

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-fake-bot", "xapp-fake-app", "fake-signing-secret"
ANSWER_WITHIN = 3.0  # seconds
RETRIES = 3

Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """How one call fails: a status with Retry-After, an error code, a hang, or a connection dropped.

    `kept`: what was asked for is done all the same, and only the answer is lost.
    """

    status: int = 0
    after: int = 0
    code: str = ""
    hang: float = 0
    drop: bool = False
    kept: bool = False


@dataclass
class Delivered:
    """What came back for a payload; `attempts` is how often it was sent."""

    status: int
    body: Json
    attempts: int = 1


@dataclass
class FakeSlack:
    """A Slack. With `events_url` payloads are posted there, signed; else they go by an open socket."""

    workspace: Workspace = field(default_factory=Workspace)
    events_url: str = ""
    tiers: bool = True
    retry_pauses: tuple[float, ...] = (0.0, 0.05, 0.1)
    forgetful: bool = (
        False  # an event that is repeated gets another event_id: nothing says that it keeps its own
    )
    calls: list[tuple[str, Json]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # what was answered with 429 because it came too fast
    acknowledged: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._speeds: dict[str, Speed] = defaultdict(Speed)  # by workspace
        self.api = Api(self.workspace, ALL_SCOPES)
        self.grants = Grants(tokens={BOT_TOKEN: Token(self.api)})
        self.consent: Api | None = None  # where whoever comes to install confirms it; None: they cancel
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._respond_at: dict[str, tuple[str, str, str, float, Workspace]] = {}
        self._answered: Counter[str] = Counter()
        self._arrived = asyncio.Condition()

    async def __aenter__(self) -> FakeSlack:
        site = web.Application(client_max_size=4 * 1024 * 1024)
        site.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.get("/link", self._link),
                web.get("/oauth/v2/authorize", self._authorize),
                web.post("/respond/{id}", self._respond),
                web.post("/upload/{id}", self._upload),
            ]
        )
        self._runner = web.AppRunner(site, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = self.api.url = f"http://{host}:{port}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        for socket in list(self.sockets):
            await socket.close()
        await self._runner.cleanup()

    # --- told what to do

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method fail in turn."""
        self._faults[method].extend(faults)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(called == method for called, _ in self.calls)

    async def until(self, met: Callable[[], Any], *, within: float = 5.0) -> Any:
        """Wait for something to be so; whatever it returned."""
        limit = time.monotonic() + within
        while not (found := met()):
            assert time.monotonic() < limit, "it did not happen"
            await asyncio.sleep(0.01)
        return found

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask for another socket, as Slack does before it closes one."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason})
        self.sockets.clear()

    async def cut(self) -> None:
        """Every socket ends without a word."""
        for socket in list(self.sockets):
            transport = socket._req.transport if socket._req else None
            if transport:
                transport.abort()
            self.sockets.remove(socket)

    def hush(self) -> None:
        """The open sockets stay, and say nothing any more, not even to a ping."""
        for socket in self.sockets:
            transport: Any = socket._req.transport if socket._req else None
            transport.pause_reading()
        self.sockets.clear()

    # --- what people do goes out

    async def event(
        self, event: Json, *, event_id: str = "", at: Workspace | None = None, when: int = 1774940400
    ) -> Delivered:
        """Tell the app of an event, again and again until it takes it."""
        place = at or self.workspace
        us = {
            "enterprise_id": place.enterprise or None,
            "team_id": place.team,
            "user_id": BOT_USER,
            "is_bot": True,
            "is_enterprise_install": bool(place.enterprise),
        }
        payload = {
            "type": "event_callback",
            "team_id": place.team,
            "api_app_id": APP,
            "event_id": event_id or f"Ev{next(self._numbers):09}",
            "event_time": when,
            "authorizations": [us],
            "event": event,
        }
        for attempt in range(RETRIES + 1):
            if attempt:
                await asyncio.sleep(self.retry_pauses[attempt - 1])
                if self.forgetful:
                    payload["event_id"] = f"Ev{next(self._numbers):09}"
            said = await self.deliver("events_api", payload, attempt=attempt)
            if said is not None and 200 <= said.status < 300:
                return Delivered(said.status, said.body, attempt + 1)
        return Delivered(said.status if said else 0, {}, RETRIES + 1)

    async def deliver(self, kind: str, payload: Json, *, attempt: int = 0) -> Delivered | None:
        """One delivery; None where no answer came within three seconds."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                if self.events_url:
                    return await self.post(*self.encoded(kind, payload), attempt=attempt)
                return await self._by_socket(kind, payload, attempt)
        except (TimeoutError, aiohttp.ClientError, ConnectionError):
            return None

    def encoded(self, kind: str, payload: Json) -> tuple[bytes, str]:
        """The body and its type as Slack posts them."""
        form = "application/x-www-form-urlencoded"
        if kind == "events_api":
            return json.dumps(payload).encode(), "application/json"
        return urlencode(
            payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        ).encode(), form

    async def post(
        self, body: bytes, kind: str, *, attempt: int = 0, headers: dict[str, str] | None = None
    ) -> Delivered:
        """A signed post to our endpoint; `headers` take the place of the right ones."""
        stamp = str(int(time.time()))
        sent = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed(body, stamp),
        }
        if attempt:
            sent |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"}
        async with self._session.post(
            self.events_url, data=body, headers={**sent, **(headers or {})}
        ) as answer:
            text = await answer.text()
            return Delivered(answer.status, json.loads(text) if text.startswith("{") else {})

    def answer_at(self, user: str, channel: str, ts: str, at: Workspace | None = None) -> str:
        """A response_url: good five times within half an hour."""
        ident, place = f"r{next(self._numbers)}", at or self.workspace
        self._respond_at[ident] = (user, channel, ts, place.clock() + ANSWERS_FOR, place)
        return f"{self.url}/respond/{ident}"

    async def _by_socket(self, kind: str, payload: Json, attempt: int) -> Delivered | None:
        ident = f"env-{next(self._numbers)}"
        socket = await self.until(lambda: next((one for one in self.sockets if not one.closed), None))
        answered = self._waiting[ident] = asyncio.get_running_loop().create_future()
        await socket.send_json(
            {
                "envelope_id": ident,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
                "retry_attempt": attempt,
                "retry_reason": "timeout" if attempt else "",
            }
        )
        said = await answered
        return Delivered(200, said.get("payload") or {})

    # --- what the app calls

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, args = request.match_info["method"], await _arguments(request)
        self.calls.append((method, args))
        fault = self._faults[method].popleft() if self._faults[method] else Fault()
        if fault.kept:
            await self._answer(method, args, request)
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.drop:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if fault.status == 429:
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(fault.after)}
            )
        if fault.status:
            return web.Response(status=fault.status, text="<html>upstream</html>", content_type="text/html")
        if fault.code:
            return web.json_response({"ok": False, "error": fault.code})
        return await self._answer(method, args, request)

    async def _answer(self, method: str, args: Json, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            if method == "oauth.v2.access":
                return web.json_response(self.grants.exchange(args))
            if method == "apps.connections.open":
                if given != APP_TOKEN:
                    raise Refusal("invalid_auth")
                return web.json_response(self.api.answer(method, args))
            return self._called(self.grants.api_of(given), method, args, given)
        except Refusal as refusal:
            return web.json_response(refusal.answer)

    def _called(self, api: Api, method: str, args: Json, token: str) -> web.Response:
        """A call with a token that is good. Raises Refusal."""
        speed, channel = self._speeds[api.workspace.team], str(args.get("channel", ""))
        wait = speed.too_fast(method, channel, time.monotonic()) if self.tiers else 0
        if wait:
            self.refused.append(method)
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)}
            )
        if method == "auth.revoke":
            self.grants.tokens[token].revoked = True
            return web.json_response({"ok": True, "revoked": True})
        try:
            said = api.answer(method, args)
        except Refusal as refusal:
            said = refusal.answer
        return web.json_response(said, headers={"X-OAuth-Scopes": ",".join(sorted(api.scopes))})

    async def _authorize(self, request: web.Request) -> web.Response:
        """Slack's page on which an installation is confirmed; the person there does so at once, or cancels."""
        asked = request.query
        assert asked["client_id"] == CLIENT_ID
        assert set(asked["scope"].split(",")) >= ALL_SCOPES, "not all that is used"
        back = {"state": asked["state"]}
        if self.consent is None:
            back["error"] = "access_denied"
        else:
            back["code"] = self.grants.code(self.consent, asked["redirect_uri"])
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    async def _upload(self, request: web.Request) -> web.Response:
        """The address that a file is put at."""
        self.calls.append(("upload", {}))
        fault = self._faults["upload"].popleft() if self._faults["upload"] else Fault()
        if fault.status:
            return web.Response(status=fault.status)
        taken = self.api.files.put(request.match_info["id"], await request.read())
        return web.Response(status=200 if taken else 400)

    async def _respond(self, request: web.Request) -> web.Response:
        """A response_url."""
        ident = request.match_info["id"]
        user, channel, ts, until, place = self._respond_at[ident]
        self._answered[ident] += 1
        if self._answered[ident] > ANSWERS:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        if place.clock() > until:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        args = await request.json()
        if not args.get("delete_original") and (code := wrong_message(args)):
            return web.json_response({"ok": False, "error": code}, status=400)
        self.calls.append(("response_url", args))
        self.respond(args, user, channel, ts, at=place)
        return web.json_response({"ok": True})

    def respond(
        self, args: Json, user: str, channel: str, ts: str = "", *, at: Workspace | None = None
    ) -> None:
        """Show an answer that came back for a command or a press."""
        place = at or self.workspace
        original = place.message(channel, ts)
        if args.get("delete_original"):
            assert original
            place.messages.remove(original)
            return
        assert not wrong_message(args), wrong_message(args)
        if args.get("replace_original") and original:
            original.text, original.blocks = args["text"], list(args.get("blocks") or [])
            original.versions += 1
            return
        only = user if args.get("response_type", "ephemeral") == "ephemeral" else ""
        place.post(channel, args, only=only)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        """One socket: greets, and takes acknowledgements."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.api.tickets:
            return web.Response(status=401)
        self.api.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.sockets) >= SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self.sockets.append(socket)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._acknowledge(json.loads(message.data))
        with contextlib.suppress(ValueError):  # cut or hushed: gone already
            self.sockets.remove(socket)
        return socket

    def _acknowledge(self, said: Json) -> None:
        self.acknowledged.append(said["envelope_id"])
        answered = self._waiting.pop(said["envelope_id"], None)
        if answered and not answered.done():
            answered.set_result(said)


def signed(body: bytes, stamp: str, secret: str = SECRET) -> str:
    """Slack's signature, written down a second time so that a mistake in ours is seen."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


async def _arguments(request: web.Request) -> Json:
    """From the query, a form or JSON; what the SDK wrote as JSON in a form is read back."""
    args: Json = dict(request.query)
    raw = await request.text()
    if request.content_type == "application/json":
        args |= json.loads(raw or "{}")
    else:
        args |= dict(parse_qsl(raw, keep_blank_values=True))
    for name in ("blocks", "metadata", "view"):
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    return args
