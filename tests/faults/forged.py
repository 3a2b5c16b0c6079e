"""Rows 13 to 15: requests that are replayed, forged or malformed, and Microsoft's keys out of reach."""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
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
from tests.bench.rounds import ROUNDS, interleaved
from tests.bench.slack_ingress import FORGED_MOST as MOST
from tests.bench.slack_ingress import forgeries as cost
from tests.bench.slack_servers import OURS, STOCK, serving
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
        replayed, slack = asyncio.run(at_slack(url))
        teams = asyncio.run(unreadable_to_teams())
    yield replayed
    yield refusing(slack, teams, len(errors))
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


async def at_slack(url: str) -> tuple[Row, Tally[int]]:
    """Row 13, and what row 14 found there."""
    async with Airport(url, "http") as airport, aiohttp.ClientSession() as session:
        door = Door(airport, session)
        return await replays(door), await forgeries(door)


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


async def forgeries(door: Door) -> Tally[int]:
    """The statuses of whatever cannot be read, signed and not, at Slack's address."""
    statuses: Tally[int] = Tally()
    for body in (*UNREADABLE, MEGABYTE):
        for kind in ("application/json", FORM):
            statuses[await door.post(body, kind=kind)] += 1
            statuses[await door.post(body, kind=kind, X_Slack_Signature="v0=" + "0" * 64)] += 1
    for stamp in ("abc", "", "1e9", "\u0661\u0662", "-1", "9" * 40):
        statuses[await door.post(b"{}", X_Slack_Request_Timestamp=stamp)] += 1
    return statuses


async def unreadable_to_teams() -> Tally[int]:
    """The same at the address of Teams, with a true token, with none and with what is no token."""
    statuses: Tally[int] = Tally()
    async with Counter() as counter, aiohttp.ClientSession() as session:
        true = f"Bearer {counter.teams.signer.token(counter.teams.service)}"
        for body in (*UNREADABLE, MEGABYTE):
            for kind in ("application/json", FORM, ""):
                for said in (true, "Bearer x", ""):
                    headers = {"Content-Type": kind, "Authorization": said}
                    statuses[await _status(session, counter.teams.bot_url, body, headers)] += 1
    return statuses


async def _status(session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> int:
    kept = {name: value for name, value in headers.items() if value}
    try:
        async with session.post(url, data=body, headers=kept) as answer:
            return answer.status
    except aiohttp.ClientConnectionError:
        return 413  # as above


def refusing(slack: Tally[int], teams: Tally[int], errors: int) -> Row:
    """Row 14. The cost is processor time, in turn with that of stock slack-bolt on the same machine."""
    with serving((OURS,), (STOCK,)) as (own, stock):
        pairs = interleaved(lambda: cost(own), lambda: cost(stock), rounds=ROUNDS)
    share = statistics.median(ours / theirs for ours, theirs in pairs)
    both = slack + teams
    refused = sum(number for status, number in both.items() if 400 <= status < 500)
    broken = sum(number for status, number in both.items() if status >= 500)
    return Row(
        14,
        "Forged and malformed requests to the addresses of Slack and Teams",
        f"{struck(refused, 'refused')}, of {slack.total()} to Slack's and {teams.total()} to Teams' that were forged, "
        "unreadable, too deep, too large or of odd shape",
        f"401, 400, 413 or 415, or a shrug; never 5xx, never a traceback; a forged megabyte costs at most {MOST:g} of "
        "what it costs stock slack-bolt",
        f"{broken} answers of 5xx, {errors} tracebacks or errors; a forged megabyte costs "
        f"{statistics.median(ours for ours, _ in pairs) * 1e3:.1f} ms, {share:.3f} of stock slack-bolt's "
        f"{statistics.median(theirs for _, theirs in pairs) * 1e3:.0f} ms; {MAX_BODY // 1024} kB of it read",
        broken == 0 and not errors and share <= MOST,
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
