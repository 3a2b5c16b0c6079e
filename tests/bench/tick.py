"""What falls due: goal G11, a beat of 10,000 pilots of which 100 are due, and from due to sent.

Beside opening check-ins stands an APScheduler job store with a job for each pilot, which does nothing but come due: it
is found, its next moment is stored, a function that does nothing is called. Ours opens a check-in as well, composes its
message, puts it into the outbox and plans the next one. So two things are told apart: the look that finds what is due,
which is what both do, and the beat that opens it. Where all are due a sample is opened, and what all would take is
computed from it: it says so.
"""

from __future__ import annotations

import asyncio
import atexit
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.app import settle
from bot.service import deliver, tick
from bot.storage import open_store
from tests.bench.crowd import answered_once, multiply
from tests.bench.places import each_database
from tests.bench.rounds import MILLI, ROUNDS, Figure, interleaved, latency, ratio, spread, timed
from tests.bench.status import heard
from tests.fakes.office import Office

PILOTS = 10_000
DUE = 100  # pilots due at one beat; also the sample
OF_SCHEDULER, GAP_MOST_MS = 0.03, 20.0  # G11
FORTNIGHT = timedelta(days=14)
EACH_S = 0.002  # between two looks at the loop


def figures(rounds: int = ROUNDS, pilots: int = PILOTS) -> Iterator[Figure]:
    """The measures on both databases."""
    beside, gap = scheduler(pilots, pilots)
    yield Figure(
        f"APScheduler, {pilots:,} jobs due that do nothing", f"{beside:.1f} s; loop held up {gap:.1f} s"
    )
    for name, url in each_database():
        with due(url, pilots) as beats:
            yield from measured(f"{pilots:,} pilots, {name}", beats, beside, rounds)


