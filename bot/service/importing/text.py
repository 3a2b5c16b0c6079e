"""Texts as people meant them: what does not show is taken out, and said; it must not know of fields or dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from bot.service.importing.faults import Remark, repaired

EMPTY_WORDS = frozenset(
    {
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "n\\a",
        "none",
        "null",
        "nil",
        "(none)",
        "(blank)",
        "(empty)",
        "not known",
        "unknown",
    }
    | {
        "tbd",
        "tba",
        "tbc",
        "t.b.d.",
        "todo",
        "to do",
        "to be determined",
        "to be announced",
        "to be confirmed",
    }
    | {"not applicable", "not available", "not yet known", "not set", "no date", "no date yet", "not yet"}
    | {"-", "--", "---", "–", "—", "?", "??", "???", ".", "…"}
    | {"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"}
)
# "N/A - Consolidated into another use case.": the word says it, what follows explains it.
_EXPLAINED = re.compile(
    r"(n/a|tbd|tba|tbc|none|not applicable|to be (?:determined|announced|confirmed))\s*[-–—:;,.(]", re.I
)
_JOINERS = "\u200c\u200d"  # they shape letters in Persian and Hindi, and put emoji together
_GUARD = re.compile(
    r"'+[=+\-@\t\r\n\x00＝＋－＠]"
)  # what an export puts before a cell that would run as a formula
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})  # control, format, half a character; those of newer Unicode stay
_BLANKS = re.compile(r"\s+")

HIDDEN = "invisible characters were taken out"
BROKEN = "line breaks and runs of blanks became single blanks"
CUT = "longer than {limit} characters: cut"
GUARDED = "the apostrophe that keeps a spreadsheet from running it as a formula was taken off"


def is_empty(text: str) -> bool:
    """Whether a cell says in words that nothing is in it."""
    return _BLANKS.sub(" ", text.strip()).casefold() in EMPTY_WORDS


def explains_empty(text: str) -> bool:
    """Whether a cell begins by saying that nothing is in it and goes on to say why."""
    return _EXPLAINED.match(text.strip()) is not None


def visible(text: str) -> str:
    """Without control, zero-width and direction characters; one kind of line end; tabs are blanks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\t", " ")
    if text.isprintable():
        return text
    return "".join(c for c in text if c == "\n" or c in _JOINERS or unicodedata.category(c) not in _HIDDEN)


def unguarded(text: str, remarks: list[Remark]) -> str:
    """Without the apostrophe that an export put in front."""
    if not _GUARD.match(text):
        return text
    remarks.append(repaired(GUARDED, text[1:]))
    return text[1:]


def one_line(text: str, limit: int, remarks: list[Remark]) -> str:
    """A text of one line, at most `limit` characters; what was done to it is added to `remarks`."""
    shown = _shown(text, remarks)
    flat = _BLANKS.sub(" ", shown).strip()
    if flat != shown.strip():
        remarks.append(repaired(BROKEN, flat))
    return cut(flat, limit, remarks)


def many_lines(text: str, limit: int, remarks: list[Remark]) -> str:
    """A text whose line breaks stay, at most `limit` characters."""
    shown = _shown(text, remarks)
    return cut("\n".join(line.rstrip() for line in shown.split("\n")).strip(), limit, remarks)


def cut(text: str, limit: int, remarks: list[Remark]) -> str:
    """At most `limit` characters, the last one an ellipsis when something was cut."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1].rstrip() + "…"
    remarks.append(repaired(CUT.format(limit=f"{limit:,}"), short))
    return short


def fold(text: str) -> str:
    """The form in which texts are compared: case, blanks and ways of writing an accent do not count."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def word_fold(text: str) -> str:
    """The form in which headings and choices are compared: letters and digits alone."""
    folded = (c if c.isalnum() else " " for c in fold(text))
    return " ".join("".join(folded).split())


def slug(text: str, limit: int = 40) -> str:
    """A short name for commands: `Fraud Détection!` becomes `fraud-detection`; may come out empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].rstrip("-")


def numbered(text: str, taken: Container[str], limit: int, *, start: int = 0) -> tuple[str, int]:
    """The text itself, or the first of text-2, text-3, ... that is not taken, within `limit` characters; its number.

    `start` is the number found last time: those up to it are taken.
    """
    count = start
    while True:
        count += 1
        tail = f"-{count}" if count > 1 else ""
        candidate = text[: limit - len(tail)].rstrip("-") + tail
        if candidate not in taken:
            return candidate, count


def _shown(text: str, remarks: list[Remark]) -> str:
    bare = unguarded(text, remarks)
    shown = visible(bare)
    ends = bare.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if shown != ends.replace("\u2028", "\n").replace("\u2029", "\n"):
        remarks.append(repaired(HIDDEN, shown))
    return shown
