"""What it costs that messages are kept before they are sent: goal G9.

The same message to a sink on this machine, a hundred in flight: by a loop that only posts, by our outbox with one, two
and four workers, and by procrastinate, a task library on PostgreSQL, with a job for each. A sink that takes a tenth of
a second is what a platform is; one that takes none shows what the ways themselves cost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.bench.outbox_servers import DIRECT, DRAIN, FILL, OUTBOX, PROCRASTINATE, SINK, serving
from tests.bench.places import POSTGRES, SQLITE, each_database
from tests.bench.rounds import MICRO, ROUNDS, Figure, at_least, chosen, interleaved, ratio, spread
from tests.bench.web_load import Server

MESSAGES = 400  # of one way in one round
PLATFORM_MS = 100  # that a platform takes for an answer
WORKERS = (1, 2, 4)
PATIENCE_S = 600.0  # for all of them: on a busy machine procrastinate takes a tenth of a second for each
OF_DIRECT, OF_PROCRASTINATE = 0.90, 2.5  # G9


@dataclass(frozen=True, slots=True)
class Drained:
    """What came of it: messages a second, and the processor seconds of each, of all senders together."""

    rate: float
    cpu_each: float


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The measures on both databases."""
    with serving((SINK,)) as (sink,):
        url = f"http://127.0.0.1:{sink.port}"
        for name, database in each_database():
            if name == SQLITE:
                with serving((DIRECT, url), (OUTBOX, url, database)) as (direct, own):
                    yield from compared(SQLITE, direct, {1: [own]}, [], rounds)
            else:
                others = [(OUTBOX, url, database)] * max(WORKERS)
                with serving((DIRECT, url), (PROCRASTINATE, url, database), *others) as (direct, queue, *own):
                    ways = {many: own[:many] for many in WORKERS}
                    yield from compared(POSTGRES, direct, ways, [queue], rounds)


def compared(
    name: str, direct: Server, own: dict[int, list[Server]], queues: Sequence[Server], rounds: int
) -> Iterator[Figure]:
    """All ways in each round, at a sink like a platform and at one that answers at once."""
    for ms in (PLATFORM_MS, 0):
        ways = [[direct], *own.values(), *([one] for one in queues)]
        work: list[Callable[[], Drained]] = [partial(drained, way, ms) for way in ways]
        rows = interleaved(*work, rounds=rounds)
        yield from told(f"sink of {ms} ms, {name}", list(own), rows, goal=ms > 0, queue=bool(queues))


def told(
    where: str, workers: Sequence[int], rows: Sequence[Sequence[Drained]], *, goal: bool, queue: bool
) -> Iterator[Figure]:
    """The measures of a sink. The goals are for one worker at a sink like a platform."""
    rates = [[one.rate for one in row] for row in rows]
    for nth, many in enumerate(workers, start=1):
        who = "a worker" if many == 1 else f"{many} workers"
        pairs = chosen(rates, nth, 0)
        measure = f"outbox, {who} / posting directly, messages a second, {where}"
        yield at_least(f"{measure} (G9)", pairs, OF_DIRECT) if goal and many == 1 else ratio(measure, pairs)
    if queue:
        measure = f"outbox, a worker / procrastinate, messages a second, {where}"
        pairs = chosen(rates, 1, len(workers) + 1)
        yield at_least(f"{measure} (G9)", pairs, OF_PROCRASTINATE) if goal else ratio(measure, pairs)
    cpu = [[one.cpu_each * MICRO for one in row] for row in rows]
    yield spread(f"outbox, a worker: messages a second, {where}", [row[1] for row in rates], "/s")
    yield spread(f"outbox, a worker: processor time a message, {where}", [row[1] for row in cpu], "us")
    yield spread(f"posting directly: the same, {where}", [row[0] for row in cpu], "us")


def drained(senders: Sequence[Server], ms: int) -> Drained:
    """Messages that wait, sent by all these senders at once."""
    senders[0].page(f"{FILL}?many={MESSAGES}")
    before, began = sum(one.cpu() for one in senders), time.perf_counter()
    with ThreadPoolExecutor(len(senders)) as callers:
        sent = sum(callers.map(lambda one: int(one.page(f"{DRAIN}?ms={ms}", within_s=PATIENCE_S)), senders))
    took = time.perf_counter() - began
    assert sent == MESSAGES, f"{sent} of {MESSAGES} messages were sent"
    return Drained(MESSAGES / took, (sum(one.cpu() for one in senders) - before) / MESSAGES)
