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
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.adapters.slack.airport import Airport
from tests.bench import processes
from tests.bench.monday import PEOPLE, Monday, asked, invited, morning
from tests.bench.places import sqlite
from tests.bench.rounds import MICRO, ROUNDS, Figure, chosen, ratio, spread
from tests.fakes.slack.laws import TIERS

SEND_MOST = 1.5  # G10
POST = "chat.postMessage"
MINUTE_S = 60.0


def figures(rounds: int = ROUNDS, people: int = PEOPLE) -> Iterator[Figure]:
    """The measures."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as name:
        yield from sent(Path(name), rounds)
        with sqlite(Path(name)) as url:
            found = asyncio.run(invitations(url, people))
        # No more than its tier may be posted a minute.
        least_s = max(0, -(-people // TIERS[POST]) - 1) * MINUTE_S
        yield from invited(found, people, least_s=least_s, where="")


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
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    port = processes.free_port()
    with processes.in_a_thread(_site, port, context):
        yield f"https://localhost:{port}/api/"


def _site() -> web.Application:
    site = web.Application()
    site.add_routes([web.post(f"/api/{POST}", _taken)])
    return site


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


class SlackTown(Airport):
    """What a Monday has to know of an organisation on Slack."""

    @property
    def sent(self) -> int:
        return len(self.slack.workspace.messages)

    @property
    def calls(self) -> list[str]:
        return [method for method, _ in self.slack.calls]

    @property
    def refused(self) -> int:
        return len(self.slack.refused)

    def got(self, account: str) -> bool:
        return bool(self.slack.workspace.inbox(account))


async def invitations(url: str, people: int) -> Monday:
    """Everybody is asked at once."""
    clock: Any = morning()
    async with SlackTown(url, "http", clock=clock) as town:
        accounts = [f"U0OWNER{number:04}" for number in range(people)]
        for number, account in enumerate(accounts):
            town.somebody(account, f"Owner {number}")
            town.pilot(f"Pilot {number}", account)
        await town.deliver()
        return await asked(town, clock, accounts)
