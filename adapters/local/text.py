"""Makes any text fit to be shown: no control characters, no direction that escapes; it knows no cards."""

from __future__ import annotations

import re

from bot.core.card import fit

# Line and page breaks of every kind become a newline; the other control characters carry nothing to read. The
# embedding and overriding direction controls (U+202A to U+202E) go too: they can make a text read as another.
_SAFE: dict[int, str | None] = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F)])
_SAFE |= dict.fromkeys((0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
_SAFE[0x09] = " "
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ISOLATE = re.compile(r"[\u2066-\u2069]")
_POP = "\u2069"
_MAX_DEPTH = 16  # isolates inside isolates; the Unicode algorithm itself stops at 125


def clean(text: str, limit: int, *, newlines: bool = True) -> str:
    """`text` in at most `limit` characters (and the closers of its isolates), fit to be shown."""
    shown = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").translate(_SAFE))
    if not newlines:
        shown = " ".join(shown.split("\n")) if "\n" in shown else shown
    return _closed(fit(shown, limit))


def _closed(text: str) -> str:
    """Isolates opened and not closed are closed; closers without an opener go."""
    if not _ISOLATE.search(text):
        return text
    kept: list[str] = []
    depth = 0
    for character in text:
        if _ISOLATE.match(character):
            step = -1 if character == _POP else 1
            if not 0 <= depth + step <= _MAX_DEPTH:
                continue
            depth += step
        kept.append(character)
    return "".join(kept) + _POP * depth
