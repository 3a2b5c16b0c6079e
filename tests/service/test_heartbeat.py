"""The worker: one failure never stops the rest, a stop leaves nothing half done."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bot import service
from bot.app import App, MovableClock, build, local_connection
from bot.core.compose import trouble as words
from bot.core.ports import Leased, Store, Unit
from bot.core.records import Address, Event, Identity, Person, Pilot, Schedule, Standing
from bot.service import evaluations, registry, tick
from bot.service.work import TRIES, Work
from bot.settings import load
from bot.storage import errors
from bot.worker import Worker


@pytest.fixture
def app(sqlite_url: str) -> App:
    return build(load({"DATABASE_URL": sqlite_url}), clock=MovableClock())


def own(app: App, count: int) -> list[Pilot]:
    """So many pilots, each with an owner of its own who can be reached."""
    connection = local_connection(app.store, app.organisation)

    def add(work: Work, number: int) -> Pilot:
        owner = work.unit.save_person(Person(0, f"Owner {number}"))
        place = Address(connection.id, "local", f"dm:owner{number}")
        work.unit.save_identity(Identity(owner.id, f"owner{number}", place))
        day = work.today()
        fresh = Pilot(0, "", f"Pilot {number}", stage="pilot", stage_since=day, created=day, owner=owner.id)
        return registry.add_pilot(work, fresh, actor=None)

    def all_of_them(unit: object) -> list[Pilot]:
        work = Work(unit, app.content, app.clock.now())  # type: ignore[arg-type]  # a Unit
        return [add(work, number) for number in range(count)]

    return app.store.write(app.organisation.id, all_of_them)


def an_hour_to_ask(now: datetime) -> datetime:
    """A Tuesday at noon, once everybody's first question has fallen due."""
    day = now + timedelta(days=9)
    return (day + timedelta(days=(1 - day.weekday()) % 7)).replace(hour=12, minute=0)


def opened(store: Store, app: App) -> int:
    return len(
        store.read(app.organisation.id, lambda unit: unit.events(kinds=("checkin.opened",), limit=1000))
    )


def test_one_bad_pilot_never_stops_the_others(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    pilots = own(app, 5)
    original = tick.open_one_due

    def sometimes(work: Work, seen: object) -> None:
        if seen.pilot == pilots[2].id:  # type: ignore[attr-defined]  # a Schedule
            raise RuntimeError("this pilot is broken")
        original(work, seen)  # type: ignore[arg-type]  # as above

    monkeypatch.setattr(tick, "open_one_due", sometimes)
    worker = Worker(app)

    async def three_weeks() -> None:
        await worker.travel(app.clock.now() + timedelta(days=21))

    asyncio.run(three_weeks())
    assert opened(app.store, app) >= 4
    asked = {
        event.pilot
        for event in app.store.read(
            app.organisation.id, lambda unit: unit.events(kinds=("checkin.opened",), limit=1000)
        )
    }
    assert asked == {pilot.id for pilot in pilots} - {pilots[2].id}
    app.close()


@pytest.mark.parametrize("lost", [service.Conflict, errors.Conflict])
def test_a_race_lost_to_other_workers_is_no_failure(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lost: type[Exception]
) -> None:
    own(app, 1)
    races = iter([lost("others were faster")] * TRIES)

    def raced(work: Work) -> list[Pilot]:
        for error in races:
            raise error
        return original(work)

    original = evaluations.renew_due
    monkeypatch.setattr(evaluations, "renew_due", raced)
    asyncio.run(Worker(app).beat())
    assert not app.store.read(
        app.organisation.id, lambda unit: evaluations.due(Work(unit, app.content, app.clock.now()))
    )
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
    app.close()


def test_the_heartbeat_leaves_a_sign_of_life_and_stops_cleanly(app: App) -> None:
    worker = Worker(app)

    async def live() -> None:
        await worker.start()
        await worker.beat()
        await worker.stop()

    asyncio.run(live())
    assert worker.name in app.store.beats()
    app.close()


def test_a_long_delivery_holds_up_neither_what_is_due_nor_the_sign_of_life(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, held, thrice = Worker(app), asyncio.Event(), asyncio.Event()
    beats: list[str] = []

    async def slow(_post: object, **_: object) -> None:
        await held.wait()

    monkeypatch.setattr("bot.worker.deliver.drain", slow)
    monkeypatch.setattr("bot.worker.BEAT", timedelta(seconds=0.01))

    async def live() -> None:
        loop = asyncio.get_running_loop()

        def noted(name: str, now: object) -> None:
            beats.append(name)
            if len(beats) == 3:
                loop.call_soon_threadsafe(thrice.set)

        monkeypatch.setattr(app.store, "beat", noted)
        await worker.start()
        await thrice.wait()
        assert worker._delivering.locked(), "the first delivery is still on its way"
        held.set()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))
    app.close()


