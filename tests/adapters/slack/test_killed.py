"""The program is killed while people write to it: what was acknowledged is stored, the rest comes again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage import open_store
from tests.fakes.slack.people import Somebody, labels
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

Program = asyncio.subprocess.Process
PATIENT = 60.0  # seconds: a busy machine takes its time to start a program
NAMES = ["Invoice matcher", "Claims triage", "Call notes", "Tender writer", "Demand forecast"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.asynccontextmanager
async def running(
    slack: FakeSlack, url: str, mode: str, port: int, *args: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The whole program as a process of its own; killed at the end, if it was not before."""
    env = {
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "RAMPCHECK_LOCAL_CHAT": "off",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_API_URL": f"{slack.url}/api",
        "LOG_LEVEL": "ERROR",
        "PATH": os.environ["PATH"],
        **({"SLACK_SIGNING_SECRET": SECRET} if mode == "http" else {"SLACK_APP_TOKEN": APP_TOKEN}),
    }
    before = slack.count("auth.test")
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        *args,
        env=env,
        cwd=Path.cwd(),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await slack.until(lambda: slack.count("auth.test") > before, within=PATIENT)
        yield program
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGKILL)
        await program.wait()


@pytest.mark.parametrize("mode", ["http", "socket"])
def test_what_was_acknowledged_outlives_a_kill_and_what_was_not_comes_again(
    mode: str, sqlite_url: str
) -> None:
    async def story() -> None:
        slack = FakeSlack(retry_pauses=(2.0, 8.0, 20.0))
        async with slack:
            port = _free_port()
            if mode == "http":
                slack.events_url = f"http://127.0.0.1:{port}/slack/events"
            slack.workspace.add("U0ANNA", "Anna Berzina")
            anna = Somebody(slack, "U0ANNA")
            async with running(slack, sqlite_url, mode, port, "--no-worker") as web:
                writing = [asyncio.create_task(anna.write(f"add {name}")) for name in NAMES]
                await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
                web.send_signal(signal.SIGKILL)
                taken = sum(task.done() for task in writing)
                await web.wait()
            assert taken
            kept = _pilots(sqlite_url)
            assert sum(kept.values()) >= taken, "acknowledged means stored"
            async with running(slack, sqlite_url, mode, port):
                said = await asyncio.gather(*writing)
                assert {one.status for one in said} == {200}
                assert _pilots(sqlite_url) == dict.fromkeys(NAMES, 1)
                await slack.until(lambda: _asked(anna) == dict.fromkeys(NAMES, 1), within=PATIENT)

    asyncio.run(story())


def _asked(anna: Somebody) -> dict[str, int]:
    """How many invitations she got, by pilot."""
    texts = [
        one.text for one in anna.inbox if any(label.startswith("Answer") for label in labels(one.blocks))
    ]
    return dict(Counter(name for text in texts for name in NAMES if name in text))


def _pilots(url: str) -> dict[str, int]:
    """The pilots that are stored, by name."""
    store = open_store(url, read_only=True)
    try:
        found = store.organisation_of("slack", TEAM)
        assert found
        return dict(Counter(pilot.name for pilot in store.read(found[0], lambda unit: unit.pilots())))
    finally:
        store.close()
