"""How much of a card is drawn, and its lines of text: runs, never Markdown; it must not know a card's blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from adapters.common.text import line, prose
from adapters.teams import limits
from adapters.teams.text import NBSP

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class Pen:
    """How much may be drawn: lengths are divided by `shrink`, numbers by `thin`; what is left out is counted."""

    shrink: int = 1
    thin: int = 1
    left_out: dict[str, int] = field(default_factory=dict)

    def line(self, text: str, limit: int = limits.LINE) -> str:
        """One line."""
        return line(text, max(limit // self.shrink, 8))

    def prose(self, text: str, limit: int = limits.PROSE) -> str:
        """Several lines."""
        return prose(text, max(limit // self.shrink, 8))

    def some(self, things: Sequence[T], what: str, limit: int = limits.MANY) -> Sequence[T]:
        """As many as may be drawn."""
        most = max(limit // self.thin, 1)
        self.count(what, len(things) - most)
        return things[:most]

    def each(self, things: Sequence[T], what: str, draw: Callable[[T], Json | None]) -> list[Json]:
        """What is drawn of each, without what cannot be."""
        drawn = [seen for thing in self.some(things, what) if (seen := draw(thing)) is not None]
        self.count(what, min(len(things), max(limits.MANY // self.thin, 1)) - len(drawn))
        return drawn

    def count(self, what: str, number: int) -> None:
        """Note that some are left out."""
        if number > 0:
            self.left_out[what] = self.left_out.get(what, 0) + number


def words(text: str, **look: Any) -> Iterator[Json]:
    """A text in one look, an element a line; nothing for a blank one."""
    if text.strip():
        for number, one in enumerate(text.split("\n")):
            yield rich([run(one, look)], **({"spacing": "None"} if number else {}))


def rich(runs: list[Json], **how: Any) -> Json:
    """A line of runs: the one kind of text in which Teams reads no Markdown."""
    return {"type": "RichTextBlock", "inlines": runs or [run("", {})], **how}


def run(text: str, look: Json) -> Json:
    """A piece of text. Teams drops an element without a sign in it."""
    return {"type": "TextRun", "text": text or NBSP, **look}
