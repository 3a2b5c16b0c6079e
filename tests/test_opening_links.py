"""Links are opened in the public internet alone: a loopback server stands in for it, behind a resolver told so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot import links
from bot.core.links import Tried, may_be_opened
from bot.links import Opener, PublicOnly


@dataclass
class Site:
    """A small site on loopback: what each path answers, and what was asked of it."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    def at(self, path: str, host: str = "site.example.org") -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        path = request.path.strip("/")
        if path == "head-only-get" and request.method == "HEAD":
            return web.Response(status=405)
        if path.startswith("to/"):
            raise web.HTTPFound(request.query["u"])
        if path.startswith("loop"):
            raise web.HTTPFound(f"/loop{len(self.asked)}")
        if path == "slow":
            await asyncio.sleep(60)
        return web.Response(status=int(path) if path.isdigit() else 200, text="x" * 1000)


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    made = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


class Names(AbstractResolver):
    """Knows one public name, and says that it is the server on loopback; all others as they really are."""

    def __init__(self) -> None:
        self.inner, self.asked = PublicOnly(), list[str]()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host != "site.example.org":
            return await self.inner.resolve(host, port, family)
        flags = socket.AI_NUMERICHOST
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=flags
            )
        ]

    async def close(self) -> None:
        pass


def tries(what: Callable[[Site], str], names: Names | None = None) -> tuple[Tried, Site]:
    async def run() -> tuple[Tried, Site]:
        async with site() as there:
            return await Opener(resolver=names or Names()).tried(what(there)), there

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "came", "asked"),
    [
        ("/report", Tried.OPENED, ["HEAD /report"]),
        ("/head-only-get", Tried.OPENED, ["HEAD /head-only-get", "GET /head-only-get"]),
        ("/401", Tried.OPENED, ["HEAD /401"]),
        ("/403", Tried.OPENED, ["HEAD /403"]),
        ("/404", Tried.SHUT, ["HEAD /404", "GET /404"]),
        ("/410", Tried.SHUT, ["HEAD /410", "GET /410"]),
        ("/500", Tried.SHUT, ["HEAD /500", "GET /500"]),
        ("/429", Tried.UNSURE, ["HEAD /429", "GET /429"]),
    ],
)
def test_a_link_is_asked_for_its_head_then_for_itself(path: str, came: Tried, asked: list[str]) -> None:
    found, there = tries(lambda there: there.at(path))
    assert (found, there.asked) == (came, asked)


def test_a_redirect_is_followed_and_each_further_one_looked_at() -> None:
    found, there = tries(lambda there: there.at(f"/to/1?u={there.at('/report')}"))
    assert (found, there.asked) == (Tried.OPENED, ["HEAD /to/1", "HEAD /report"])


def test_a_link_that_leads_nowhere_but_on_is_shut_after_five() -> None:
    found, there = tries(lambda there: there.at("/loop"))
    assert found is Tried.SHUT
    assert len([one for one in there.asked if one.startswith("HEAD")]) == 6


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433", "127.1"])
def test_a_redirect_to_the_inside_is_not_followed(host: str) -> None:
    found, there = tries(lambda there: there.at(f"/to/1?u={there.at('/secret', host)}"))
    assert found is Tried.INSIDE
    assert not any("secret" in one for one in there.asked)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f000001"])
def test_the_inside_is_not_opened(host: str) -> None:
    found, there = tries(lambda there: there.at("/secret", host))
    assert (found, there.asked) == (Tried.INSIDE, [])


def test_a_name_that_leads_inside_is_refused_by_what_it_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the name is looked up once, and what was looked up is what is connected to."""
    looked = list[str]()

    async def leads_inside(self: object, host: str, *_: object, **__: object) -> list[object]:
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", leads_inside)

    async def run() -> tuple[Tried, Site]:
        async with site() as there:
            return await Opener().tried(there.at("/secret", "rebound.example.org")), there

    found, there = asyncio.run(run())
    assert (found, there.asked) == (Tried.INSIDE, [])
    assert set(looked) == {"rebound.example.org"}


def test_each_hop_looks_its_name_up_once() -> None:
    names = Names()
    tries(lambda there: there.at("/report"), names)
    assert names.asked == ["site.example.org"]


def test_nobody_answering_is_silence_and_a_slow_one_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "WITHIN", 0.2)
    assert tries(lambda there: there.at("/slow"))[0] is Tried.SILENT
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        port = shut.getsockname()[1]
        assert tries(lambda _: f"http://site.example.org:{port}/")[0] is Tried.SILENT


def test_a_link_that_is_no_address_is_not_opened() -> None:
    assert asyncio.run(Opener().tried("https://exa mple")) is Tried.INSIDE
    assert may_be_opened("https://example.org")