def measured(where: str, beats: Beats, beside: float, rounds: int) -> Iterator[Figure]:
    """Beats of a hundred that are due, one after the other; then what waits is sent."""
    many = min(DUE, beats.pilots // (rounds + 1))  # of fewer pilots fewer are due
    empty = [beats.empty() for _ in range(rounds)]
    yield spread(f"a beat with nothing due, {where}", [one * MILLI for one in empty], "ms")
    rows = interleaved(
        beats.found, partial(beats.open, many), lambda: scheduler(beats.pilots, many), rounds=rounds
    )
    looks, found, jobs = ([row[part] for row in rows] for part in range(3))
    taken, gaps = [one for one, _ in found], [gap * MILLI for _, gap in found]
    timers = [one for one, _ in jobs]
    yield spread(f"a look that finds {tick.BATCH} due, {where}", [one * MILLI for one, _ in looks], "ms")
    yield spread(f"a beat with {many} due, {where}", [one * MILLI for one in taken], "ms")
    yield ratio(
        f"a look that finds {tick.BATCH} due / APScheduler's {many} jobs that do nothing, {where}",
        [(look, timer) for (look, _), timer in zip(looks, timers, strict=True)],
    )
    yield ratio(
        f"a beat that opens {many} / APScheduler's {many} jobs that do nothing, {where}",
        list(zip(taken, timers, strict=True)),
    )
    whole = statistics.median(taken) / many * beats.pilots
    share = whole / beside
    yield Figure(
        f"all due, by that / APScheduler's jobs that do nothing, {where} (G11)",
        f"{share:.2f} x: {whole:.0f} s",
        f"<= {OF_SCHEDULER:g} x",
        share <= OF_SCHEDULER,
    )
    yield spread(f"loop held up while {many} fall due, {where} (G11)", gaps, "ms", most=GAP_MOST_MS)
    yield Figure(f"statements of one that falls due, {where}", f"{beats.statements(many):.1f}")
    sent = heard(lambda: beats.delays.extend(asyncio.run(beats.deliver())))
    yield Figure(f"statements of a message that is sent, {where}", f"{len(sent) / len(beats.delays):.1f}")
    yield latency(f"from the outbox to sent, {len(beats.delays)} that wait at once, {where}", beats.delays)


class Beats:
    """An organisation in which many fall due at one moment."""

    def __init__(self, office: Office, moment: datetime, pilots: int) -> None:
        self.office = office
        self.moment = moment
        self.pilots = pilots
        self.delays: list[float] = []
        self._jobs = iter([one for one in self._due() if one.joins])

    def _due(self) -> Iterator[tick.Job]:
        return tick.due(self.office.store, self.office.content, self.moment)

    def empty(self) -> float:
        """Seconds that a look takes when nothing is due."""
        before = self.moment - FORTNIGHT
        return timed(lambda: list(tick.due(self.office.store, self.office.content, before)))

    def found(self) -> tuple[float, float]:
        """Seconds that a look takes which finds as many as one ever does; the loop is not looked at."""
        return timed(lambda: list(self._due())), 0.0

    def open(self, many: int) -> tuple[float, float]:
        """Seconds that so many take, in a thread as the worker has it; and how long the loop was held up at most."""
        return asyncio.run(_watched(partial(self._some, many)))

    def _some(self, many: int) -> None:
        """As many as fall due at one beat, joined as a worker joins them."""
        for job in tick.joined(self._next() for _ in range(many)):
            tick.run(self.office.store, self.office.content, job, self.moment)

    def _next(self) -> tick.Job:
        job = next(self._jobs, None)
        if job is None:
            self._jobs = iter([one for one in self._due() if one.joins])
            job = next(self._jobs)
        return job

    def statements(self, many: int) -> float:
        return len(heard(partial(self._some, many))) / many

    async def deliver(self) -> list[float]:
        """Seconds from the moment at which all that waits may go to each one that is sent."""
        began, found = time.perf_counter(), list[float]()
        platform: Any = self.office.platform
        send = platform.send

        async def noted(*given: Any, **more: Any) -> Any:
            ref = await send(*given, **more)
            found.append(time.perf_counter() - began)
            return ref

        platform.send = noted
        office = self.office
        await deliver.drain(
            deliver.Post(office.store, {"local": platform}, lambda: self.moment, office.content)
        )
        return found


@contextmanager
def due(url: str, pilots: int) -> Iterator[Beats]:
    """Pilots that have answered once, and at whose next slot all are due."""
    office = answered_once(url)
    multiply(url, pilots)
    office.store = open_store(url)
    settle()  # as in production
    try:
        yield Beats(office, office.now + FORTNIGHT, pilots)
    finally:
        office.store.close()


async def _watched(work: Callable[[], object]) -> tuple[float, float]:
    loop, worst = asyncio.get_running_loop(), 0.0

    async def look() -> None:
        nonlocal worst
        while True:
            before = loop.time()
            await asyncio.sleep(EACH_S)
            worst = max(worst, loop.time() - before - EACH_S)

    looking = asyncio.create_task(look())
    began = time.perf_counter()
    await asyncio.to_thread(work)
    took = time.perf_counter() - began
    looking.cancel()
    return took, worst


# --- APScheduler ------------------------------------------------------------------------------------------------------


def nothing() -> None:
    """The job."""


def scheduler(jobs: int, due: int) -> tuple[float, float]:
    """Seconds until so many of the jobs in a store on SQLite have come due and run, and how long the loop was held up.

    What fills the store is not counted; it is filled once, and used again.
    """
    return asyncio.run(_scheduled(f"sqlite:///{_filled(jobs)}", jobs, due))


@cache
def _filled(jobs: int) -> Path:
    """A store with so many jobs, none of which is due."""
    folder = TemporaryDirectory(prefix="rampcheck-bench-")
    atexit.register(folder.cleanup)
    return Path(folder.name) / "jobs.db"


async def _scheduled(url: str, jobs: int, due: int) -> tuple[float, float]:
    from apscheduler.events import EVENT_JOB_EXECUTED
    from apscheduler.executors.asyncio import AsyncIOExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    timer = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(url)},
        executors={"default": AsyncIOExecutor()},
        timezone="UTC",
    )
    ran, done = 0, asyncio.Event()

    def count(_: object) -> None:
        nonlocal ran
        ran += 1
        if ran == due:
            done.set()

    timer.add_listener(count, EVENT_JOB_EXECUTED)
    timer.start(paused=True)
    now = datetime.now(UTC)
    for number in range(due if timer.get_job("0") else jobs):
        timer.add_job(
            nothing,
            "interval",
            weeks=2,
            id=str(number),
            next_run_time=now - timedelta(seconds=1) if number < due else now + FORTNIGHT,
            misfire_grace_time=None,
            coalesce=True,
            replace_existing=True,
        )
    began = time.perf_counter()
    timer.resume()
    blocked = asyncio.get_running_loop().time()
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    held = asyncio.get_running_loop().time() - blocked
    await done.wait()
    took = time.perf_counter() - began
    timer.shutdown(wait=False)
    return took, held
