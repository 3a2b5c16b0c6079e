"""Text made fit to be shown: nothing hidden, nothing reversed, no address that runs; it knows no platform's markup."""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import urlsplit

from bot.core.card import ELLIPSIS, fit

ADDRESS: Final = 2_000  # characters of a URL that every browser opens; Slack takes 3,000

_BREAKS = re.compile("\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # make a text read as another one
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` fit to be shown: line breaks of one kind, no other control characters, no reversed direction."""
    one_kind = _BREAKS.sub("\n", text).replace("\t", " ")
    return _SURROGATE.sub("\ufffd", _TURNS.sub("", _UNSEEN.sub("", one_kind)))


def prose(text: str, limit: int) -> str:
    """Several lines, cut with an ellipsis to at most `limit` characters."""
    return fit(clean(head(text, limit)), limit)


def line(text: str, limit: int) -> str:
    """One line, cut with an ellipsis to at most `limit` characters."""
    return fit(_SPACES.sub(" ", clean(head(text, limit))).strip(), limit)


def head(text: str, limit: int) -> str:
    """Enough of a text to fill `limit`, so that a huge one costs no more than a long one."""
    return text if len(text) <= limit * 2 else text[: limit * 2] + ELLIPSIS


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
    if not url or len(url) > ADDRESS or clean(url) != url or _SPACES.search(url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:  # urlsplit refuses broken IPv6 addresses
        return ""


def storable(text: str) -> str:
    """A text without what no database takes: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
