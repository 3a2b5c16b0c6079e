"""Text to Slack and from Slack: nothing hidden, nothing live, nothing lost on the way; it knows no cards."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b85decode, b85encode
from typing import Any

from adapters.common.text import clean, head, storable
from bot.core.card import ELLIPSIS

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))  # all that Slack asks for, in this order
_ANGLES = re.compile(r"<([^<>]{1,3000})>")
_MAIL = "mailto:"

_SEALS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "&<>"}
_TAME = str.maketrans("&<>", ",.:")  # these three are not in base 85
_WILD = str.maketrans(",.:", "&<>")
_RAW = -15  # deflate without a header: six bytes less
_LONGEST = 64 * 1024  # bytes of an unpacked text; a form of thirty questions has four


# --- what we say


def escaped(text: str, limit: int) -> str:
    """Text where Slack reads markup (`text` of a message), in at most `limit` characters; no entity is cut in two."""
    whole = clean(head(text, limit))
    if len(_escape(whole)) <= limit:
        return _escape(whole)
    kept = whole[:limit].removesuffix(ELLIPSIS)
    while len(_escape(kept)) >= limit:
        over = len(_escape(kept)) - limit + 1
        kept = kept[: -max(1, over // 5)]  # the longest escape makes five characters of one
    return _escape(kept.rstrip()) + ELLIPSIS


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
