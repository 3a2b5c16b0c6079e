"""Loads a server with requests that are ready as bytes, and asks it what they cost; it must not know what they say.

Two ways: so many callers at once, each as soon as it has its answer; or at a rate, whatever is answered, as people do,
with latencies from the moment at which a request was due.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

CPU = "/cpu"  # of every server that is measured: the seconds of a processor that its process has had
WATCH, WATCHED = (
    "/watch",
    "/watched",
)  # begin to look how long its loop is held up; and the worst of it, in seconds
GIVE_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its status, its body, and the seconds that it took."""

    status: int
    body: bytes
    seconds: float


class Wire:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass(slots=True)
class Server:
    """One that is up and has a page with its processor time."""

    port: int

    def cpu(self) -> float:
        """Seconds of a processor that it has had."""
        return float(self.page(CPU))

    def watch(self) -> None:
        """Begin to look how long its event loop is held up."""
        self.page(WATCH)

    def watched(self) -> float:
        """The longest time since then, in seconds."""
        return float(self.page(WATCHED))

    def page(self, path: str, *, within_s: float = GIVE_UP_S) -> bytes:
        """What one of its pages says."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=within_s) as answer:
            return bytes(answer.read())

    def closed(self, requests: Sequence[bytes], callers: int) -> Window:
        """All of them sent, by so many callers at once."""
        return self._window(closed(self.port, requests, callers))

    def single(self, requests: Sequence[bytes]) -> Window:
        """One after the other, each over a connection of its own."""
        return self._window(one_by_one(self.port, requests))

    def open(self, requests: Sequence[bytes], rate: float) -> Window:
        """All of them sent, so many a second."""
        return self._window(at_rate(self.port, requests, rate))

    def _window(self, load: object) -> Window:
        before, began = self.cpu(), time.perf_counter()
        answers = asyncio.run(load)  # type: ignore[arg-type]  # a coroutine, of any kind
        took = time.perf_counter() - began
        return Window(answers, took, self.cpu() - before)


@dataclass(frozen=True, slots=True)
class Window:
    """What came of a load: the answers, its seconds on the clock, and those of the server's processor."""

    answers: Sequence[Answered]
    wall: float
    cpu: float

    @property
    def cpu_each(self) -> float:
        """Processor seconds a request."""
        return self.cpu / len(self.answers)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.wall

    @property
    def latencies(self) -> list[float]:
        """Seconds, one for each answer."""
        return [one.seconds for one in self.answers]

    def all(self, *statuses: int) -> Window:
        """Itself, once every answer is what was wanted: else nothing was measured."""
        wrong = [one for one in self.answers if one.status not in statuses]
        assert not wrong, (
            f"{len(wrong)} of {len(self.answers)} answered {wrong[0].status}: {wrong[0].body[:200]!r}"
        )
        return self


async def closed(port: int, requests: Sequence[bytes], callers: int) -> list[Answered]:
    """By so many callers at once."""
    waiting, found = iter(requests), []

    async def call() -> None:
        wire = Wire(port)
        for request in waiting:
            began = time.perf_counter()
            status, body = await wire.send(request)
            found.append(Answered(status, body, time.perf_counter() - began))
        wire.close()

    await asyncio.gather(*(call() for _ in range(callers)))
    return found


async def one_by_one(port: int, requests: Sequence[bytes]) -> list[Answered]:
    """Each over a connection of its own, as a server may hang up on what it does not want to read."""
    found = []
    for request in requests:
        wire, began = Wire(port), time.perf_counter()
        status, body = await wire.send(request)
        found.append(Answered(status, body, time.perf_counter() - began))
        wire.close()
    return found


async def at_rate(port: int, requests: Sequence[bytes], rate: float) -> list[Answered]:
    """At a rate. One that is not answered within GIVE_UP_S has the status 0."""
    idle: list[Wire] = []
    began = time.perf_counter()

    async def call(nth: int, request: bytes) -> Answered:
        due = began + nth / rate
        await asyncio.sleep(due - time.perf_counter())
        wire = idle.pop() if idle else Wire(port)
        try:
            async with asyncio.timeout(GIVE_UP_S):
                status, body = await wire.send(request)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            wire.close()
            return Answered(0, b"", time.perf_counter() - due)
        idle.append(wire)
        return Answered(status, body, time.perf_counter() - due)

    found = await asyncio.gather(*map(call, count(), requests))
    for wire in idle:
        wire.close()
    return list(found)
