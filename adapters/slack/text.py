"""Text to Slack and from Slack: nothing hidden, nothing live, nothing lost on the way; it knows no cards."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b85decode, b85encode
from typing import Any
from urllib.parse import urlsplit

from adapters.slack import limits
from bot.core.card import ELLIPSIS, fit

_BREAKS = re.compile("\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # make a text read as another one
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))  # all that Slack asks for, in this order
_ANGLES = re.compile(r"<([^<>]{1,3000})>")
_MAIL = "mailto:"

_SEALS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "&<>"}
_TAME = str.maketrans("&<>", ",.:")  # these three are not in base 85
_WILD = str.maketrans(",.:", "&<>")
_RAW = -15  # deflate without a header: six bytes less
_LONGEST = 64 * 1024  # bytes of an unpacked text; a form of thirty questions has four


# --- what we say


def clean(text: str) -> str:
    """`text` fit to be shown: line breaks of one kind, no other control characters, no reversed direction."""
    one_kind = _BREAKS.sub("\n", text).replace("\t", " ")
    return _SURROGATE.sub("\ufffd", _TURNS.sub("", _UNSEEN.sub("", one_kind)))


def prose(text: str, limit: int = limits.PROSE) -> str:
    """Several lines, cut with an ellipsis."""
    return fit(clean(_head(text, limit)), limit)


def line(text: str, limit: int) -> str:
    """One line, cut with an ellipsis."""
    return fit(_SPACES.sub(" ", clean(_head(text, limit))).strip(), limit)


def escaped(text: str, limit: int) -> str:
    """Text where Slack reads markup (`text` of a message), in at most `limit` characters; no entity is cut in two."""
    whole = clean(_head(text, limit))
    if len(_escape(whole)) <= limit:
        return _escape(whole)
    kept = whole[:limit].removesuffix(ELLIPSIS)
    while len(_escape(kept)) >= limit:
        over = len(_escape(kept)) - limit + 1
        kept = kept[: -max(1, over // 5)]  # the longest escape makes five characters of one
    return _escape(kept.rstrip()) + ELLIPSIS


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


def _escape(text: str) -> str:
    for plain, entity in _ESCAPES:
        text = text.replace(plain, entity)
    return text


# --- what we hand to Slack to get back


def sealed(value: object) -> str:
    """A value as JSON in which nothing is left that Slack might escape on the way there or back."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_SEALS)


def opened(text: str) -> Any:
    """What was sealed; None for anything else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def packed(text: str) -> str:
    """A long text in fewer characters, all of them letters, digits and signs that nobody escapes."""
    squeeze = zlib.compressobj(9, wbits=_RAW)
    return b85encode(squeeze.compress(text.encode()) + squeeze.flush()).decode().translate(_TAME)


def unpacked(text: str) -> str:
    """What was packed; nothing for anything else."""
    try:
        squeezed = b85decode(text.translate(_WILD))
        return zlib.decompressobj(wbits=_RAW).decompress(squeezed, _LONGEST).decode()
    except (ValueError, zlib.error):
        return ""


# --- what people say


def storable(text: str) -> str:
    """A text without what no database takes: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def typed(text: str) -> str:
    """What somebody typed, out of Slack's markup: mentions become ids, links what was written, entities letters."""
    plain = _ANGLES.sub(lambda found: _meant(found[1]), storable(text))
    for letter, entity in reversed(_ESCAPES):
        plain = plain.replace(entity, letter)
    return plain


def _meant(inside: str) -> str:
    """What stood where Slack put `<inside>`. A person stays an id, so that an answer can name somebody."""
    target, _, label = inside.partition("|")
    match target[0:1]:
        case "@":
            return target[1:]
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _command_word(target[1:], label)
    address = target.removeprefix(_MAIL)
    if not label or label == address:
        return address
    return label if target.partition("://")[2].rstrip("/") == label.rstrip("/") else f"{label} ({address})"


def _command_word(word: str, label: str) -> str:
    """`!here`, `!subteam^S1|@team`, `!date^...|yesterday`: the words that were shown."""
    return label or f"@{word.partition('^')[0]}"
