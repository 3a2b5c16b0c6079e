"""Many at once, on every database: what has to be unique stays so, one of two wins, neighbours are left alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from bot.core.ports import Store, Unit
from bot.core.records import Given, Person
from tests.storage.scenes import NOW, WEEK, message, opened, stored, world

pytest_plugins = ["tests.databases"]

T = TypeVar("T")
THREADS = 8


def together(work: Callable[[int], T], count: int = THREADS) -> list[T | Exception]:
    """Run `work(0..count-1)` at the same moment; results or exceptions in order."""
    start = threading.Barrier(count)

    def one(number: int) -> T | Exception:
        start.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_an_act_delivered_many_times_at_once_counts_once(store: Store) -> None:
    at = world(store)

    def act(_: int) -> bool:
        def work(unit: Unit) -> bool:
            first = unit.first_sight("act", NOW)
            if first:
                unit.save_person(Person(0, "Cleo"))
            return first

        return store.write(at.organisation.id, work)

    assert sorted(map(str, together(act))) == ["False"] * (THREADS - 1) + ["True"]
    assert len(store.read(at.organisation.id, lambda unit: unit.people())) == 3


def test_many_workers_open_one_check_in_for_a_slot(store: Store) -> None:
    at = world(store)

    def tick(_: int) -> list[bool]:
        def work(unit: Unit) -> list[bool]:
            made = []
            for week in range(5):
                checkin = unit.open_checkin(opened(at, slot=NOW + week * WEEK))
                made.append(checkin is not None)
                if checkin is not None:
                    unit.enqueue(message(at, f"invite-{checkin.id}"), NOW)
            return made

        return store.write(at.organisation.id, work)

    results = together(tick)
    assert not [result for result in results if isinstance(result, Exception)]
    assert [sum(made) for made in zip(*results, strict=True)] == [1] * 5
    assert len(store.read(at.organisation.id, lambda unit: unit.live_checkins())) == 5


def test_of_many_who_save_one_revision_one_wins_and_only_his_answer_is_kept(store: Store) -> None:
    at = world(store)
    asked = stored(store, at, opened(at))

    def answer(number: int) -> bool:
        def work(unit: Unit) -> bool:
            won = unit.save(replace(asked, state=replace(asked.state, revision=1)), was=0)
            if won:
                unit.keep([Given(asked.id, "q", number, 1, at.owner.id, NOW)])
            return won

        return store.write(at.organisation.id, work)

    results = together(answer)
    assert results.count(True) == 1
    assert results.count(False) == THREADS - 1
    found = store.read(at.organisation.id, lambda unit: unit.checkin(asked.id))
    assert found is not None
    assert found.state.answers == {"q": results.index(True)}


def test_answers_that_many_append_at_once_are_all_kept(store: Store) -> None:
    at = world(store)
    asked = stored(store, at, opened(at))

    def give(number: int) -> None:
        store.write(
            at.organisation.id,
            lambda unit: unit.keep([Given(asked.id, f"q{number}", number, 1, at.owner.id, NOW)]),
        )

    assert together(give) == [None] * THREADS
    found = store.read(at.organisation.id, lambda unit: unit.checkin(asked.id))
    assert found is not None
    assert found.state.answers == {f"q{number}": number for number in range(THREADS)}


def test_of_two_who_change_one_thing_nobody_overwrites_what_he_did_not_see(store: Store) -> None:
    at = world(store)

    def count(_: int) -> None:
        def work(unit: Unit) -> None:
            person = unit.person(at.owner.id)
            assert person is not None
            unit.save_person(replace(person, hour=(person.hour or 0) + 1))

        store.write(at.organisation.id, work)

    assert together(count) == [None] * THREADS
    found = store.read(at.organisation.id, lambda unit: unit.person(at.owner.id))
    assert found is not None
    assert found.hour == THREADS


def test_one_who_fails_does_not_harm_those_stored_with_him(store: Store) -> None:
    at = world(store)

    def work(number: int) -> int:
        def add(unit: Unit) -> int:
            person = unit.save_person(Person(0, f"P{number}"))
            if number % 2:
                raise ValueError(number)
            return person.id

        return store.write(at.organisation.id, add)

    results = together(work, 16)
    assert [isinstance(result, ValueError) for result in results] == [
        bool(number % 2) for number in range(16)
    ]
    names = {person.name for person in store.read(at.organisation.id, lambda unit: unit.people())}
    assert names - {"Ann Lindqvist", "Bo Strand"} == {f"P{number}" for number in range(0, 16, 2)}


def test_readers_never_see_half_of_a_unit(store: Store) -> None:
    at = world(store)
    done = threading.Event()
    odd: list[int] = []

    def write() -> None:
        for number in range(40):
            store.write(
                at.organisation.id,
                lambda unit, n=number: [unit.save_person(Person(0, f"{n}-{k}")) for k in range(2)],
            )
        done.set()

    def look() -> None:
        while not done.is_set():
            count = len(store.read(at.organisation.id, lambda unit: unit.people()))
            if count % 2:
                odd.append(count)

    threads = [threading.Thread(target=write), threading.Thread(target=look), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert odd == []
