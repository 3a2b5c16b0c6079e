"""What a row of the fault matrix is and how the table is written; it must not know any fault.

A row first shows that its fault really happened, with a figure, and only then says what it did to the bot: a fault
that never struck proves nothing (`Calm`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEAD = ("#", "Fault", "That it happened", "What has to hold", "Found", "Holds")


class Calm(AssertionError):
    """The fault did not happen, so that the row says nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what broke, the figure that shows it did, what has to hold all the same, and what was counted."""

    number: int
    fault: str
    happened: str
    expected: str
    found: str
    held: bool


def struck(count: int, what: str) -> str:
    """`what` with its figure in front. Raises Calm for none."""
    if count < 1:
        raise Calm(f"{what}: not once")
    return f"{count:,} {what}"


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the table, in Markdown, by number."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{'---|' * len(HEAD)}"
    for row in sorted(rows, key=lambda one: one.number):
        holds = "yes" if row.held else "**no**"
        cells = (str(row.number), row.fault, row.happened, row.expected, row.found, holds)
        yield f"| {' | '.join(cells)} |"
