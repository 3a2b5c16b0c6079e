"""What is posted to us: bounded, verified, decoded; nothing that anybody can post makes a traceback."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.slack.ingress import MAX_BODY
from tests.adapters.slack.airport import Airport
from tests.fakes.slack.server import SECRET, signed
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

FORM = "application/x-www-form-urlencoded"
Post = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def told(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> Callable[[Callable[[Post, Airport], Any]], None]:
    """Runs a story in front of the program; at its end there must be no traceback and no error in the log."""

    def run(story: Callable[[Post, Airport], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            async with Airport(sqlite_url, "http") as airport, aiohttp.ClientSession() as session:

                async def post(
                    body: bytes, *, kind: str = "application/json", **headers: str
                ) -> tuple[int, str]:
                    stamp = headers.pop("stamp", str(int(time.time())))
                    sent = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp}
                    sent["X-Slack-Signature"] = headers.pop("signature", signed(body, stamp))
                    async with session.post(
                        airport.slack.events_url, data=body, headers=sent | headers
                    ) as answer:
                        return answer.status, await answer.text()

                await story(post, airport)

        asyncio.run(all_of_it())
        assert not [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"]

    return run


Told = Callable[[Callable[[Post, Airport], Any]], None]
EVENT = json.dumps({"type": "event_callback", "team_id": TEAM, "event": {"type": "team_join"}}).encode()


def test_the_challenge_is_answered(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        body = json.dumps({"type": "url_verification", "challenge": "c0ffee"}).encode()
        status, text = await post(body)
        assert (status, json.loads(text)) == (200, {"challenge": "c0ffee"})
        assert (await post(b"ssl_check=1&token=x", kind=FORM))[0] == 200

    told(story)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"signature": "v0=" + "0" * 64}, "another's signature"),
        ({"signature": signed(EVENT, str(int(time.time())), "another secret")}, "another app's secret"),
        ({"signature": ""}, "none"),
        ({"signature": "v0=ü"}, "not ASCII"),
        ({"signature": "x" * 4000}, "long"),
        ({"stamp": "abc"}, "no number"),
        ({"stamp": ""}, "no moment"),
        ({"stamp": "²"}, "a digit that is no number"),
        ({"stamp": "9" * 40}, "far in the future"),
        ({"stamp": "-1"}, "before the beginning"),
        ({"stamp": str(int(time.time()) - 400)}, "signed, and too old"),
        ({"stamp": str(int(time.time()) + 4000)}, "signed, and not yet"),
    ],
)
def test_what_slack_did_not_sign_just_now_is_refused(told: Told, headers: dict[str, str], why: str) -> None:
    async def story(post: Post, airport: Airport) -> None:
        assert (await post(EVENT, **headers))[0] == 401, why
        assert (await post(EVENT))[0] == 200

    told(story)


def test_a_recorded_delivery_is_no_use_later(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        event = {
            "type": "message",
            "channel_type": "im",
            "channel": "D0ANNA",
            "user": anna.id,
            "text": "help",
        }
        airport.slack.workspace.direct(anna.id)
        body = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
        recorded = json.dumps(body).encode()
        stamp = str(int(time.time()))
        for _ in range(3):  # within five minutes Slack itself may repeat it
            assert (await post(recorded, stamp=stamp))[0] == 200
        await airport.settled()
        assert airport.slack.count("chat.postMessage") == 1
        old = str(int(time.time()) - 301)
        assert (await post(recorded, stamp=old))[0] == 401

    told(story)


def test_a_body_over_the_limit_is_not_even_read(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        big = b'{"type": "' + b"x" * MAX_BODY + b'"}'
        assert (await post(big))[0] == 413
        assert (await post(big, signature="v0=" + "0" * 64))[0] == 413
        fits = b'{"type": "' + b"x" * (MAX_BODY - 100) + b'"}'
        assert (await post(fits))[0] == 400

    told(story)


def test_a_body_that_says_it_is_too_long_is_refused_before_it_comes(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        host, port = airport.slack.events_url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode()
        )
        async with asyncio.timeout(20):
            assert b" 413 " in await reader.readline()
        writer.close()

    told(story)


async def _pieces(size: int) -> Any:
    for _ in range(size // 1024 + 1):
        yield b"x" * 1024


def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        async with aiohttp.ClientSession() as session:
            try:
                async with session.post(airport.slack.events_url, data=_pieces(MAX_BODY * 2)) as answer:
                    assert answer.status == 413
            except aiohttp.ClientConnectionError:
                pass  # we answered and hung up before all of it was sent

    told(story)


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a": ' * 15_000,
    b'{"type": ' + b"1" * 5000 + b"}",
    b"{}",
    b'{"type": "unheard_of"}',
    b'{"type": "event_callback"}',
    b'{"type": "event_callback", "event": 7}',
    b'{"type": "event_callback", "event": {"type": 7}}',
    b'{"type": "event_callback", "event": {}, "authorizations": 3}',
    b'{"type": "block_actions", "actions": 1}',
    b'{"type": "block_actions", "actions": [], "team": 5}',
    b'{"type": "block_actions", "actions": [{"action_id": 7}], "user": "x"}',
    b'{"type": "view_submission"}',
    b'{"type": "view_submission", "view": {"callback_id": ["x"]}, "team": []}',
    b'{"command": 5, "team_id": {"a": 1}}',
    b'{"type": {"a": 1}}',
]


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body[:40].decode("latin-1"))
def test_what_cannot_be_read_is_a_bad_request(told: Told, body: bytes) -> None:
    async def story(post: Post, airport: Airport) -> None:
        assert (await post(body))[0] in {200, 400}
        assert (await post(urlencode({"payload": body}).encode(), kind=FORM))[0] in {200, 400}
        assert (await post(body, kind=FORM))[0] in {200, 400}
        assert not airport.read(lambda unit: unit.people())

    told(story)


def test_a_stranger_workspace_is_told_so_and_nothing_is_kept(told: Told) -> None:
    async def story(post: Post, airport: Airport) -> None:
        command = {
            "command": "/rampcheck",
            "text": "status",
            "team_id": "T0ELSEWHERE",
            "user_id": "U0SPY",
            "channel_id": "C0SPY",
            "channel_name": "spies",
            "trigger_id": "1.x",
        }
        status, text = await post(urlencode(command).encode(), kind=FORM)
        assert status == 200
        assert json.loads(text)["response_type"] == "ephemeral"
        assert not airport.read(lambda unit: unit.people())

    told(story)


def test_without_a_signing_secret_nothing_is_served(sqlite_url: str) -> None:
    async def story() -> None:
        async with Airport(sqlite_url, "socket") as airport:
            assert airport.adapter.routes() == []

    asyncio.run(story())
    assert SECRET not in repr(story)
