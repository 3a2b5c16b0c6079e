"""Rows 11 and 23: the same act delivered many times at once, and one person who presses a thousand times a second."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bot.app import App, build
from bot.core.compose.trouble import TOO_MUCH
from bot.core.ports import Inbound, Place, Problems, Ran, Reply, Sender
from bot.service import receive
from bot.settings import load
from bot.storage import open_store
from tests.bench.rounds import quantile
from tests.databases import cloned, running_postgres
from tests.fakes.office import CALM, CONTENT, Office
from tests.faults.matrix import Row, struck
from tests.faults.places import folder, sqlite

COPIES, STORES = 50, 3
STORM = 1000  # presses a second
SECONDS, OTHERS, ROUNDS = 2, 20, 5
MOST = 2.0  # times as long as without the storm


def rows() -> Iterator[Row]:
    """Both."""
    yield duplicates()
    with sqlite() as url:
        yield asyncio.run(storm(build(load({"DATABASE_URL": url}))))


def duplicates() -> Row:
    """Row 11, on PostgreSQL: one act through several pools of connections, as several processes have them."""
    with folder() as place, running_postgres(place / "pg") as server:
        url = cloned(server)
        stores = [open_store(url) for _ in range(STORES)]
        office = Office(stores[0])
        office.pilot("Invoice matcher", office.person("dana"))
        office.until_asked("dana")
        before = len(office.events())
        inbound = _sent(office)

        def deliver(nth: int) -> Reply:
            return receive.receive(stores[nth % STORES], CONTENT, inbound, office.now)

        with ThreadPoolExecutor(COPIES) as pool:
            replies = list(pool.map(deliver, range(COPIES)))
        done = office.events("checkin.answered")
        submissions = office.read(lambda unit: len(unit.given(unit.history(1, limit=1)[0].id)))
        written = len(office.events()) - before
        errors = sum(isinstance(reply, Problems) for reply in replies)
        for store in stores:
            store.close()
    return Row(
        11,
        "One act delivered again and again, at the same moment, through several processes' connections",
        struck(len(replies) - 1, f"copies at once, through {STORES} pools on PostgreSQL"),
        "Counted once; nobody gets an error",
        f"{len(done)} check-in answered with {submissions} answers, {written} events, {errors} errors",
        len(done) == 1 and submissions == len(CALM) and errors == 0,
    )


def _sent(office: Office) -> Inbound:
    """The form, sent."""
    from bot.core.card import Submit  # for this alone
    from bot.core.ports import Clicked  # as well

    card = office.platform.inbox("dana")[-1]
    token = next(action.token for action in card.actions if isinstance(action, Submit))
    return Inbound(
        "once", Sender("local", "local", "dana"), Clicked(token, CALM), Place("dm:dana", direct=True)
    )


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
