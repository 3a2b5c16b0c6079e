"""docs/how-to/slack.md followed to the letter: its commands in their order, with the fake in Slack's place."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.settings import FIELDS
from tests.fakes.slack.people import Somebody, labels, words
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "how-to" / "slack.md"
FOLLOWED = "## Over HTTP instead"  # what comes from here on is another way, and reference
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALM = {"pulse.moved": "worked", "pulse.block": "nothing", "pulse.date": "none", "pulse.users": "12"}
WITHIN = 60.0  # seconds for what the worker does by itself, on a machine that is busy


def steps() -> Iterator[tuple[str, str]]:
    """Every line that the page tells somebody to type, with the language of its block, in their order."""
    text = PAGE.read_text(encoding="utf-8").partition(FOLLOWED)[0]
    for kind, block in BLOCK.findall(text):
        if kind == "ini":
            yield kind, block
        else:
            yield from ((kind, line) for line in block.splitlines() if line.strip())


@dataclass
class Evening:
    """An admin's machine, a folder on it, and Slack."""

    slack: FakeSlack
    folder: Path
    port: int
    server: subprocess.Popen[str] | None = None
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if name not in FIELDS}
        here = {"PYTHONPATH": str(ROOT), "SLACK_API_URL": f"{self.slack.url}/api", "PORT": str(self.port)}
        return {**clean, **here}

    async def types(self, line: str) -> None:
        """A line in the terminal. The server stops before the next command that writes, as the page says."""
        assert line.startswith("rampcheck "), line
        arguments = re.findall(r'"[^"]+"|\S+', line)[1:]
        run = [sys.executable, "-m", "bot", *(word.strip('"') for word in arguments)]
        if arguments == ["serve"]:
            await self._serve(run)
            return
        if self.server:
            await self.stop()
        ended = await asyncio.to_thread(
            subprocess.run, run, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{line}: {ended.stdout}{ended.stderr}"
        self.printed[line] = ended.stdout

    async def _serve(self, run: list[str]) -> None:
        self.server = self._started(run)
        await self.slack.until(lambda: self.slack.sockets, within=WITHIN)

    def _started(self, run: list[str]) -> subprocess.Popen[str]:
        with (self.folder / "log.txt").open("a") as log:
            return subprocess.Popen(run, cwd=self.folder, env=self.env, stdout=log, stderr=log, text=True)

    async def stop(self) -> None:
        """Ctrl-C."""
        if self.server:
            self.server.send_signal(signal.SIGINT)
            # In a thread: what the server still has in hand is answered by this very loop.
            assert await asyncio.to_thread(self.server.wait, WITHIN) == 0
            self.server = None

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def somebody(self, ident: str, name: str) -> Somebody:
        self.slack.workspace.add(ident, name)
        return Somebody(self.slack, ident)

    async def until(self, met: Callable[[], Any]) -> Any:
        return await self.slack.until(met, within=WITHIN)


def unused() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def add(evening: Evening, anna: Somebody, line: str) -> None:
    """The owner registers a pilot; its first questions come as a message, and are left for later."""
    await anna.command(line.removeprefix("/rampcheck "))
    first = await evening.until(lambda: next((one for one in anna.inbox if "New AI pilot" in one.text), None))
    await anna.press(first, "Answer")
    await evening.until(lambda: anna.modal)
    evening.slack.workspace.close(anna.id, everything=True)


async def check_in(evening: Evening, anna: Somebody, line: str) -> None:
    """The owner answers in the form, but for a question that she hands to Bo, who presses a button."""
    bo = evening.somebody("U0BO", "Bo Beacon")
    await anna.command(line.removeprefix("/rampcheck "))
    asked = await evening.until(lambda: next((one for one in anna.inbox if "check-in" in one.text), None))
    await anna.press(asked, "Ask a colleague")
    await evening.until(lambda: anna.modal)
    await anna.submit({"question": "pulse.sure", "to": bo.id})
    question = await evening.until(
        lambda: next((one for one in bo.inbox if "About" in str(labels(one.blocks))), None)
    )
    await bo.press(question, "About even")
    await evening.until(lambda: "About even: 40 to 60%" not in labels(question.blocks))
    assert anna.modal, "the rest of the questions"
    await anna.submit(CALM)
    await evening.until(lambda: "Answer (1 min)" not in labels(asked.blocks))


async def greet(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.command(line.removeprefix("/rampcheck "))
    assert "status" in words(lea.whispers[-1].blocks)


async def subscribe(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    assert "Tuesday" in words(lea.whispers[-1].blocks) or "week" in words(lea.whispers[-1].blocks)


async def share(evening: Evening, lea: Somebody, line: str) -> None:
    """The lead asks how a pilot stands, and shows it to the channel."""
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    told = lea.whispers[-1]
    assert "Invoice matcher" in words(told.blocks)
    await lea.press(told, "Share in channel")
    everybody = evening.slack.workspace.messages
    await evening.until(
        lambda: [one for one in everybody if one.channel == "C0PILOTS" and not one.only and one.blocks]
    )


async def decide(evening: Evening, lea: Somebody, line: str) -> None:
    """The form that the digest's button opens as well (test_deciding_in_slack.py waits for one)."""
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    await evening.until(lambda: lea.modal)
    await lea.submit({"dec.choice": "stop", "dec.reason": "weak_result"})
    await lea.submit({"dec.learn": "Invoices in five layouts match themselves"})
    assert not [one for one in (lea.modal.view["blocks"] if lea.modal else []) if one["type"] == "input"]
    await lea.command("status Invoice matcher", channel="C0PILOTS")
    assert "Stopped" in words(lea.whispers[-1].blocks)


Does = Callable[[Evening, Somebody, str], Awaitable[None]]
IN_SLACK: dict[str, tuple[str, Does]] = {
    "/rampcheck add Invoice matcher": ("anna", add),
    "/rampcheck checkin Invoice matcher with pulse": ("anna", check_in),
    "/rampcheck help": ("lea", greet),
    "/rampcheck digest subscribe": ("lea", subscribe),
    "/rampcheck status Invoice matcher": ("lea", share),
    "/rampcheck decide Invoice matcher": ("lea", decide),
}


def test_the_page_leads_from_nothing_to_a_decision(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeSlack() as slack:
            evening = Evening(slack, tmp_path, unused())
            people = {
                "anna": evening.somebody("U0ANNA", "Anna Apron"),
                "lea": evening.somebody("U0LEA", "Lea Example"),
            }
            slack.workspace.add_channel("C0PILOTS", "ai-pilots")
            try:
                for kind, line in steps():
                    match kind:
                        case "sh":
                            await evening.types(line)
                        case "chat":
                            who, does = IN_SLACK[line]
                            await does(evening, people[who], line)
                        case "ini":
                            (tmp_path / ".env").write_text(_real(line), encoding="utf-8")
                        case other:
                            raise AssertionError(f"nobody knows what to do with {other}")
                await evening.stop()
            finally:
                if evening.server:
                    evening.server.kill()
                    evening.server.wait(WITHIN)
            _as_told(evening)

    asyncio.run(story())


def _real(env: str) -> str:
    """The page's settings with the tokens of this Slack in place of its words for them."""
    return env.replace("xoxb-the-bot-token", BOT_TOKEN).replace("xapp-the-app-level-token", APP_TOKEN)


def _as_told(evening: Evening) -> None:
    """What the page says that one sees on the way."""
    assert yaml.safe_load(evening.printed["rampcheck manifest slack"])["settings"]["socket_mode_enabled"]
    assert evening.printed["rampcheck doctor"].endswith("Everything is in order.\n")
    log = evening.log()
    assert "slack.connected" in log
    assert "slack.socket.open" in log
    assert BOT_TOKEN not in log
    assert APP_TOKEN not in log
    assert "Traceback" not in log
    assert not evening.slack.refused, "too fast for Slack"


def test_every_line_to_type_into_slack_is_followed() -> None:
    typed = {line for kind, line in steps() if kind == "chat"}
    assert typed == set(IN_SLACK)
