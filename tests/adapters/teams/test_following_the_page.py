"""docs/how-to/teams.md followed to the letter: its commands in their order, with the fake in Microsoft's place."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import FIELDS
from tests.adapters.teams import screen
from tests.fakes.teams import program
from tests.fakes.teams.server import FakeTeams, Message

PAGE = program.ROOT / "docs" / "how-to" / "teams.md"
FOLLOWED = "## What people see"  # what comes from here on is reference
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHIN = 60.0  # seconds for what the worker does by itself, on a machine that is busy
SECRET = "hunter2-of-the-bot"
CALM = {"pulse.moved": "worked", "pulse.block": "nothing", "pulse.date": "none", "pulse.users": "12",
        "pulse.sure": "even"}  # fmt: skip


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
    """An admin's machine, a folder on it, and Teams."""

    teams: FakeTeams
    folder: Path
    port: int
    server: subprocess.Popen[str] | None = None
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if name not in FIELDS}
        return {**clean, **program.environment(self.teams.url), "PORT": str(self.port)}

    async def types(self, line: str) -> None:
        """A line in the terminal."""
        assert line.startswith("rampcheck "), line
        run = program.command(*line.split()[1:])
        if line == "rampcheck serve":
            await self._serve(run)
            return
        ended = await asyncio.to_thread(
            subprocess.run, run, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{line}: {ended.stdout}{ended.stderr}"
        self.printed[line] = ended.stdout

    async def _serve(self, run: list[str]) -> None:
        self.server = self._started(run)
        self.teams.bot_url = f"http://127.0.0.1:{self.port}/api/messages"
        await self.teams.until(lambda: _answers(self.port), within=WITHIN)

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

    # --- in Teams

    async def says(self, raw: dict[str, Any]) -> Any:
        status, body = await self.teams.post(raw | {"serviceUrl": self.teams.service})
        assert status == 200, body
        return body

    async def card(self, *words: str, room: str = screen.DIRECT) -> Message:
        """The newest message there whose card has these words, once it is there."""

        def found() -> Message | None:
            known = reversed(self.teams.in_room(room))
            return next((one for one in known if all(word in str(one.card) for word in words)), None)

        await self.teams.until(found, within=WITHIN)
        message = found()
        assert message
        return message


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unused() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def installed(evening: Evening) -> None:
    """The app is installed: its first message says why it comes."""
    evening.teams.told(screen.ANNA, "Anna Berzina")
    await evening.says(screen.activity("installationUpdate", action="add"))
    await evening.card("Hello Anna Berzina", "added Rampcheck", "Remove or mute me")


async def checked_in(evening: Evening) -> None:
    """An owner registers a pilot and answers its pulse in the card, which is closed by that."""
    await evening.says(screen.wrote("add Invoice matcher"))
    await evening.says(screen.wrote("checkin Invoice matcher with pulse"))
    asked = await evening.card("Invoice matcher", "Not mine", "pulse.sure")
    send = _button(asked.card, "send")
    raw = screen.pressed(send, screen.filled(asked.card, CALM))
    assert "Thank you" in str((await evening.says(raw))["value"])
    await evening.teams.until(lambda: "Thank you" in str(asked.card), within=WITHIN)
    versions = asked.versions
    assert await evening.says(raw), "Teams repeats a press that it has no answer to"
    await evening.says(screen.wrote("status Invoice matcher"))
    await evening.card("Invoice matcher", "Readiness")
    assert asked.versions == versions
    assert sum("Thank you." in str(one.card) for one in evening.teams.messages) == 1


def _button(card: Mapping[str, Any], does: str) -> Mapping[str, Any]:
    known = (one for one in screen.buttons(card) if "data" in one)
    return next(one for one in known if one["data"].get("rampcheck", {}).get("does") == does)


async def subscribed(evening: Evening, line: str) -> None:
    """The bot is in the channel, and a lead types there what the page says."""
    text = line.removeprefix("@Rampcheck ")
    assert text != line
    await evening.says(screen.mentioned(text))
    await evening.teams.until(
        lambda: "weekly digest" in str([one.card for one in evening.teams.messages]), within=WITHIN
    )


def test_the_page_leads_from_nothing_to_a_digest_in_a_channel(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeTeams(screen.APP, screen.TENANT) as teams:
            teams.room(screen.DIRECT, "personal", screen.mri(screen.ANNA))
            teams.room(screen.CHANNEL, "channel")
            evening = Evening(teams, tmp_path, unused())
            try:
                for kind, line in steps():
                    match kind:
                        case "sh":
                            await evening.types(line)
                        case "chat":
                            await installed(evening)
                            await checked_in(evening)
                            await subscribed(evening, line)
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
    """The page's settings with the ids of this bot in place of its words for them."""
    known = {
        "the-microsoft-app-id": screen.APP,
        "the-app-tenant-id": screen.TENANT,
        "the-secrets-value": SECRET,
    }
    for word, value in known.items():
        assert word in env
        env = env.replace(word, value)
    return env


def _as_told(evening: Evening) -> None:
    """What the page says that one sees on the way."""
    assert evening.printed["rampcheck doctor"].endswith("Everything is in order.\n")
    with zipfile.ZipFile(evening.folder / "rampcheck-teams.zip") as package:
        assert {"manifest.json", "color.png", "outline.png"} <= set(package.namelist())
    log = evening.log()
    assert not [word for word in (SECRET, "Traceback", "token-") if word in log]
    assert not [status for status in evening.teams.refused if status == 429], "too fast for Teams"
