"""An admin's machine on which a how-to page is followed: its lines are typed, and its server runs and is stopped."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import FIELDS
from tests.cli import terminal

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHIN = 60.0  # seconds for what the worker does by itself, on a machine that is busy


def steps(page: Path, until: str) -> Iterator[tuple[str, str]]:
    """Every line that a page tells somebody to type, with the language of its block, in their order.

    What comes from the heading `until` on is another way, or reference.
    """
    text = page.read_text(encoding="utf-8").partition(until)[0]
    for kind, block in BLOCK.findall(text):
        if kind == "ini":
            yield kind, block
        else:
            yield from ((kind, line) for line in block.splitlines() if line.strip())


def unused() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Machine:
    """A folder, a terminal, and the server that may run there."""

    folder: Path
    start: Callable[..., list[str]]  # the words of a command -> how a process runs it
    env: dict[str, str]  # beside the file .env that the page has somebody write
    up: Callable[[], Awaitable[Any]]  # returns once the server is
    around: Callable[[], AbstractContextManager[None]] = (
        nullcontext  # in which a command of this process runs
    )
    server: subprocess.Popen[str] | None = None
    printed: dict[str, str] = field(default_factory=dict)

    async def types(self, line: str) -> None:
        """A line in the terminal. The server stops before the next command that writes, as the pages say."""
        assert line.startswith("rampcheck "), line
        words = [word.strip('"') for word in re.findall(r'"[^"]+"|\S+', line)[1:]]
        if words == ["serve"]:
            self.server = self._started(self.start(*words))
            await self.up()
            return
        if self.server and words[0] == "people":
            await self.stop()
        ended = await asyncio.to_thread(self._typed, *words)
        assert ended.exit_code == 0, f"{line}: {ended.output}"
        self.printed[line] = ended.stdout

    def _typed(self, *words: str) -> terminal.Result:
        """In this process, which need not start for each: the server is the one that has to stand alone."""
        with self.around():
            return terminal.elsewhere(self.folder, *words, **self.env)

    def _started(self, run: list[str]) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if name not in FIELDS}
        with (self.folder / "log.txt").open("a") as log:
            return subprocess.Popen(
                run, cwd=self.folder, env={**clean, **self.env}, stdout=log, stderr=log, text=True
            )

    async def stop(self) -> None:
        """Ctrl-C."""
        if self.server:
            self.server.send_signal(signal.SIGINT)
            # In a thread: what the server still has in hand is answered by this very loop.
            assert await asyncio.to_thread(self.server.wait, WITHIN) == 0
            self.server = None

    def kill(self) -> None:
        """Whatever still runs after a story that went wrong."""
        if self.server:
            self.server.kill()
            self.server.wait(WITHIN)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")
