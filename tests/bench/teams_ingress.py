"""What a press in Teams costs before anything is stored: goals G6 and G7, beside botbuilder's CloudAdapter as shipped.

Ours is the whole way of a press into the program and back, with an engine behind it that answers at once; CloudAdapter
has a bot that does. Both check the same token by the same key. Then the key is to be read from a server that is slow:
how long nobody else is served meanwhile is what the event loop is held up.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.bench import teams_posts
from tests.bench.rounds import MICRO, MILLI, ROUNDS, Figure, at_least, chosen, interleaved, ratio, spread
from tests.bench.teams_posts import Microsoft
from tests.bench.teams_servers import OURS, STOCK, serving
from tests.bench.web_load import Server, Window

CALLERS = 8
PRESSES, STOCK_PRESSES, FORGED = 120, 24, 6  # requests of one server in one round

FASTER, FORGED_MOST = 5.0, 0.05  # G6, G7
SLOW_S = 1.0  # that the key server takes for an answer
LAG_MOST_MS = 50.0


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The measures."""
    with teams_posts.microsoft() as microsoft:
        with serving((OURS, microsoft.url), (STOCK, microsoft.url)) as (own, stock):
            yield from pressed(own, stock, rounds)
            yield from forged(own, stock, rounds)
        yield from while_keys_are_read(microsoft, rounds)


def pressed(own: Server, stock: Server, rounds: int) -> Iterator[Figure]:
    """G6."""
    rows = interleaved(lambda: presses(own, PRESSES), lambda: presses(stock, STOCK_PRESSES), rounds=rounds)
    rates, cpu = [[one.rate for one in row] for row in rows], [[one.cpu_each for one in row] for row in rows]
    yield at_least("Teams press / CloudAdapter, answers a second (G6)", chosen(rates, 0, 1), FASTER)
    yield spread("Teams presses a second", [row[0] for row in rates], "/s")
    yield spread("the same of CloudAdapter", [row[1] for row in rates], "/s")
    yield ratio("Teams press / CloudAdapter, processor time", chosen(cpu, 0, 1))
    yield spread("Teams press, processor time", [row[0] * MICRO for row in cpu], "us")


def forged(own: Server, stock: Server, rounds: int) -> Iterator[Figure]:
    """G7."""
    rows = interleaved(partial(forgeries, own), partial(forgeries, stock), rounds=rounds)
    yield ratio("forged 1 MB in Teams / CloudAdapter, processor time (G7)", rows, most=FORGED_MOST)
    yield spread("forged 1 MB in Teams, processor time", [one * MICRO for one, _ in rows], "us")


def while_keys_are_read(microsoft: Microsoft, rounds: int) -> Iterator[Figure]:
    """Servers that are new in each round, as a key that is known is not read again for a day."""
    microsoft.slow_s = SLOW_S
    rows = interleaved(partial(held_up, microsoft, OURS), partial(held_up, microsoft, STOCK), rounds=rounds)
    microsoft.slow_s = 0.0
    lag = spread("", [one * MILLI for one, _ in rows], "ms").figure
    yield Figure(
        f"loop held up while a key takes {SLOW_S:g} s to read",
        lag,
        f"< {LAG_MOST_MS:g} ms",
        statistics.median(one for one, _ in rows) * MILLI < LAG_MOST_MS,
    )
    yield spread("the same of CloudAdapter", [other * MILLI for _, other in rows], "ms")


def presses(server: Server, many: int) -> Window:
    """Presses, all of them taken."""
    return server.closed([teams_posts.press() for _ in range(many)], CALLERS).all(200)


def forgeries(server: Server) -> float:
    """Processor seconds a megabyte that nobody signed. CloudAdapter answers 500 to a signature that is wrong."""
    return server.single([teams_posts.forged() for _ in range(FORGED)]).all(401, 413, 500).cpu_each


def held_up(microsoft: Microsoft, which: str) -> float:
    """Seconds that nobody else is served while the first press of all waits for the key that it is signed with."""
    with serving((which, microsoft.url)) as (server,), ThreadPoolExecutor(1) as beside:
        asked = microsoft.asked
        server.watch()
        first = beside.submit(server.closed, [teams_posts.press()], 1)
        first.result().all(200)
        assert microsoft.asked > asked, "no key was read"
        return server.watched()
