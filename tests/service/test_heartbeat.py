"""The worker: one failure never stops the rest, a stop leaves nothing half done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App, MovableClock, build, local_connection
from bot.core.ports import Store
from bot.core.records import Address, Identity, Person, Pilot
from bot.service import registry, tick
from bot.service.work import Work
from bot.settings import load
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


def opened(store: Store, app: App) -> int:
    return len(
        store.read(app.organisation.id, lambda unit: unit.events(kinds=("checkin.opened",), limit=1000))
    )


def test_one_bad_pilot_never_stops_the_others(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    pilots = own(app, 5)
    original = tick.open_due

    def sometimes(work: Work, seen: object) -> None:
        if seen.pilot == pilots[2].id:  # type: ignore[attr-defined]  # a Schedule
            raise RuntimeError("this pilot is broken")
        original(work, seen)  # type: ignore[arg-type]  # as above

    monkeypatch.setattr(tick, "open_due", sometimes)
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

    async def live() -> None:
        await worker.start()
        app.nudge()
        await begun.wait()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))
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

    async def live() -> None:
        await worker.start()
        app.nudge()
        await begun.wait()
        await worker.stop()

    asyncio.run(asyncio.wait_for(live(), 30))
    assert taken
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
