"""Sends the web process whatever its description allows, and what it does not; it must not know what is right.

Every request is signed as its platform would: what an outsider sends ends at the signature (tests/faults/forged.py).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.adapters.both.junction import Junction
from tests.adapters.teams import screen
from tests.fakes.slack.server import signed
from tests.faults.forged import heard
from tests.storage.scenes import raw
from tests.surface.http import DESCRIPTION

SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
ROUTES = [(path, method.upper()) for path, kinds in DESCRIPTION["paths"].items() for method in kinds]


@dataclass
class Found:
    """How often each status was answered, what nobody described, what was logged as an error, and how many acts were
    stored: of somebody who was understood to have done something.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    undescribed: list[tuple[str, int, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stored: int = 0


def fuzz(url: str, path: str, method: str, *, examples: int) -> Found:
    """So many requests to one route of the whole program, on that database; the same ones each time."""
    found, loop = Found(), asyncio.new_event_loop()
    operation = SCHEMA[path][method]

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        status, body = loop.run_until_complete(_sent(place, session, path, method, case))
        found.statuses[status] += 1
        if str(status) not in DESCRIPTION["paths"][path][method.lower()]["responses"]:
            found.undescribed.append((path, status, repr(case.body)))
        if "Traceback" in body:
            found.undescribed.append((path, status, body))

    place = Junction(url, "http")
    loop.run_until_complete(place.__aenter__())
    place.somebody("U0ANNA", "Anna Berzina")
    session = loop.run_until_complete(_session())
    with heard() as errors:
        send()
        loop.run_until_complete(place.settled())
    found.errors += [f"{one.getMessage()} {one.__dict__.get('cause', '')}" for one in errors]
    loop.run_until_complete(session.close())
    loop.run_until_complete(place.__aexit__(None, None, None))
    loop.close()
    found.stored = raw(url, "SELECT count(*) FROM sight")[0][0]
    return found


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())


async def _sent(
    place: Junction, session: aiohttp.ClientSession, path: str, method: str, case: Any
) -> tuple[int, str]:
    """One request, signed; nobody is shed."""
    place.app.limits.person.owing.clear()
    body, headers = _body(case), {"Content-Type": str(case.media_type or "application/json")}
    if path == "/slack/events":
        stamp = str(int(time.time()))
        headers |= {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed(body, stamp)}
    if path == "/api/messages":
        body = _vouched(body, place.teams.service)
        headers["Authorization"] = f"Bearer {place.teams.signer.token(place.teams.service)}"
    async with session.request(
        method, f"{place.address}{path}", data=body or None, headers=headers
    ) as answer:
        return answer.status, await answer.text()


def _body(case: Any) -> bytes:
    """As its media type says, whatever it is."""
    body = case.body
    if isinstance(body, bytes | str):
        return body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    if type(body).__name__ == "NotSet":
        return b""
    if "form" in str(case.media_type) and isinstance(body, dict):
        return urlencode(body, doseq=True, errors="replace").encode()
    return json.dumps(body, default=str).encode("utf-8", "surrogatepass")


def _vouched(body: bytes, service: str) -> bytes:
    """With what the token speaks for: without it every activity ends there (tests/adapters/teams/test_tokens.py)."""
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if not isinstance(found, dict):
        return body
    said = found.get("channelData")
    data = {**(said if isinstance(said, dict) else {}), "tenant": {"id": screen.TENANT}}
    return json.dumps({**found, "serviceUrl": service, "channelId": "msteams", "channelData": data}).encode()
