"""What a press costs before anything is stored: goals G1, G4, G5 and G7, beside slack-bolt as its docs show it.

Ours is the whole way of a press into the program and back, with an engine behind it that answers at once: the bytes
verified, decoded, through bolt, read as an act, answered. Beside it a bolt with a listener that acknowledges.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import slack_posts
from tests.bench.rounds import MICRO, MILLI, ROUNDS, Figure, chosen, interleaved, quantile, ratio, spread
from tests.bench.slack_servers import DEFAULT, LISTENERS, MANY, OURS, STOCK, serving
from tests.bench.web_load import Server

CALLERS = 8
PRESSES, ALONE, FORGED = 120, 24, 6  # requests of one server in one round

PRESS_MOST, ALONE_MOST, KINDS_MOST, FORGED_MOST = 0.60, 0.25, 1.2, 0.05  # G1, G4, G5, G7


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The measures."""
    with serving((OURS,), (STOCK,), (DEFAULT,), (MANY,)) as (own, stock, default, many):
        yield from pressed(own, stock, many, rounds)
        yield from alone(own, default, rounds)
        yield from forged(own, stock, rounds)


def pressed(own: Server, stock: Server, many: Server, rounds: int) -> Iterator[Figure]:
    """G1 and G5: we register nothing for a button, so the many are what is pressed; bolt's forty are registered."""
    rows = interleaved(
        lambda: presses(own),
        lambda: presses(stock),
        lambda: presses(own, kinds=LISTENERS),
        lambda: presses(many, kinds=LISTENERS, first=LISTENERS - 1),
        rounds=rounds,
    )
    yield ratio("Slack press / stock bolt, processor time (G1)", chosen(rows, 0, 1), most=PRESS_MOST)
    yield spread("Slack press, processor time", [row[0] * MICRO for row in rows], "us")
    yield spread("the same of stock bolt", [row[1] * MICRO for row in rows], "us")
    yield ratio(
        f"{LISTENERS} kinds of presses / one, processor time (G5)", chosen(rows, 2, 0), most=KINDS_MOST
    )
    yield ratio(f"the same of stock bolt, {LISTENERS} listeners / one", chosen(rows, 3, 1))


def alone(own: Server, default: Server, rounds: int) -> Iterator[Figure]:
    """G4."""
    rows = interleaved(lambda: unloaded(own), lambda: unloaded(default), rounds=rounds)
    yield ratio("Slack press alone, p50 / stock bolt's default (G4)", rows, most=ALONE_MOST)
    yield spread("Slack press alone, p50", [one * MILLI for one, _ in rows], "ms")


def forged(own: Server, stock: Server, rounds: int) -> Iterator[Figure]:
    """G7."""
    rows = interleaved(lambda: forgeries(own), lambda: forgeries(stock), rounds=rounds)
    yield ratio("forged 1 MB / stock bolt, processor time (G7)", rows, most=FORGED_MOST)
    yield spread("forged 1 MB, processor time", [one * MICRO for one, _ in rows], "us")


def presses(server: Server, kinds: int = 1, *, first: int = 0) -> float:
    """Processor seconds a press, all of them taken; of so many kinds in turn, from `first` on."""
    requests = [slack_posts.press(first + nth % (kinds - first)) for nth in range(PRESSES)]
    return server.closed(requests, CALLERS).all(200).cpu_each


def unloaded(server: Server) -> float:
    """Seconds of the middle one of presses that come one after the other."""
    return quantile(server.closed([slack_posts.press() for _ in range(ALONE)], 1).all(200).latencies, 0.5)


def forgeries(server: Server) -> float:
    """Processor seconds a megabyte that nobody signed."""
    return server.single([slack_posts.forged() for _ in range(FORGED)]).all(401, 413).cpu_each
