"""Row 23: one person who presses a thousand times a second."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

from bot.app import App, build
from bot.core.compose.trouble import TOO_MUCH
from bot.core.ports import Inbound, Place, Problems, Ran, Reply, Sender
from bot.settings import load
from tests.bench.rounds import quantile
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite

STORM = 1000  # presses a second
SECONDS, OTHERS, ROUNDS = 2, 20, 5
MOST = 2.0  # times as long as without the storm


def rows() -> Iterator[Row]:
    """The one."""
    with sqlite() as url:
        yield asyncio.run(storm(build(load({"DATABASE_URL": url}))))


async def storm(app: App) -> Row:
    """Row 23: how long others wait for an answer, with the storm and without, in turn."""
    calm, wild = list[float](), list[float]()
    answers: list[Reply] = []
    for nth in range(OTHERS):
        await _does(app, f"user{nth}", "met")
    for turn in range(ROUNDS):
        calm.append(await _others(app, f"calm{turn}"))
        storming = asyncio.create_task(_storming(app, turn))
        wild.append(await _others(app, f"wild{turn}"))
        answers += await storming
    app.close()
    shed = answers.count(Problems({"": TOO_MUCH}))
    slower = statistics.median(one / other for one, other in zip(wild, calm, strict=True))
    return Row(
        23,
        f"One person presses {STORM:,} times a second",
        struck(shed, f"shed of {len(answers):,} presses in {SECONDS * ROUNDS} seconds, the others stored"),
        f"Others wait at most {MOST:g} times as long; whoever storms is told",
        f"{slower:.1f} times as long, the slowest in a hundred",
        slower <= MOST,
    )


async def _storming(app: App, turn: int) -> list[Reply]:
    """SECONDS of pressing, whatever is answered."""
    pressed: list[asyncio.Task[tuple[float, Reply]]] = []
    began = time.perf_counter()
    while (gone := time.perf_counter() - began) < SECONDS:
        for nth in range(len(pressed), int(gone * STORM)):
            pressed.append(asyncio.create_task(_does(app, "storm", f"{turn}:{nth}")))
        await asyncio.sleep(0.005)
    return [reply for _, reply in await asyncio.gather(*pressed)]


async def _others(app: App, turn: str) -> float:
    """The time that one in a hundred exceeds, of those who act one after the other for as long as the storm lasts."""
    began, taken = time.perf_counter(), list[float]()
    while time.perf_counter() - began < SECONDS:
        user = f"user{len(taken) % OTHERS}"
        app.limits.person.owing.pop((("local", "local"), user), None)  # they stand for many
        taken.append((await _does(app, user, f"{turn}:{len(taken)}"))[0])
    return quantile(taken, 0.99)


async def _does(app: App, user: str, key: str) -> tuple[float, Reply]:
    began = time.perf_counter()
    place = Place(f"dm:{user}", direct=True)
    reply = await app.on_inbound(Inbound(f"{user}:{key}", Sender("local", "local", user), Ran("help"), place))
    return time.perf_counter() - began, reply
