"""Many things on their way at once, and things done together; nothing here knows what they are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from bot.service.flow import Together, keep_going


@dataclass
class Road:
    """Things that wait, each let through by whoever holds its gate; whoever is not held goes at once."""

    waiting: list[int]
    held: dict[int, asyncio.Event] = field(default_factory=dict)
    way: set[int] = field(default_factory=set)
    most: int = 0
    arrived: list[int] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    stopped: bool = False

    async def take(self, limit: int) -> Sequence[int]:
        self.looks.append(limit)
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def carry(self, one: int) -> None:
        self.way.add(one)
        self.most = max(self.most, len(self.way))
        await self.held.get(one, DONE).wait()
        await asyncio.sleep(0)
        self.way.remove(one)
        self.arrived.append(one)
        if one < 0:
            raise ValueError(one)

    async def go(self) -> int:
        return await keep_going(self.take, self.carry, at_once=4, batch=2, stopping=lambda: self.stopped)


DONE = asyncio.Event()
DONE.set()


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110  # what is waited for does not know that it is
        await asyncio.sleep(0)


def test_everything_arrives_and_never_more_than_so_many_are_on_their_way() -> None:
    road = Road(list(range(40)))
    assert asyncio.run(road.go()) == 40
    assert sorted(road.arrived) == list(range(40))
    assert road.most == 4, "it is used, too"


def test_who_is_slow_holds_up_nobody_else() -> None:
    async def story() -> None:
        gate = asyncio.Event()
        road = Road(list(range(40)), held={0: gate})
        going = asyncio.create_task(road.go())
        await until(lambda: len(road.arrived) == 39)
        assert 0 not in road.arrived
        gate.set()
        assert await going == 40

    asyncio.run(asyncio.wait_for(story(), 30))


def test_what_comes_while_the_last_ones_are_on_their_way_is_taken_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.service.flow.LOOK_AGAIN", 0.01)

    async def story() -> None:
        gate = asyncio.Event()
        road = Road([0], held={0: gate})
        going = asyncio.create_task(road.go())
        await until(lambda: 0 in road.way)
        road.waiting = [1]
        await until(lambda: 1 in road.arrived)
        gate.set()
        assert await going == 2

    asyncio.run(asyncio.wait_for(story(), 30))


def test_told_to_stop_it_finishes_what_is_in_hand() -> None:
    async def story() -> None:
        gate = asyncio.Event()
        road = Road([0, 1, 2, 3, 4], held={0: gate})
        going = asyncio.create_task(road.go())
        await until(lambda: 0 in road.way)
        road.stopped = True
        gate.set()
        assert await going == len(road.arrived)
        assert road.waiting

    asyncio.run(asyncio.wait_for(story(), 30))


def test_a_fault_ends_it_once_the_others_have_arrived() -> None:
    road = Road([-1, 1, 2, 3, 4, 5, 6, 7])
    with pytest.raises(ValueError, match="-1"):
        asyncio.run(road.go())
    assert not road.way
    assert road.waiting, "nothing is taken after it"


def test_what_comes_while_one_is_at_work_is_done_in_one_go_and_each_hears_its_own() -> None:
    goes: list[list[int]] = []
    first, go_on = threading.Event(), threading.Event()

    def work(waited: Sequence[int]) -> list[int]:
        goes.append(list(waited))
        first.set()
        go_on.wait(30)
        return [one * 10 for one in waited]

    async def story() -> list[int]:
        together = Together(work)
        leader = asyncio.create_task(together.do(1))
        await asyncio.to_thread(first.wait, 30)
        others = [asyncio.create_task(together.do(one)) for one in (2, 3, 4)]
        await asyncio.sleep(0)
        go_on.set()
        return [await leader, *(await asyncio.gather(*others))]

    assert asyncio.run(story()) == [10, 20, 30, 40]
    assert goes == [[1], [2, 3, 4]]


def test_whoever_was_in_a_go_that_failed_hears_of_it_and_the_next_one_goes() -> None:
    def work(waited: Sequence[int]) -> list[int]:
        if 0 in waited:
            raise ValueError("nothing was done")
        return list(waited)

    async def story() -> tuple[object, ...]:
        together = Together(work)
        failed = await asyncio.gather(together.do(0), together.do(1), return_exceptions=True)
        return (*map(type, failed), await together.do(2))

    assert asyncio.run(story()) == (ValueError, ValueError, 2)
