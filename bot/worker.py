"""The heartbeat: opens what is due and delivers what waits; all truth is in the database, none in here."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence, Set
from datetime import datetime, timedelta
from functools import partial
from os import getpid

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import service
from bot.app import App, MovableClock, settle, until_stopped
from bot.core.links import Due, Tried
from bot.core.ports import Opener
from bot.core.records import OrganisationId
from bot.log import get
from bot.service import auditor, deliver, failing, given_up, links, redraw, retention, sealing, tick
from bot.storage import errors

BEAT = timedelta(seconds=2)  # what falls due is seen within this time
# What another process stored leaves within this time; docs/adr/0018 weighs it against LISTEN and NOTIFY.
PEEK = timedelta(milliseconds=500)
RACES = (service.Conflict, errors.Conflict)  # lost again and again: no fault of the job's
POISON_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)  # a job that fails is let rest
LINKS_EVERY = timedelta(minutes=1)  # a round of links: ten at most for each organisation
LINKS_AT_ONCE = 5
ONLINE = timedelta(
    days=1
)  # where no link at all has answered for so long, it is our own connection that is shut
TELL_AFTER = 2  # failures of a job: the first may have been a moment's
FORGOTTEN = timedelta(days=1)
MOST_A_BEAT = 1000  # jobs: some seconds of them; then the sign of life, and on
MOST_LOOKS = (
    50  # of a beat that is cut short: what falls due again and again is a storm, which `tick.looks` ends
)
STOPS = 1000  # moments at which something is due on one journey of the clock; a year of the demo has fewer

log = get("worker")


class Worker:
    """One worker. Any number may run against one PostgreSQL database; SQLite takes one."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.name = f"{socket.gethostname()}:{getpid()}"
        self._beating = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._time = asyncio.Event()  # to look at what is due
        self._stopping = asyncio.Event()
        self._resting: dict[str, tuple[int, datetime]] = {}
        self._audited: datetime | None = None
        self._sealed: datetime | None = None
        self._nights = retention.Nights()
        self._timer = AsyncIOScheduler(timezone="UTC")
        self._clerk: asyncio.Task[None] | None = None
        self._courier: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answered: datetime | None = None  # when a link of somebody's last answered at all

    async def start(self) -> None:
        """Begin to beat. APScheduler holds no schedule but this one (performance.md, 5)."""
        self.app.nudge = partial(self._nudge, asyncio.get_running_loop())
        self._timer.add_job(
            self._pulse,  # a sign and no more: beats that come while one is at work become one
            "interval",
            seconds=BEAT.total_seconds(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._timer.start()
        if self.app.desk is not None and isinstance(self.app.clock, MovableClock):
            self.app.desk.travel = self.travel
        self._clerk = asyncio.create_task(self._attend())
        self._courier = asyncio.create_task(self._carry())
        if self.app.opener is not None:
            self._reader = asyncio.create_task(self._read_on(self.app.opener))

    async def stop(self) -> None:
        """Stop beating; what is in hand is finished, so that nothing is half done and no lease is left behind.

        That takes as long as the slowest answer at most (`deliver.SEND_WITHIN`), or the job that runs: what waits
        behind it stays for the next start.
        """
        self._stopping.set()
        if self._timer.running:
            self._timer.pause()  # no beat comes to wait for the locks: shutting the timer down would cancel it
        async with self._beating, self._delivering:
            if self._timer.running:
                self._timer.shutdown(wait=False)
            tasks = [task for task in (self._clerk, self._courier, self._reader) if task is not None]
            for task in tasks:
                task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _nudge(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(self._wanted.set)

    async def beat(self) -> None:
        """One whole heartbeat: everything due is done, everything waiting is sent."""
        while await self._look():
            pass
        await self._deliver()

    async def _pulse(self) -> None:
        self._time.set()

    async def _attend(self) -> None:
        """Beat when it is time: a Monday morning's messages may take minutes, and neither what is due nor the sign of
        life waits for them.
        """
        while True:
            await self._time.wait()
            self._time.clear()
            if await self._look():
                self._time.set()
            self._wanted.set()

    async def _look(self) -> bool:
        """Do what is due, then what is done now and then; whether there is more that is due now."""
        async with self._beating:
            if self._stopping.is_set():
                return False
            more = False
            try:
                now = self.app.clock.now()
                more = await asyncio.to_thread(self._tick, now)
                await asyncio.to_thread(self.app.store.beat, self.name, now)
                if not more:
                    await asyncio.to_thread(self._audit, now)
                await asyncio.to_thread(self._seal, now)
                await asyncio.to_thread(self._forget, now)
            except Exception as error:  # noqa: BLE001  # the loop must outlive any failure; the next beat tries again
                log.error("beat.failed", cause=error)
            return more

    def _tick(self, now: datetime) -> bool:
        """Run due jobs, so many of them or until told to stop, and say whether there are more.

        A job that fails rests and never stops the others.
        """
        store, content, done = self.app.store, self.app.content, 0
        looks = tick.looks(store, content, now, resting=lambda: self._asleep(now))
        for nth, jobs in enumerate(looks):
            for job in tick.joined(jobs):
                if self._stopping.is_set():
                    return False
                if done >= MOST_A_BEAT and nth < MOST_LOOKS:
                    return True
                self._run(job, now)
                done += len(job.parts) or 1
        return False

    def _audit(self, now: datetime) -> None:
        """Now and then, once all that was due is done: is there a sign of all of it?"""
        if self._audited is not None and self._audited <= now < self._audited + auditor.EVERY:
            return
        found: list[auditor.Audit] = []

        def look(at: OrganisationId) -> None:
            found.append(auditor.watch(self.app.store, self.app.content, now, organisation=at))
            given_up.watch(self.app.store, self.app.content, now, organisation=at)

        for organisation in self.app.store.organisations():
            self._alone("audit", organisation.id, partial(look, organisation.id), now)
        self.app.meter.audited(
            missed=sum(len(one.missed) for one in found), unsent=sum(len(one.unsent) for one in found)
        )
        self._audited = now

    def _seal(self, now: datetime) -> None:
        """Once a minute: what was logged since is sealed."""
        if self._sealed is None or not self._sealed <= now < self._sealed + sealing.EVERY:
            for organisation in self.app.store.organisations():
                do = partial(sealing.seal_one, self.app.store, organisation.id)
                self._alone("seal", organisation.id, do, now)
            self._sealed = now

    def _forget(self, now: datetime) -> None:
        """At night: a little of what was kept long enough."""
        store, content = self.app.store, self.app.content
        for organisation, kind in self._nights.due(store, now):
            do = partial(self._nights.go_on, store, content, now, organisation=organisation, kind=kind)
            self._alone("forget", organisation.id, do, now, part=kind.value)

    def _alone(
        self,
        what: str,
        organisation: OrganisationId,
        do: Callable[[], object],
        now: datetime,
        *,
        part: str = "",
    ) -> None:
        """What is done for all organisations, for one of them: as a job, so that it stops no other and is told of."""
        trouble = f"{what}:{organisation}"
        name = f"{trouble}:{part}" if part else trouble
        if name not in self._asleep(now):
            month = now.date().replace(day=1).isoformat()
            job = tick.Job(name, organisation, lambda _: None, since=month, trouble=trouble)
            self._try(job, do, now)

    def _run(self, job: tick.Job, now: datetime) -> None:
        self._try(job, partial(tick.run, self.app.store, self.app.content, job, now), now)

    def _try(self, job: tick.Job, do: Callable[[], object], now: datetime) -> None:
        try:
            do()
        except Exception as error:  # noqa: BLE001  # one bad pilot, person or channel never stops the others
            if job.parts:  # nothing of it was stored: each for itself, so that the one to blame fails alone
                log.info("jobs.apart", cause=type(error).__name__, jobs=len(job.parts))
                for part in job.parts:
                    self._run(part, now)
                return
            failures = self._resting.get(job.name, (0, now))[0]
            if isinstance(error, RACES):  # others are at it: what they leave is found with the next beat
                log.debug("job.raced", cause=type(error).__name__, job=job.name)
                self._resting[job.name] = (failures, now + BEAT)
                return
            wait = POISON_WAITS[min(failures, len(POISON_WAITS) - 1)]
            self._resting[job.name] = (failures + 1, now + wait)
            log.error("job.failed", cause=error, job=job.name, failures=failures + 1, after=wait)
            if failures + 1 >= TELL_AFTER:
                self._tell(job, error, now)
        else:
            self._resting.pop(job.name, None)

    def _tell(self, job: tick.Job, cause: Exception, now: datetime) -> None:
        try:
            failing.tell(self.app.store, self.app.content, job, cause, now)
        except Exception as error:  # noqa: BLE001  # whoever cannot be told now is told at the next failure
            log.error("job.untold", cause=error, job=job.name)

    def _asleep(self, now: datetime) -> Set[str]:
        """The jobs that rest at a moment; what has not failed for a day is forgotten."""
        gone = [name for name, (_, until) in self._resting.items() if now - until > FORGOTTEN]
        for name in gone:
            del self._resting[name]
        return {name for name, (_, until) in self._resting.items() if until > now}

    async def _carry(self) -> None:
        """Deliver as soon as something was stored here, and look twice a second for what others stored."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PEEK.total_seconds()):
                    await self._wanted.wait()
            self._wanted.clear()
            await self._deliver()

    async def _deliver(self) -> None:
        async with self._delivering:
            try:
                await deliver.drain(self.app.post, stopping=self._stopping.is_set)
                await redraw.redraw(self.app.post, self.app.content, stopping=self._stopping.is_set)
            except Exception as error:  # noqa: BLE001  # as above
                log.error("deliver.failed", cause=error)

    async def _read_on(self, opener: Opener) -> None:
        """A few links every minute, beside everything else: nothing waits for somebody else's server."""
        while True:
            await asyncio.sleep(LINKS_EVERY.total_seconds())
            try:
                await self.open_links(opener)
            except Exception as error:  # noqa: BLE001  # as above
                log.error("links.failed", cause=error)

    async def open_links(self, opener: Opener) -> None:
        """Open a few links of each organisation, and keep what came of it; no transaction is open meanwhile."""
        store, now = self.app.store, self.app.clock.now()
        for organisation in await asyncio.to_thread(store.organisations):
            due = await asyncio.to_thread(links.due, store, organisation.id, now)
            tried = dict(zip(due, await self._opened(opener, due), strict=True))
            if Tried.OPENED in tried.values() or Tried.SHUT in tried.values():
                self._answered = now
            online = self._answered is not None and now - self._answered < ONLINE
            found = {
                one: came if came is not Tried.SILENT else _silence(online=online)
                for one, came in tried.items()
            }
            if found:
                await asyncio.to_thread(
                    links.settle, store, self.app.content, organisation.id, found, now=now
                )

    async def _opened(self, opener: Opener, due: Sequence[Due]) -> list[Tried]:
        few = asyncio.Semaphore(LINKS_AT_ONCE)

        async def one(link: str) -> Tried:
            async with few:
                return await opener.tried(link)

        return await asyncio.gather(*(one(each.link) for each in due))

    async def travel(self, moment: datetime) -> None:
        """Move a movable clock to `moment`; everything due on the way happens at its own time, in order."""
        clock = self.app.clock
        assert isinstance(clock, MovableClock), "start() offers travel only with such a clock"  # noqa: S101  # for mypy
        for _ in range(STOPS):
            due = await asyncio.to_thread(self._next_moment)
            if due is None or due > moment:
                break
            clock.move_to(due)
            await self.beat()
            if await asyncio.to_thread(self._next_moment) == due:
                break  # a job at this moment keeps failing; it rests, and time goes on
        clock.move_to(moment)
        await self.beat()

    def _next_moment(self) -> datetime | None:
        store = self.app.store
        moments = [store.read(one.id, lambda unit: unit.next_moment()) for one in store.organisations()]
        return min((moment for moment in moments if moment is not None), default=None)


def _silence(*, online: bool) -> Tried:
    """What it means that nothing answers: the link is gone, or our own way to the world is."""
    return Tried.SHUT if online else Tried.UNSURE


async def work(app: App) -> None:
    """A worker alone, until it is told to stop."""
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # it listens from here on: told to stop while still starting, we stop as cleanly
    worker = Worker(app)
    await worker.start()
    settle()
    log.info("worker.started", worker=worker.name)
    await stopped
    await worker.stop()
    app.close()
    log.info("worker.stopped", worker=worker.name)
