"""What Teams posts to us, as bytes of HTTP that are ready to go out, and who vouches for it: signed, no two alike."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from aiohttp import web

from adapters.teams.ingress import PATH
from tests.adapters.teams import screen
from tests.bench import processes
from tests.fakes.teams.microsoft import ISSUER, Signer

FORGED_BYTES = 1_000_000  # under aiohttp's own limit of 1 MiB, so that botbuilder takes it in
SERVICE = "http://127.0.0.1:9/"  # of Teams, which nothing that is measured calls

_numbers = itertools.count(1)
_signer = Signer(screen.APP)


class Microsoft:
    """Publishes the key that posts are signed with, in a thread of ours; slow where it is told to be."""

    def __init__(self) -> None:
        self.port = processes.free_port()
        self.slow_s = 0.0
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def site(self) -> web.Application:
        site = web.Application()
        site.add_routes([web.get("/openid", self._openid), web.get("/keys", self._keys)])
        return site

    async def _openid(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        del request
        self.asked += 1
        await asyncio.sleep(self.slow_s)
        return web.json_response({"keys": _signer.published()["keys"][:1]})  # botbuilder stumbles over others


@contextmanager
def microsoft() -> Iterator[Microsoft]:
    """The one whom servers ask for keys."""
    found = Microsoft()
    with processes.in_a_thread(found.site, found.port):
        yield found


def press(entered: Mapping[str, str] | None = None, *, token: str = "r1|checkin|4711|1|submit|") -> bytes:
    """The button of a form with five answers, 1.3 kB."""
    nth = next(_numbers)
    answers = {f"one:pulse.q{number}": "worked" for number in range(5)} if entered is None else entered
    data = {"rampcheck": {"does": "send", "token": token}, **answers}
    return post(screen.pressed({"verb": "rampcheck", "title": "Send", "data": data}) | {"id": f"f:{nth}"})


def post(activity: Mapping[str, Any]) -> bytes:
    """An activity in the name of Teams."""
    return request(json.dumps({**activity, "serviceUrl": SERVICE}).encode(), _token())


def forged() -> bytes:
    """A megabyte of mentions with a token that Microsoft did not sign."""
    activity = {**screen.wrote("status"), "serviceUrl": SERVICE}
    mention = {"type": "mention", "text": "<at>Anna</at>", "mentioned": {"id": screen.BOT, "name": "Anna"}}
    many = FORGED_BYTES // (len(json.dumps(mention)) + 2) - 20
    body = json.dumps({**activity, "entities": [mention] * many}).encode()
    return request(body + b" " * (FORGED_BYTES - len(body)), f"{_token()[:-8]}AAAAAAAA")


def request(body: bytes, token: str) -> bytes:
    """The HTTP request with that body."""
    head = {
        "Host": "127.0.0.1",
        "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Authorization": f"Bearer {token}",
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


@cache
def _token() -> str:
    """Teams sends the same token for an hour, and so do we."""
    return _signer.token(SERVICE)
