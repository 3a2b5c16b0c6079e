"""Many that fall due at one moment share their transactions, and one that is bad shares nothing with the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.app import MovableClock, build
from bot.core.ports import Store, Unit
from bot.core.records import Identity, Person, Pilot, Schedule
from bot.service import tick
from bot.service.tick import TOGETHER, Job
from bot.settings import load
from bot.storage import open_store
from bot.worker import Worker
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

MANY = 2 * TOGETHER
STATEMENTS = 4  # of a first check-in that is opened among many; alone it was 33


@pytest.fixture
def office(any_store: Store) -> Office:
    return crowded(any_store)


def crowded(store: Store) -> Office:
    """So many owners who are to be asked at the same moment."""
    office = Office(store, now=MONDAY + timedelta(days=1))
    office.write(lambda unit: [_planned(unit, office, number) for number in range(MANY)])
    return office


def _planned(unit: Unit, office: Office, number: int) -> None:
    owner = unit.save_person(Person(0, f"Owner {number}"))
    unit.save_identity(Identity(owner.id, f"owner{number}", office.address(f"owner{number}")))
    days = {"stage_since": MONDAY.date(), "created": MONDAY.date()}
    pilot = unit.save_pilot(Pilot(0, f"p{number}", f"Pilot {number}", owner=owner.id, stage="pilot", **days))
    unit.save_schedule(Schedule(0, pilot.id, "pulse", office.now))


def jobs(office: Office) -> list[Job]:
    return list(tick.due(office.store, office.content, office.now))


def opened(office: Office) -> list[int]:
    """The pilots of which something was asked, in that order."""
    found = office.read(lambda unit: unit.events(kinds=("checkin.opened",), limit=1000))
    return [one.pilot for one in reversed(found)]


def test_many_are_opened_in_a_few_transactions_with_few_statements(
    office: Office, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    single = jobs(office)
    joint = list(tick.joined(single))
    writes: list[int] = []
    write = office.store.write
    monkeypatch.setattr(office.store, "write", lambda *given: (writes.append(1), write(*given))[1])
    sent.clear()
    for job in joint:
        tick.run(office.store, office.content, job, office.now)
    assert len(single) == MANY
    assert len(writes) == len(joint) == MANY // TOGETHER
    assert len(sent) / MANY <= STATEMENTS
    assert opened(office) == [job.pilot for job in single], "each once, in their order"
    assert jobs(office) == []


def test_what_one_bad_pilot_undoes_is_done_for_each_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *_) = tick.joined(jobs(office))
    bad, open_due = first.parts[3].pilot, tick._open_slot

    def sometimes(work: Any, pilot: Any, schedule: Any) -> None:
        open_due(work, pilot, schedule)
        if pilot.id == bad:
            raise RuntimeError("this pilot is broken")

    monkeypatch.setattr(tick, "_open_slot", sometimes)
    with pytest.raises(RuntimeError):
        tick.run(office.store, office.content, first, office.now)
    assert opened(office) == [], "all or nothing"
    for part in first.parts:
        if part.pilot != bad:
            tick.run(office.store, office.content, part, office.now)
    assert opened(office) == [part.pilot for part in first.parts if part.pilot != bad]


@pytest.mark.postgres  # alone: SQLite has one worker
def test_what_another_worker_has_in_hand_is_left_to_it(postgres_url: str) -> None:
    store = open_store(postgres_url)
    office = crowded(store)
    (first, second) = tick.joined(jobs(office))
    mine = {part.pilot: "pulse" for part in first.parts if part.pilot is not None}

    def by_another(unit: Unit) -> None:
        unit.foresee(mine, back=1, nags=1)
        for job in (first, second):
            tick.run(office.store, office.content, job, office.now)

    office.write(by_another)
    assert opened(office) == [part.pilot for part in second.parts]
    assert [job.pilot for job in jobs(office)] == list(mine), "they are still due"
    store.close()


def test_what_looks_at_all_pilots_joins_nothing_and_nothing_leaves_its_place() -> None:
    def job(name: str, organisation: int, *, joins: bool = True) -> Job:
        return Job(name, organisation, lambda _: None, joins=joins)

    alone = job("night", 1, joins=False)
    given = [alone, job("a", 1), job("b", 1), job("c", 2), alone, job("d", 1)]
    found = list(tick.joined(given))
    assert [one.parts or (one,) for one in found] == [
        (alone,),
        (given[1], given[2]),
        (given[3],),
        (alone,),
        (given[5],),
    ]


def test_what_makes_itself_due_over_and_over_ends_and_is_reported(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.worker.MOST_A_BEAT", 10)
    monkeypatch.setattr(tick, "ROUNDS", 60)
    app = build(load({"DATABASE_URL": sqlite_url}), clock=MovableClock())
    again = [Job(name, app.organisation.id, lambda _: None) for name in "ab"]
    monkeypatch.setattr(tick, "due", lambda *_, **__: iter(again))
    monkeypatch.setattr("bot.worker.MOST_LOOKS", 3)
    worker = Worker(app)
    assert worker._tick(app.clock.now()) is False
    assert "tick.storm" in caplog.text
    app.close()


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """Every statement that is sent."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)
