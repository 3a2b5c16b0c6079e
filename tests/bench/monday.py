"""A Monday on which everybody is asked at one moment and a worker sends; it knows no platform.

It takes the minutes that it takes: what the platform lets through is the measure.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.app import App, MovableClock
from bot.worker import Worker
from tests.bench.rounds import Figure

PEOPLE = 500
PATIENCE_S = 400.0


class Town(Protocol):
    """The program in front of a fake platform that keeps its limits."""

    app: App

    def read(self, look: Callable[[Any], Any]) -> Any:
        """What there is."""
        ...

    @property
    def sent(self) -> int:
        """How many messages are there."""
        ...

    @property
    def calls(self) -> Sequence[str]:
        """What was called."""
        ...

    @property
    def refused(self) -> int:
        """How many calls were answered with 429."""
        ...

    def got(self, account: str) -> bool:
        """Whether somebody got a message."""
        ...


@dataclass
class Monday:
    """What it took: the seconds to each message, from the moment at which they were due; calls by method; refusals."""

    seconds: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    people: int = 0  # who got theirs


def invited(found: Monday, people: int, *, least_s: float, where: str) -> Iterator[Figure]:
    """The measures of that Monday. The platform lets no more through than it does, so there is a least time."""
    last = max(found.seconds)
    listed = ", ".join(f"{many} {method}" for method, many in sorted(found.calls.items()))
    asked = f"{people} invitations{where}"
    yield Figure(f"{asked}: the last is there after", f"{last:.0f} s; the limits alone take {least_s:.0f} s")
    yield Figure(f"{asked}: people who got theirs", str(found.people), str(people), found.people == people)
    yield Figure(f"{asked}: calls", f"{sum(found.calls.values())}: {listed}")
    yield Figure(f"{asked}: refused with 429", str(found.refused), "0", not found.refused)


def morning() -> MovableClock:
    """A clock on a Monday; the machine's own date must not matter."""
    clock = MovableClock()
    clock.move_to(datetime(2100, 3, 1, 8, tzinfo=UTC))
    return clock


async def asked(town: Town, clock: MovableClock, accounts: Sequence[str]) -> Monday:
    """From the moment at which all are due to the last message."""
    clock.move_to(_all_are_due(town))
    worker, found = Worker(town.app), Monday()
    before = (town.sent, len(town.calls), town.refused)
    began = time.monotonic()
    await worker.start()
    try:
        while len(found.seconds) < len(accounts):
            assert time.monotonic() - began < PATIENCE_S, f"{len(found.seconds)} messages came"
            await asyncio.sleep(0.05)
            there = town.sent - before[0]
            found.seconds += [time.monotonic() - began] * (there - len(found.seconds))
    finally:
        async with worker._delivering:  # what is posted is settled as well
            pass
        await worker.stop()
    found.calls.update(town.calls[before[1] :])
    found.refused = town.refused - before[2]
    found.people = sum(town.got(account) for account in accounts)
    return found


def _all_are_due(town: Town) -> datetime:
    """A moment at which everybody is to be asked: schedules may be spread over some minutes."""
    schedules = town.read(lambda unit: [one for pilot in unit.pilots() for one in unit.schedules(pilot.id)])
    return max(one.next_due_at for one in schedules if one.next_due_at and one.questionnaire == "pulse")
