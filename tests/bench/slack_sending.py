"""What sending to Slack costs, and how long a Monday takes: goal G10, and 500 invitations against Slack's limits.

The first is the processor time of a message over TLS, by our client and by a bare aiohttp session. The second is the
program in front of the fake Slack, which refuses whoever calls faster than Slack's published tiers allow: 500 people
are asked at one moment, and the worker sends. It takes the minutes that it takes: the tiers are the measure.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.app import MovableClock
from bot.worker import Worker
from tests.adapters.slack.airport import Airport
from tests.bench import processes
from tests.bench.places import sqlite
from tests.bench.rounds import ROUNDS, Figure, chosen, ratio, spread
from tests.fakes.slack.laws import TIERS

PEOPLE = 500
MICRO = 1e6  # in a second
SEND_MOST = 1.5  # G10
POST = "chat.postMessage"
PATIENCE_S = 400.0
MINUTE_S = 60.0


def figures(rounds: int = ROUNDS, people: int = PEOPLE) -> Iterator[Figure]:
    """The measures."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as name:
        yield from sent(Path(name), rounds)
        with sqlite(Path(name)) as url:
            yield from invited(asyncio.run(invitations(url, people)), people)


# --- G10 --------------------------------------------------------------------------------------------------------------


def sent(folder: Path, rounds: int) -> Iterator[Figure]:
    """The processor time of a message."""
    with taking_messages(folder) as url:
        program = (sys.executable, "-m", "tests.bench.slack_senders", url, str(rounds))
        trusting = processes.environment(SSL_CERT_FILE=str(folder / "certificate.pem"))
        said = subprocess.run(program, cwd=processes.ROOT, env=trusting, check=True, stdout=subprocess.PIPE)
    rows = json.loads(said.stdout)
    yield ratio(
        "a Slack message / bare aiohttp over TLS, processor time (G10)", chosen(rows, 0, 1), most=SEND_MOST
    )
    yield spread("a Slack message over TLS, processor time", [row[0] * MICRO for row in rows], "us")
    yield ratio("the same of the SDK as it comes", chosen(rows, 2, 1))


@contextmanager
def taking_messages(folder: Path) -> Iterator[str]:
    """The address of a Slack over TLS that takes every message, in a thread of ours."""
    certificate(folder)
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), processes.free_port()

    async def start() -> None:
        site = web.Application()
        site.add_routes([web.post(f"/api/{POST}", _taken)])
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        ready.set()

    thread = threading.Thread(
        target=lambda: (loop.run_until_complete(start()), loop.run_forever()), daemon=True
    )
    thread.start()
    assert ready.wait(processes.PATIENCE_S)
    yield f"https://localhost:{port}/api/"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


async def _taken(request: web.Request) -> web.Response:
    said = await request.json()
    return web.json_response({"ok": True, "channel": "D0" + said["channel"][2:], "ts": "1774940400.000100"})


def certificate(folder: Path) -> None:
    """A certificate for localhost that nobody else has, good for an hour, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, plain))


# --- a Monday ---------------------------------------------------------------------------------------------------------


@dataclass
class Monday:
    """What it took: the seconds to each message, from the moment at which they were due; calls by method; refusals."""

    seconds: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    people: int = 0  # who got theirs


def invited(found: Monday, people: int) -> Iterator[Figure]:
    """The measures of that Monday. No more than its tier may be posted a minute, so there is a least time."""
    floor = max(0, -(-people // TIERS[POST]) - 1) * MINUTE_S
    last = max(found.seconds)
    listed = ", ".join(f"{many} {method}" for method, many in sorted(found.calls.items()))
    yield Figure(
        f"{people} invitations: the last is there after", f"{last:.0f} s; the tier alone takes {floor:.0f} s"
    )
    yield Figure(
        f"{people} invitations: people who got theirs", str(found.people), str(people), found.people == people
    )
    yield Figure(f"{people} invitations: calls", f"{sum(found.calls.values())}: {listed}")
    yield Figure(f"{people} invitations: refused with 429", str(found.refused), "0", not found.refused)


async def invitations(url: str, people: int) -> Monday:
    """Everybody is asked at once."""
    clock: Any = MovableClock()
    clock.move_to(datetime(2100, 3, 1, 8, tzinfo=UTC))  # a Monday; the machine's own date must not matter
    async with Airport(url, "http", clock=clock) as airport:
        accounts = [f"U0OWNER{number:04}" for number in range(people)]
        for number, account in enumerate(accounts):
            airport.somebody(account, f"Owner {number}")
            airport.pilot(f"Pilot {number}", account)
        await airport.deliver()
        return await _asked(airport, clock, accounts)


async def _asked(airport: Airport, clock: MovableClock, accounts: list[str]) -> Monday:
    """From the moment at which all are due to the last message."""
    clock.move_to(_all_are_due(airport))
    slack, worker, found = airport.slack, Worker(airport.app), Monday()
    slack.calls.clear()
    began = time.monotonic()
    await worker.start()
    try:
        while len(found.seconds) < len(accounts):
            assert time.monotonic() - began < PATIENCE_S, f"{len(found.seconds)} messages came"
            await asyncio.sleep(0.05)
            there = len(slack.workspace.messages)
            found.seconds += [time.monotonic() - began] * (there - len(found.seconds))
    finally:
        async with worker._delivering:  # what is posted is settled as well
            pass
        await worker.stop()
    found.calls.update(method for method, _ in slack.calls)
    found.refused = len(slack.refused)
    found.people = sum(bool(slack.workspace.inbox(account)) for account in accounts)
    return found


def _all_are_due(airport: Airport) -> datetime:
    """A moment at which everybody is to be asked: schedules may be spread over some minutes."""
    schedules = airport.read(
        lambda unit: [one for pilot in unit.pilots() for one in unit.schedules(pilot.id)]
    )
    return max(one.next_due_at for one in schedules if one.next_due_at and one.questionnaire == "pulse")
