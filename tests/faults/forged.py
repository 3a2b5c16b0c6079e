"""Rows 13 to 15: requests that are replayed, forged or malformed, and Microsoft's keys out of reach."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp

from adapters.slack.ingress import MAX_BODY
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.test_ingress import UNREADABLE
from tests.adapters.teams import screen
from tests.adapters.teams.office import Counter
from tests.adapters.teams.test_tokens import BAD
from tests.fakes.slack.server import signed
from tests.fakes.slack.workspace import TEAM
from tests.fakes.teams.server import Fault
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite

REPLAYS = 25  # fewer than a person may do at once: what is over that is shed before it is looked at
FORM = "application/x-www-form-urlencoded"
MEGABYTE = b"payload=" + b"%7B%22a%22%3A" * 80_000  # 1 MB, percent-encoded
GAP_S = (
    0.2  # the loop may stand still so long on a machine with other work; waiting for the keys takes a second
)


def rows() -> Iterator[Row]:
    """The three of them."""
    with heard() as errors, sqlite() as url:
        replayed, malformed = asyncio.run(at_slack(url, errors))
    yield replayed
    yield malformed
    yield asyncio.run(at_teams())


@contextmanager
def heard() -> Iterator[list[logging.LogRecord]]:
    """Log lines of errors, and whatever carries a traceback."""
    found: list[logging.LogRecord] = []
    ear = logging.Handler()
    ear.emit = found.append  # type: ignore[method-assign]  # all it has to do
    ear.addFilter(lambda record: bool(record.exc_info) or record.levelno >= logging.ERROR)
    logging.getLogger().addHandler(ear)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(ear)


async def at_slack(url: str, errors: list[logging.LogRecord]) -> tuple[Row, Row]:
    """Rows 13 and 14."""
    async with Airport(url, "http") as airport, aiohttp.ClientSession() as session:
        door = Door(airport, session)
        return await replays(door), await forgeries(door, errors)


class Door:
    """Posts to the address that Slack posts to."""

    def __init__(self, airport: Airport, session: aiohttp.ClientSession) -> None:
        self.airport = airport
        self._session = session

    async def post(
        self, body: bytes, *, stamp: str = "", kind: str = "application/json", **headers: str
    ) -> int:
        """The status of one delivery, signed unless its headers say otherwise."""
        stamp = stamp or str(int(time.time()))
        sent = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed(body, stamp),
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.airport.slack.events_url
        try:
            async with self._session.post(url, data=body, headers=sent) as answer:
                return answer.status
        except aiohttp.ClientConnectionError:
            return 413  # we answered and hung up before all of it was sent


async def replays(door: Door) -> Row:
    """Row 13."""
    airport = door.airport
    anna = airport.somebody("U0ANNA", "Anna Berzina")
    airport.slack.workspace.direct(anna.id)
    event = {"type": "message", "channel_type": "im", "channel": "D0ANNA", "user": anna.id, "text": "help"}
    recorded = json.dumps(
        {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    ).encode()
    stamp = str(int(time.time()))
    within = [await door.post(recorded, stamp=stamp) for _ in range(REPLAYS)]
    await airport.settled()
    effects = airport.slack.count("chat.postMessage")
    old = str(int(time.time()) - 301)
    past = [await door.post(recorded, stamp=old) for _ in range(REPLAYS)]
    return Row(
        13,
        "A recorded request, sent again",
        struck(within.count(200) - 1, f"replays with a good signature, and {len(past)} after five minutes"),
        "One effect; after five minutes 401",
        f"{effects} effect; {past.count(401)} of {len(past)} refused",
        effects == 1 and past.count(401) == len(past),
    )


async def forgeries(door: Door, errors: list[logging.LogRecord]) -> Row:
    """Row 14. The cost is the time of ours from the first byte to the answer, on this machine, the fastest of five."""
    statuses: Tally[int] = Tally()
    for body in UNREADABLE:
        for kind in ("application/json", FORM):
            statuses[await door.post(body, kind=kind)] += 1
            statuses[await door.post(body, kind=kind, X_Slack_Signature="v0=" + "0" * 64)] += 1
    for stamp in ("abc", "", "1e9", "\u0661\u0662", "-1", "9" * 40):
        statuses[await door.post(b"{}", X_Slack_Request_Timestamp=stamp)] += 1
    took = []
    for _ in range(5):
        began = time.perf_counter()
        statuses[await door.post(MEGABYTE, kind=FORM, X_Slack_Signature="v0=bad")] += 1
        took.append((time.perf_counter() - began) * 1e3)
    asked = sum(statuses.values())
    refused = sum(number for status, number in statuses.items() if 400 <= status < 500)
    broken = sum(number for status, number in statuses.items() if status >= 500)
    found = f"{broken} answers of 5xx, {len(errors)} tracebacks or errors; a forged megabyte"
    return Row(
        14,
        "Forged and malformed requests to Slack's address",
        struck(refused, f"refused, of {asked} forged, unreadable, too deep, too large or of odd shape"),
        "401, 400 or 413, or a shrug; never 5xx, never a traceback",
        f"{found} answered in {min(took):.1f} ms, {MAX_BODY // 1024} kB of it read",
        broken == 0 and not errors,
    )


async def at_teams() -> Row:
    """Row 15."""
    statuses: Tally[int] = Tally()
    async with Counter() as counter:
        good = [(await counter.says(screen.wrote("status")))[0]]
        for make in BAD.values():
            statuses[(await counter.says(screen.wrote("x"), Authorization=f"Bearer {make(counter)}"))[0]] += 1
        read = counter.teams.keys_read
        counter.teams.keys_fault = Fault(hang=1.0)
        counter.clock.move(timedelta(minutes=6))
        unknown = counter.teams.signer.token(counter.teams.service, header={"kid": "key-77"})
        gap, status = await asyncio.gather(longest_gap(1.2), forged(counter, unknown, good))
        statuses[status] += 1
        reached = len(counter.heard)
    return Row(
        15,
        "Teams: foreign, forged and odd tokens; a key server that hangs",
        struck(
            statuses[401],
            f"bad tokens of {sum(statuses.values())}, the last while the keys took a second to come",
        ),
        "401, the loop never stands still, keys read once and not again for each unknown id",
        f"{len(good)} good ones through, {reached - len(good)} bad; longest gap {gap * 1e3:.0f} ms; keys read {read} x",
        statuses[401] == sum(statuses.values()) and reached == len(good) and gap < GAP_S and read == 1,
    )


async def forged(counter: Counter, token: str, good: list[int]) -> int:
    """A token of an unknown key while the server hangs; somebody whose key is known is answered meanwhile."""
    body: Any = screen.wrote("x", serviceUrl=counter.teams.service)
    waiting = asyncio.create_task(counter.teams.post(body, headers={"Authorization": f"Bearer {token}"}))
    await asyncio.sleep(0.05)
    good.append((await counter.says(screen.wrote("status")))[0])
    assert not waiting.done(), "the server has to hang"
    status, _ = await waiting
    return int(status)


async def longest_gap(seconds: float) -> float:
    """The longest that the loop stood still, over some time."""
    end, worst, last = time.perf_counter() + seconds, 0.0, time.perf_counter()
    while (now := time.perf_counter()) < end:
        worst, last = max(worst, now - last - 0.005), now
        await asyncio.sleep(0.005)
    return worst