def test_beats_that_are_late_become_one_and_a_long_one_gives_a_sign_of_life_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own(app, 7)
    monkeypatch.setattr("bot.worker.MOST_A_BEAT", 2)
    monkeypatch.setattr(tick, "TOGETHER", 1)
    monkeypatch.setattr("bot.worker.BEAT", timedelta(seconds=0.01))
    worker, signs, looking, all_asked = Worker(app), list[int](), 0, asyncio.Event()
    run, sign = worker._run, app.store.beat

    def slow(job: tick.Job, now: Any) -> None:
        nonlocal looking
        looking += 1
        assert looking == 1, "one beat at a time"
        time.sleep(0.03)  # three beats fall due meanwhile
        run(job, now)
        looking -= 1

    monkeypatch.setattr(worker, "_run", slow)

    async def live() -> None:
        loop = asyncio.get_running_loop()

        def noted(*given: Any) -> None:
            sign(*given)
            signs.append(opened(app.store, app))
            if signs[-1] >= 7:
                loop.call_soon_threadsafe(all_asked.set)

        monkeypatch.setattr(app.store, "beat", noted)
        assert isinstance(app.clock, MovableClock)
        app.clock.move_to(an_hour_to_ask(app.clock.now()))
        await worker.start()
        await all_asked.wait()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))
    assert len({count for count in signs if 0 < count < 7}) >= 2, "it was alive while it opened them"
    assert not [one for one in caplog.records if one.name.startswith("apscheduler")]
    app.close()


def test_what_another_process_stored_leaves_without_a_nudge_and_before_the_next_beat(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.BEAT", timedelta(days=1))
    monkeypatch.setattr("bot.worker.PEEK", timedelta(milliseconds=5))
    worker, twice = Worker(app), asyncio.Event()
    looks: list[int] = []

    async def looked(_post: object, **_: object) -> None:
        looks.append(1)
        if len(looks) == 2:
            twice.set()

    monkeypatch.setattr("bot.worker.deliver.drain", looked)

    async def live() -> None:
        await worker.start()
        await twice.wait()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))
    app.close()


def begin_and_stop(worker: Worker, app: App, begun: asyncio.Event) -> None:
    """Start it, tell it to stop once it has begun to deliver, and wait for its end."""

    async def live() -> None:
        await worker.start()
        app.nudge()
        await begun.wait()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))


