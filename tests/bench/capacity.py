"""How many whole pulses the program takes, and what becomes of more: goal G8; it knows no platform."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.bench.owners import Owners
from tests.bench.rounds import Figure, quantile
from tests.bench.web_load import Window

CALLERS = 16
LATE_S = 3.0  # Slack shows an error after it, Teams asks again after five
LOADED_S = 4.0  # seconds of an open loop
ALONE = 24  # answers one after the other
AGAIN = re.compile(rb"press again|try again")  # in the words for who comes while too much is going on
TAIL_MOST = 20.0  # G8


def loaded(where: str, asked: Owners) -> Iterator[Figure]:
    """G8: whole pulses at half of what the program does in a second, and at twice that."""
    alone = quantile(asked.server.closed(asked.answers(ALONE), 1).all(200).latencies, 0.5)
    capacity = pulses(asked, ALONE * 2).rate
    half = asked.server.open(asked.answers(int(capacity / 2 * LOADED_S)), capacity / 2).all(200)
    tail = quantile(half.latencies, 0.99) / alone
    yield Figure(
        f"whole pulses at half the capacity, p99 / p50 alone, {where} (G8)",
        f"{tail:.1f} x at {capacity / 2:.0f}/s for {half.wall:.0f} s",
        f"<= {TAIL_MOST:g} x",
        tail <= TAIL_MOST,
    )
    yield from overloaded(where, asked.server.open(asked.answers(int(capacity * 2 * LOADED_S)), capacity * 2))


def overloaded(where: str, window: Window) -> Iterator[Figure]:
    """What becomes of more than can be done: told to press again, and nobody waits until the platform gives up."""
    late = sum(one.seconds > LATE_S or not one.status for one in window.answers)
    busy = sum(bool(AGAIN.search(one.body)) for one in window.answers)
    slowest = max(window.latencies)
    yield Figure(
        f"whole pulses at twice the capacity, later than {LATE_S:g} s, {where} (G8)",
        f"{late} of {len(window.answers)}; slowest {slowest:.2f} s; told to press again: {busy}",
        "0",
        not late,
    )


def pulses(asked: Owners, many: int) -> Window:
    """Forms that owners send; nothing is wrong in them."""
    return told(asked, asked.server.closed(asked.answers(many), CALLERS))


def told(asked: Owners, window: Window) -> Window:
    """The answers, after noting who is to press again; anything else that is wrong breaks the benchmark."""
    for one in window.all(200).answers:
        if AGAIN.search(one.body):
            asked.refused.append(one.body)
        else:
            assert asked.wrong not in one.body, one.body[:300]
    return window
