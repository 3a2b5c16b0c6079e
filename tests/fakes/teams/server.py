"""Teams' connector on this machine: keeps conversations, holds bots to their limits, fails when told to."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.cloud import Cloud
from tests.fakes.teams.microsoft import ISSUER, Directory, Signer
from tests.fakes.teams.program import here

A_SECOND = 7  # operations in a conversation (Microsoft's page on rate limits)
A_SECOND_IN_ALL = 30  # of an app in a tenant (the same page)
HTML = "<html><head><title>502 Bad Gateway</title></head></html>"


@dataclass(frozen=True)
class Fault:
    """What becomes of a call: an answer with this status; or, after it was done, none."""

    status: int = 0
    code: str = ""
    after: int | None = None
    html: bool = False
    drop: bool = False
    kept: bool = False
    hang: float = 0.0


@dataclass
class Message:
    """One message as it stands now; `versions` counts its changes."""

    conversation: str
    id: str
    activity: dict[str, Any]
    only: str = ""
    versions: int = 1

    @property
    def card(self) -> Any:
        attached = self.activity.get("attachments") or []
        return attached[0]["content"] if attached else None


@dataclass
class Room:
    """A conversation: who is in it, and whether they let us write."""

    id: str
    kind: str
    members: list[str] = field(default_factory=list)
    closed: str = ""  # the code with which it refuses
    times: deque[float] = field(default_factory=deque)
    busy: bool = False


class FakeTeams:
    """`async with FakeTeams(app, tenant)`: the services, at `url`."""

    def __init__(self, app: str, tenant: str) -> None:
        self.app = app
        self.tenant = tenant
        self.signer = Signer(app)
        self.directory = Directory()
        self.rooms: dict[str, Room] = {}
        self.messages: list[Message] = []
        self.calls: list[tuple[str, str]] = []
        self.refused: list[int] = []
        self.lines: set[Any] = set()  # the connections that calls came over
        self.names: dict[str, str] = {}  # member -> what the directory calls them
        self.profiles: dict[str, dict[str, str]] = {}  # member -> what else it says
        self.members_asked = 0
        self.keys_read = 0
        self.keys_fault: Fault | None = None
        self.bot_url = ""
        self._faults: deque[Fault] = deque()
        self._times: deque[float] = deque()  # of operations in the whole tenant
        self._number = itertools.count(1)

    async def __aenter__(self) -> FakeTeams:
        site = web.Application(client_max_size=200_000)
        site.add_routes(
            [
                web.get("/openid", self._openid),
                web.get("/keys", self._keys),
                web.route("*", "/microsoft", self._microsoft),
                web.post("/v3/conversations", self._create),
                web.post("/v3/conversations/{room}/activities", self._send),
                web.get("/v3/conversations/{room}/members/{member}", self._member),
                web.put("/v3/conversations/{room}/activities/{message}", self._change),
            ]
        )
        self._server = TestServer(site)
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")
        self.service = f"{self.url}/"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._server.close()

    @property
    def cloud(self) -> Cloud:
        """This machine in the place of Microsoft's cloud."""
        return here(self.url)

    # --- what a test arranges

    def fail(self, *faults: Fault) -> None:
        """The next calls of the connector end so, in this order."""
        self._faults.extend(faults)

    def room(self, ident: str, kind: str = "personal", *members: str) -> Room:
        """A conversation, made where it is missing."""
        return self.rooms.setdefault(ident, Room(ident, kind, list(members)))

    def told(self, account: str, name: str, **more: str) -> None:
        """What the directory says of an account."""
        member = f"29:1{account.replace('-', '')}"
        self.names[member], self.profiles[member] = name, more

    def in_room(self, conversation: str) -> list[Message]:
        """The messages of a conversation and its threads, the oldest first."""
        return [one for one in self.messages if one.conversation.partition(";")[0] == conversation]

    def message(self, conversation: str, ident: str) -> Message | None:
        found = (one for one in self.messages if (one.conversation, one.id) == (conversation, ident))
        return next(found, None)

    async def until(self, holds: Callable[[], Any], *, within: float = 5.0) -> None:
        """Wait until something holds; a failure says that it never did."""
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110  # what is waited for does not know that it is
                await asyncio.sleep(0.005)

    # --- what Teams says to the bot

    async def post(self, activity: Any, *, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Post an activity, signed; `headers` go over the right ones. Status and body."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        service = activity.get("serviceUrl", "") if isinstance(activity, dict) else self.service
        token = self.signer.token(service if isinstance(service, str) else "")
        good = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        sent = {name: value for name, value in {**good, **(headers or {})}.items() if value is not None}
        async with self._session.post(
            self.bot_url, data=body, headers=sent, skip_auto_headers=["Content-Type"]
        ) as answer:
            text = await answer.text()
            return answer.status, json.loads(
                text
            ) if answer.content_type == "application/json" and text else text

    # --- keys

    async def _openid(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        self.keys_read += 1
        if self.keys_fault is not None:
            return await self._fails(request, self.keys_fault)
        return web.json_response(self.signer.published())

    async def _microsoft(self, request: web.Request) -> web.Response:
        """The identity service for a program in a process of its own: the address that it meant is in the query."""
        url, given = request.query["url"], dict(request.query)
        if request.method == "GET":
            said = await asyncio.to_thread(self.directory.get, url, params=given)
        else:
            data = {name: str(value) for name, value in (await request.post()).items()}
            said = await asyncio.to_thread(self.directory.post, url, data)
        return web.Response(text=said.text, status=said.status_code, content_type="application/json")

    # --- the connector

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        members, activity = body.get("members", []), body.get("activity")
        channel = body.get("channelData", {}).get("channel", {}).get("id", "")
        if body.get("tenantId") != self.tenant:
            return self._error(400, "BadSyntax")
        if body.get("isGroup"):
            if not channel or not activity:
                return self._error(400, "BadSyntax")
            return await self._kept(request, channel, lambda: self._thread(channel, activity))
        if len(members) != 1 or not str(members[0].get("id", "")).startswith("29:"):
            return self._error(400, "BadSyntax")
        room = self._direct(members[0]["id"])
        return await self._kept(request, room.id, lambda: {"id": room.id})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        room, activity = unquote(request.match_info["room"]), await request.json()
        only = activity.get("recipient", {}).get("id", "") if "isTargetedActivity" in request.query else ""
        return await self._kept(request, room, lambda: {"id": self._said(room, activity, only).id})

    async def _member(self, request: web.Request) -> web.StreamResponse:
        self.members_asked += 1
        name = self.names.get(unquote(request.match_info["member"]))
        if name is None:
            return self._error(404, "MemberNotFoundInConversation")
        member = unquote(request.match_info["member"])
        return web.json_response({"id": member, "name": name, **self.profiles.get(member, {})})

    async def _change(self, request: web.Request) -> web.StreamResponse:
        room, ident = unquote(request.match_info["room"]), unquote(request.match_info["message"])
        activity = await request.json()

        def changed() -> dict[str, Any] | None:
            found = self.message(room, ident)
            if found is None:
                return None
            found.activity, found.versions = activity, found.versions + 1
            return {"id": ident}

        return await self._kept(request, room, changed)

    async def _kept(
        self, request: web.Request, conversation: str, work: Callable[[], dict[str, Any] | None]
    ) -> web.StreamResponse:
        """Do a call, unless Teams would refuse it."""
        self.calls.append((request.method, conversation))
        self.lines.add(request.transport and request.transport.get_extra_info("peername"))
        if request.headers.get("Authorization") != f"Bearer {self.directory.current}":
            return self._error(401, "BotNotRegistered")
        room = self.rooms.get(conversation.partition(";")[0])
        if room is None:
            return self._error(404, "ConversationNotFound")
        if room.closed:
            return self._error(403, room.closed)
        if (wrong := self._over(room)) is not None:
            return wrong
        fault = self._faults.popleft() if self._faults else None
        if fault is not None and not fault.kept:
            return await self._fails(request, fault)
        done = work()
        if fault is not None:
            return await self._fails(request, fault)
        return (
            web.json_response(done, status=201)
            if done
            else self._error(404, "ActivityNotFoundInConversation")
        )

    def _over(self, room: Room) -> web.Response | None:
        now = asyncio.get_running_loop().time()
        for times, most in ((room.times, A_SECOND), (self._times, A_SECOND_IN_ALL)):
            while times and now - times[0] > 1:
                times.popleft()
            if len(times) >= most:
                return self._error(429, "Throttled", after=1)
        room.times.append(now)
        self._times.append(now)
        return None

    async def _fails(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        await asyncio.sleep(fault.hang)
        if fault.drop or fault.hang:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if fault.html:
            return web.Response(status=fault.status, text=HTML, content_type="text/html")
        return self._error(fault.status, fault.code, after=fault.after)

    def _error(self, status: int, code: str, *, after: int | None = None) -> web.Response:
        self.refused.append(status)
        headers = {"Retry-After": str(after)} if after is not None else {}
        body = {"error": {"code": code, "message": "See the documentation."}} if code else {}
        return web.json_response(body, status=status, headers=headers)

    # --- what is kept

    def _direct(self, member: str) -> Room:
        known = (room for room in self.rooms.values() if room.kind == "personal" and room.members == [member])
        return next(known, None) or self.room(f"a:1{member[3:]}", "personal", member)

    def _thread(self, channel: str, activity: dict[str, Any]) -> dict[str, Any]:
        root = str(1_795_400_000_000 + next(self._number))
        self.messages.append(Message(f"{channel};messageid={root}", root, activity))
        return {"id": f"{channel};messageid={root}", "activityId": root}

    def _said(self, conversation: str, activity: dict[str, Any], only: str) -> Message:
        message = Message(conversation, f"1:{next(self._number)}", activity, only)
        self.messages.append(message)
        return message