def test_stopping_waits_for_the_delivery_in_hand(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, begun = Worker(app), asyncio.Event()
    done: list[str] = []

    async def posts(_post: object, **_: object) -> None:
        if not done:
            done.append("posted")
            begun.set()
            await asyncio.sleep(0.05)
            done.append("settled")

    monkeypatch.setattr("bot.worker.deliver.drain", posts)

    begin_and_stop(worker, app, begun)
    assert done == ["posted", "settled"]
    app.close()


def test_a_platform_that_takes_its_time_holds_up_the_end_by_what_is_in_hand(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, begun = Worker(app), asyncio.Event()
    taken: list[int] = []

    async def always_more(_: object, limit: int) -> list[int]:
        taken.extend(range(limit))
        return list(range(limit))

    async def slow(*_: object) -> None:
        begun.set()
        await asyncio.sleep(0.02)

    monkeypatch.setattr("bot.service.deliver._taken", always_more)
    monkeypatch.setattr("bot.service.deliver._one", slow)

    begin_and_stop(worker, app, begun)
    assert taken
    app.close()


def test_told_to_stop_amid_a_mornings_work_it_leaves_the_rest_to_the_next_start(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(app, 5)
    worker, ran = Worker(app), list[object]()

    def told_to_stop(*job: object) -> None:
        ran.append(job)
        worker._stopping.set()

    monkeypatch.setattr("bot.worker.tick.run", told_to_stop)
    worker._tick(app.clock.now() + timedelta(days=30))
    assert len(ran) == 1
    app.close()


def test_a_beat_that_comes_while_it_stops_is_no_error(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker, begun = Worker(app), asyncio.Event()

    async def slow(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.sleep(0.1)

    monkeypatch.setattr("bot.worker.BEAT", timedelta(seconds=0.01))
    monkeypatch.setattr("bot.worker.deliver.drain", slow)

    begin_and_stop(worker, app, begun)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    app.close()


def test_moving_the_clock_lets_everything_happen_at_its_own_time(app: App) -> None:
    own(app, 2)
    worker = Worker(app)
    start = app.clock.now()

    async def travel() -> None:
        await worker.travel(start + timedelta(days=28))

    asyncio.run(travel())
    log = app.store.read(
        app.organisation.id, lambda unit: unit.events(kinds=("checkin.opened", "checkin.missed"))
    )
    moments = sorted(event.at for event in log)
    assert moments
    assert moments[0] > start + timedelta(hours=1)
    assert len({moment.date() for moment in moments}) > 1
    app.close()


def test_a_clock_never_goes_back() -> None:
    clock = MovableClock()
    ahead = clock.now() + timedelta(days=3)
    clock.move_to(ahead)
    clock.move_to(ahead - timedelta(days=2))
    assert clock.now() >= ahead


def test_the_program_refuses_a_database_that_is_not_upgraded(tmp_path: Path) -> None:
    from bot.storage.errors import StorageError

    with pytest.raises(StorageError, match="rampcheck db upgrade"):
        build(load({"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}))


# --- faults that last


def lead(app: App) -> Address:
    """A lead who can be reached."""
    connection = local_connection(app.store, app.organisation)
    place = Address(connection.id, "local", "dm:lena")

    def add(unit: Unit) -> None:
        lena = unit.save_person(Person(0, "Lena", standing=Standing.LEAD))
        unit.save_identity(Identity(lena.id, "lena", place))

    app.store.write(app.organisation.id, add)
    return place


def waiting(app: App) -> list[Leased]:
    """What waits to be sent to the lead, about things that fail."""
    found = app.store.outbox.lease(app.clock.now(), limit=100, hold=1)
    return [one for one in found if one.message.key.startswith("failed:")]


def ticks(app: App, worker: Worker, *moments: datetime) -> None:
    for moment in moments:
        worker._tick(moment)


def test_what_fails_again_and_again_is_told_to_a_lead_once_by_whatever_worker(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    pilots = own(app, 2)
    lead(app)
    monkeypatch.setattr(tick, "open_one_due", broken_for(pilots[0], tick.open_one_due))
    due = app.clock.now() + timedelta(days=20)
    for worker in (Worker(app), Worker(app)):  # the second as after a restart
        ticks(app, worker, *(due + timedelta(hours=2 * turn) for turn in range(6)))
    app.clock.move_to(due + timedelta(days=1))  # type: ignore[attr-defined]  # a MovableClock
    (told,) = waiting(app)
    assert told.message.card.title == "Pilot 0: something fails"
    assert "Everything else goes on" in told.message.card.fallback
    assert "this pilot is broken" not in told.message.card.fallback, "its text may hold what somebody wrote"
    app.close()


def test_one_pilot_that_cannot_be_evaluated_stops_no_other(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    pilots = own(app, 5)
    monkeypatch.setattr("bot.service.evaluations.renew", broken_for(pilots[2], evaluations.renew))
    night = app.clock.now() + timedelta(days=2)
    ticks(app, Worker(app), night)
    seen = app.store.read(app.organisation.id, lambda unit: [unit.evaluation(one.id) for one in pilots])
    assert [found is not None and found.due_at > night for found in seen] == [True, True, False, True, True]
    app.close()


def test_a_full_batch_of_bad_pilots_leaves_room_for_the_others(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tick, "BATCH", 3)
    pilots = own(app, 5)
    bad = {pilot.id for pilot in pilots[:4]}
    original = tick.open_one_due

    def sometimes(work: Work, seen: Schedule) -> None:
        if seen.pilot in bad:
            raise RuntimeError("this pilot is broken")
        original(work, seen)

    monkeypatch.setattr(tick, "open_one_due", sometimes)
    due = app.clock.now() + timedelta(days=20)
    ticks(app, Worker(app), *(due + timedelta(hours=turn) for turn in range(48)))
    assert opened(app.store, app) >= 1
    app.close()


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        ("bot.service.retention.forget", "forget"),
        ("bot.service.sealing._seal_some", "seal"),
        ("bot.service.auditor.audit", "audit"),
    ],
)
def test_what_is_done_for_all_organisations_fails_in_one_alone_and_its_lead_hears_once(
    app: App, monkeypatch: pytest.MonkeyPatch, work: str, kind: str
) -> None:
    lead(app)
    other = app.store.add_organisation("Birch", "Europe/Riga")
    for organisation in (app.organisation.id, other.id):
        app.store.write(organisation, lambda unit: unit.record(Event("some.event", app.clock.now(), None)))
    module, _, name = work.rpartition(".")
    original, done = getattr(import_module(module), name), set()

    def sometimes(of: Any, *rest: Any) -> Any:
        organisation = getattr(of, "unit", of).organisation.id
        if organisation == app.organisation.id:
            raise RuntimeError("this organisation is broken")
        done.add(organisation)
        return original(of, *rest)

    monkeypatch.setattr(work, sometimes)
    night = app.clock.now().replace(hour=23, minute=30)
    for worker in (Worker(app), Worker(app)):  # the second as after a restart
        for turn in range(3):
            now = night + turn * timedelta(hours=2)
            for do in (worker._audit, worker._seal, worker._forget):
                do(now)
    app.clock.move_to(night + timedelta(days=1))  # type: ignore[attr-defined]  # a MovableClock
    assert done == {other.id}, "the one after it had its turn"
    (told,) = waiting(app)
    assert told.message.key.startswith(f"failed:{kind}:{app.organisation.id}:")
    assert len(app.store.read(app.organisation.id, lambda unit: unit.events(kinds=("job.failed",)))) == 1
    assert words.JOBS[kind] in told.message.card.fallback
    app.close()


def broken_for(pilot: Pilot, original: Any) -> Any:
    """The same work, but for one pilot that it breaks on; it takes (work, schedule) or (work, pilot)."""

    def sometimes(work: Work, seen: Any) -> Any:
        if pilot.id in (getattr(seen, "pilot", None), seen.id if isinstance(seen, Pilot) else None):
            raise RuntimeError("this pilot is broken")
        return original(work, seen)

    return sometimes
