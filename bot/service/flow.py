"""Keeps so many things on their way at once, and does together what waits meanwhile; it must not know what they are.

A platform takes a tenth of a second for an answer. Whoever waits for the slowest of a batch before he takes the next
sends half as much as he could, and whoever settles one after the other pays for a transaction each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LOOK_AGAIN = 1.0  # seconds: whoever hangs holds up nobody who came after him for longer


async def keep_going(
    take: Callable[[int], Awaitable[Sequence[T]]],
    carry: Callable[[T], Awaitable[None]],
    *,
    at_once: int,
    batch: int,
    stopping: Callable[[], bool],
) -> int:
    """Take up to `batch` where there is room and carry them, until nothing is left; the number that was taken.

    `take` is given the most that it may take. Told to stop, what is on its way is finished and nothing taken. What
    one `carry` raises is raised once the others have come to their end.
    """
    way, total, failed = set[asyncio.Task[None]](), 0, list[BaseException]()
    while True:
        room = 0 if stopping() or failed else min(batch, at_once - len(way))
        taken = await take(room) if room else ()
        total += len(taken)
        way |= {asyncio.create_task(_carried(carry, one)) for one in taken}
        if not way:
            break
        more = (
            room and len(taken) == room
        )  # as many as it might find: it looks again as soon as there is room
        way = await _thinned(way, to=at_once - batch if more else len(way) // 2, failed=failed)
    if failed:
        raise failed[0]
    return total


async def _carried(carry: Callable[[T], Awaitable[None]], one: T) -> None:
    await carry(one)


async def _thinned(
    way: set[asyncio.Task[None]], *, to: int, failed: list[BaseException]
) -> set[asyncio.Task[None]]:
    """What is still on its way once no more than `to` are, or after a while."""
    until = asyncio.get_running_loop().time() + LOOK_AGAIN
    while len(way) > to and (left := until - asyncio.get_running_loop().time()) > 0:
        done, way = await asyncio.wait(way, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        failed += [error for one in done if (error := one.exception()) is not None]
    return way


class Together(Generic[T, R]):
    """Does in one go whatever came while it was at work before: nobody waits for company, and none is refused.

    `work` blocks, in a thread; it is given all that waited and answers each in the same order.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._waiting: list[T] = []
        self._next: asyncio.Task[Sequence[R]] | None = None
        self._busy = asyncio.Lock()

    async def do(self, one: T) -> R:
        """What `work` answers to this one. Raises what it raises, as everybody does who was in the same go."""
        nth = len(self._waiting)
        self._waiting.append(one)
        if self._next is None:
            self._next = asyncio.create_task(self._go())
        found = await asyncio.shield(self._next)
        return found[nth]

    async def _go(self) -> Sequence[R]:
        async with self._busy:
            waited, self._waiting, self._next = self._waiting, [], None
            return await asyncio.to_thread(self._work, waited)
