"""What a whole answer in Teams costs beside CloudAdapter that stores nothing, and what becomes of too many: goal G8."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import teams_posts
from tests.bench.capacity import loaded, pulses
from tests.bench.owners import Owners, owners
from tests.bench.places import each_database
from tests.bench.rounds import MILLI, ROUNDS, Figure, at_least, chosen, interleaved, ratio, spread
from tests.bench.teams_crowd import teams
from tests.bench.teams_ingress import presses
from tests.bench.teams_servers import STOCK, serving
from tests.bench.web_load import Server

PULSES = 16  # requests of one server in one round
FASTER = 5.0  # G6, which was set for an engine that answers at once


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The measures on both databases."""
    with teams_posts.microsoft() as microsoft, serving((STOCK, microsoft.url)) as (stock,):
        for name, url in each_database():
            with owners(teams(microsoft), url) as asked:
                yield from answered(name, asked, stock, rounds)
                yield Figure(
                    f"told to press again, of those at once, in Teams, {name}", str(len(asked.refused))
                )
                yield from loaded(f"in Teams, {name}", asked)


def answered(name: str, asked: Owners, stock: Server, rounds: int) -> Iterator[Figure]:
    """Whole pulses beside presses that CloudAdapter answers without storing anything."""
    rows = interleaved(lambda: pulses(asked, PULSES), lambda: presses(stock, PULSES), rounds=rounds)
    rates, cpu = [[one.rate for one in row] for row in rows], [[one.cpu_each for one in row] for row in rows]
    what = "a whole pulse in Teams / CloudAdapter's bare answer"
    yield at_least(f"{what}, answers a second, {name} (G6)", chosen(rates, 0, 1), FASTER)
    yield ratio(f"{what}, processor time, {name}", chosen(cpu, 0, 1))
    yield spread(f"a whole pulse in Teams, processor time, {name}", [row[0] * MILLI for row in cpu], "ms")
    yield spread(f"whole pulses in Teams a second, 16 at once, {name}", [row[0] for row in rates], "/s")
