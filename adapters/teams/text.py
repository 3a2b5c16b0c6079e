"""Text to Teams and from Teams: nothing hidden, nothing live, nothing lost on the way; it knows no cards."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from adapters.teams import limits
from bot.core.card import ELLIPSIS, fit

_BREAKS = re.compile("\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # make a text read as another one
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
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


def clean(text: str) -> str:
    """`text` fit to be shown: line breaks of one kind, no other control characters, no reversed direction."""
    one_kind = _BREAKS.sub("\n", text).replace("\t", " ")
    return _SURROGATE.sub("\ufffd", _TURNS.sub("", _UNSEEN.sub("", one_kind)))


def prose(text: str, limit: int) -> str:
    """Several lines, cut with an ellipsis."""
    return fit(clean(_head(text, limit)), limit)


def line(text: str, limit: int) -> str:
    """One line, cut with an ellipsis."""
    return fit(_SPACES.sub(" ", clean(_head(text, limit))).strip(), limit)


def escaped(text: str) -> str:
    """A line where Teams reads Markdown; shown, it reads as `text`."""
    return _MARKUP.sub(r"\\\1", text)


def cut_bytes(text: str, room: int) -> str:
    """`text`, cut so that it is at most `room` bytes longer in JSON than an empty string."""
    if json_bytes(text) <= room:
        return text
    low, high = 0, min(len(text), max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if json_bytes(text[:middle]) + 3 <= room else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS if room >= 3 else ""


def json_bytes(text: str) -> int:
    """Bytes of a text between the quotation marks of JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def web_address(url: str | None) -> str:
    """The address if it is one to follow (http or https, with a host), else nothing."""
    if not url or len(url) > limits.ADDRESS or clean(url) != url or _SPACES.search(url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:  # urlsplit refuses broken IPv6 addresses
        return ""


def _head(text: str, limit: int) -> str:
    """Enough of a text to fill `limit`, so that a huge one costs no more than a long one."""
    return text if len(text) <= limit * 2 else text[: limit * 2] + ELLIPSIS


# --- what people say


def storable(text: str) -> str:
    """A text without what no database takes: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


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
