"""Processes of the program behind a balancer that takes the newest one that listens; it must not know what is broken.

A process is the program as in production, at a moment of its own, in front of the fake Slack.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import processes
from tests.bench.capacity import AGAIN
from tests.bench.slack_crowd import SLACK
from tests.bench.web_load import Wire
from tests.fakes.slack.server import BOT_TOKEN, SECRET, FakeSlack

PATIENCE_S = 120.0  # a new process starts beside one that has all it can do
STOP_AFTER_S, NOTICES_S = 2, 1.0  # how long one goes on once told to stop, and the balancer sends to it
OK = 200

Running = tuple[int, asyncio.subprocess.Process]  # with the port that it listens on


@dataclass
class Seen:
    """What became of what was sent, and of the processes that were told to stop."""

    acknowledged: int = 0
    busy: int = 0  # told to press again
    broken: int = 0  # 5xx
    torn: int = 0  # never answered
    in_hand: int = 0  # of these: taken, and then the connection broke
    turned_away: int = 0  # nobody listened there any more, so the next one was asked
    refused_s: list[float] = field(default_factory=list)  # until somebody was told to press again
    seconds: list[float] = field(default_factory=list)
    stops_s: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)  # lines of their logs

    @property
    def sent(self) -> int:
        return len(self.seconds) + self.torn

    def late(self, most_s: float) -> int:
        """How many were answered later than that."""
        return sum(one > most_s for one in self.seconds)


class Fleet:
    """Processes of one kind, `web` or `work`, on one database."""

    def __init__(self, which: str, url: str, moment: str, *, slack: FakeSlack, log: Path) -> None:
        self.which, self.url, self.moment, self.slack = which, url, moment, slack
        self.seen = Seen()
        self.running: list[Running] = []
        self._log = log.open("a+", encoding="utf-8")
        self._started: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Fleet:
        return self

    async def __aexit__(self, *_: object) -> None:
        for program in self._started:
            if program.returncode is None:
                program.kill()
                await program.wait()
        self._log.seek(0)
        self.seen.errors = self._log.read().splitlines()
        self._log.close()

    async def one_more(self) -> None:
        """Start one; one that serves is up when it has asked Slack who it is, and listens."""
        port, before = processes.free_port(), self.slack.count("auth.test")
        settings = {
            "DATABASE_URL": self.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{self.slack.url}/api",
            "RAMPCHECK_STOP_AFTER": str(STOP_AFTER_S),
        }
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.served", self.which, self.moment, str(port)),
            cwd=processes.ROOT,
            env=processes.environment(**settings),
            stderr=self._log,
        )
        self._started.append(program)
        if self.which == "web":
            await self.slack.until(lambda: self.slack.count("auth.test") > before, within=PATIENCE_S)
            await self.slack.until(lambda: processes.listens(port), within=PATIENCE_S)
        self.running.append((port, program))

    async def stop(self, one: Running) -> None:
        """Tell one to stop, and wait until it is gone; the balancer hears of it a moment later."""
        began = time.perf_counter()
        one[1].send_signal(signal.SIGTERM)
        await asyncio.sleep(NOTICES_S)
        self.running.remove(one)
        code = await asyncio.wait_for(one[1].wait(), PATIENCE_S)
        self.seen.stops_s.append(time.perf_counter() - began)
        self.seen.codes[code] += 1

    async def kill(self, one: Running) -> None:
        """SIGKILL one; the balancer finds nobody there from then on."""
        one[1].kill()
        self.running.remove(one)
        self.seen.codes[await one[1].wait()] += 1

    async def post(self, request: bytes, *, to: Running | None = None) -> bool:
        """Whether it was acknowledged, by the newest that listens or by that one."""
        began = time.perf_counter()
        for port, _ in [to] if to else list(reversed(self.running)):
            wire = Wire(port)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    status, body = await wire.send(request)
            except ConnectionRefusedError:
                self.seen.turned_away += 1
                continue
            except (OSError, EOFError, TimeoutError):
                self.seen.in_hand += 1
                break
            finally:
                wire.close()
            self.seen.seconds.append(time.perf_counter() - began)
            return self._taken(status, body, self.seen.seconds[-1])
        self.seen.torn += 1
        return False

    def _taken(self, status: int, body: bytes, seconds: float) -> bool:
        self.seen.broken += status >= 500
        busy = bool(AGAIN.search(body))
        self.seen.busy += busy
        self.seen.refused_s += [seconds] * busy
        taken = status == OK and not busy
        assert not taken or SLACK.wrong not in body, body[:300]
        self.seen.acknowledged += taken
        return taken


async def at_rate(fleet: Fleet, requests: Sequence[bytes], rate: float) -> list[bool]:
    """Send them, so many a second; which of them were acknowledged."""
    began, sent = time.perf_counter(), list[asyncio.Task[bool]]()
    for nth, request in enumerate(requests):
        await asyncio.sleep(began + nth / rate - time.perf_counter())
        sent.append(asyncio.create_task(fleet.post(request)))
    return list(await asyncio.gather(*sent))


async def pressing(fleet: Fleet, forms: Crowded, rate: float, *, until: asyncio.Task[None]) -> float:
    """Forms are sent, so many a second, until the task has ended; whoever was not acknowledged presses again later.
    How many a second were sent in fact: fewer where the machine has no time even to send them.
    """
    began, sent, pressed = time.perf_counter(), 0, set[asyncio.Task[None]]()
    while not until.done() and (forms.waiting or pressed):
        await asyncio.sleep(max(began + sent / rate - time.perf_counter(), 0.0))
        if forms.waiting:
            task = asyncio.create_task(forms.send(fleet))
            pressed.add(task)
            task.add_done_callback(pressed.discard)
            sent += 1
        else:  # everybody waits for an answer
            await asyncio.sleep(0.01)
    took = time.perf_counter() - began
    await asyncio.gather(*pressed)
    return sent / took


@dataclass
class Crowded:
    """Owners with a form each: those who have yet to be acknowledged, and those who were."""

    posts: Sequence[bytes]
    waiting: deque[int] = field(default_factory=deque)
    taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.waiting.extend(range(len(self.posts)))

    async def send(self, fleet: Fleet) -> None:
        """The next one's form."""
        who = self.waiting.popleft()
        if await fleet.post(self.posts[who]):
            self.taken.add(who)
        else:
            self.waiting.append(who)
