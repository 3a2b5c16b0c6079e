"""Bytes an answer takes in all tables and indexes: goal G15. The counting is `answer_size`'s; this only asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bench import answer_size
from tests.bench.places import SQLITE, each_database
from tests.bench.rounds import Figure

PILOTS, WEEKS = 100, 130


def figures() -> Iterator[Figure]:
    """The measures on both databases."""
    for name, url in each_database():
        measure: Callable[[str], answer_size.Sizes] = (
            answer_size.sqlite_sizes if name == SQLITE else answer_size.postgres_sizes
        )
        _, answers, sizes, _ = answer_size.filled(url, PILOTS, WEEKS, measure)
        each, most = sum(sizes.values()) / answers, answer_size.MOST[name]
        yield Figure(
            f"bytes an answer, {name}", f"{each:.1f} of {answers:,} answers", f"<= {most}", each <= most
        )
