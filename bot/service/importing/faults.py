"""What an import has to say about a file or a cell, in plain words; it must not know how cells are read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHOWN = 80  # characters of a cell that a report repeats: enough to find it by eye


class ImportProblem(Exception):
    """The file cannot be imported at all; the text says why and what to do."""


class Verdict(StrEnum):
    """What became of a cell that was not taken as it stood."""

    REPAIRED = "repaired"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one cell. `reason` is the same text for every cell with the same fault, `fix` is its own."""

    verdict: Verdict
    reason: str
    fix: str = ""
    now: str = ""  # what is stored in place of it


@dataclass(frozen=True, slots=True)
class Note:
    """A remark with its place: the spreadsheet's row (the header counts), the line of the text file, the column."""

    row: int
    line: int
    column: str
    value: str
    remark: Remark

    def __str__(self) -> str:
        about = self.remark
        became = f" → {about.now!r}" if about.now else " → empty" if about.verdict is Verdict.REPAIRED else ""
        where = f"row {self.row} (line {self.line})" + (f", {self.column}" if self.column else "")
        fix = f". {about.fix}" if about.fix else ""
        return f"{where}: {about.verdict}: {self.value!r}{became} ({about.reason}){fix}"


def repaired(reason: str, now: str, fix: str = "") -> Remark:
    """The cell was changed and taken."""
    return Remark(Verdict.REPAIRED, reason, fix, shortened(now))


def rejected(reason: str, fix: str) -> Remark:
    """The cell was not taken."""
    return Remark(Verdict.REJECTED, reason, fix)


def shortened(text: str, limit: int = SHOWN) -> str:
    """A cell's text on one printable line, cut with an ellipsis; line breaks show as ↵, hidden characters as a mark."""
    ends = text[: 4 * limit].strip().replace("\r\n", "↵").replace("\n", "↵")
    flat = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in ends)
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one; empty when none is."""
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold()[:SHOWN], list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else ""


def listed(words: Iterable[str], *, shown: int = 12) -> str:
    """Words in a sentence: `a, b or c`; only the first ones of many."""
    names = list(dict.fromkeys(words))
    if len(names) > shown:
        return ", ".join(names[:shown]) + f" and {len(names) - shown:,} more"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
