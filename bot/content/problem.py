"""What is wrong with a content file, so that its author can mend it; it must not know how files are read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

SHOWN = 60  # characters of the author's own text that a message repeats


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: where, what is wrong, what to do. A warning does not stop a file from being used."""

    file: str
    line: int
    what: str
    fix: str
    warning: bool = False

    def __str__(self) -> str:
        mark = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {mark}{self.what}; {self.fix}"


class ContentError(Exception):
    """The content cannot be used; carries every problem found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Page:
    """One file being read, and what was found wrong with it so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, what: str, fix: str) -> None:
        """Remember a problem once; the same line may be read several times (`for_each`)."""
        self._add(Problem(self.file, line, what, fix))

    def warn(self, line: int, what: str, fix: str) -> None:
        """Remember something that platforms cope with but people will not like."""
        self._add(Problem(self.file, line, what, fix, warning=True))

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def quote(text: str) -> str:
    """The author's own words inside a message: one line, cut when long."""
    flat = "".join(char if char.isprintable() else "?" for char in text)
    return f"'{flat}'" if len(flat) <= SHOWN else f"'{flat[:SHOWN]}...'"


def choose(word: str, known: Collection[str], *, shown: int = 12) -> str:
    """The fix for an unknown word: the nearest known one, or the list of all."""
    near = difflib.get_close_matches(word[:SHOWN].lower(), list(known), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    names = list(known)
    if not names:
        return "remove it"
    return "use " + listed(names[:shown]) + (" ..." if len(names) > shown else "")


def listed(words: Iterable[str], last: str = "or") -> str:
    """Words in a sentence: `a, b or c`."""
    *rest, end = words or ("nothing",)
    return f"{', '.join(rest)} {last} {end}" if rest else end


NOT_SLUG = re.compile(r"[^a-z0-9]+")
SLUG = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
DOTTED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
KNOWN_SLUGS = {"n/a": "not_applicable", "na": "not_applicable", "n.a.": "not_applicable", "?": "unknown"}


def slug(text: str) -> str:
    """A slug that says the same: `Not yet!` becomes `not_yet`."""
    lowered = text.strip().lower()
    return KNOWN_SLUGS.get(lowered) or NOT_SLUG.sub("_", lowered).strip("_")[:SHOWN] or "some_name"
