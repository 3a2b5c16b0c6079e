"""Text to Teams and from Teams: nothing hidden, nothing live, nothing lost on the way; it knows no cards."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Wherever Teams reads Markdown (the labels of radio buttons and boxes), a backslash makes a sign mean itself.
_MARKUP = re.compile(r"([\\`*_\[\]<>~#|!&{}]|(?<!\w)[-+]|(?<=\d)[.)]|(?<=[a-z]):(?=//))")
NBSP = "\N{NO-BREAK SPACE}"
_BLANK = f" \t\r\n{NBSP}"
_EMPTY_MENTION = re.compile(r"<at[^<>]*></at>")
_ENTITIES = (
    ("&nbsp;", " "),
    (NBSP, " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&amp;", "&"),
)


# --- what we say


def escaped(text: str) -> str:
    """A line where Teams reads Markdown; shown, it reads as `text`."""
    return _MARKUP.sub(r"\\\1", text)


# --- what people say


def typed(text: str, mentions: Sequence[str]) -> tuple[str, bool]:
    """What somebody typed, and whether they mentioned us: the mention goes, once, with the space around it.

    `mentions` are the pieces of the text that stand for us. Somebody who writes our name keeps it.
    """
    plain, found = text, False
    for mention in mentions:
        before, sign, after = plain.partition(mention)
        if sign:
            found = True
            plain = (
                f"{before.rstrip(_BLANK)} {after.lstrip(_BLANK + ',:')}"
                if before.strip(_BLANK)
                else after.lstrip(_BLANK + ",:")
            )
    plain = _EMPTY_MENTION.sub("", plain)
    for entity, letter in _ENTITIES:
        plain = plain.replace(entity, letter)
    return (plain.strip(_BLANK) if found else plain), found
