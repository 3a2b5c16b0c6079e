"""Which pilot somebody means by a name typed by hand; it must not know what is asked about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest

from bot.core.phrase import distance

READ_AT_MOST = 100  # characters of the query; a pilot's name has at most 60
SHOWN = 10  # names to choose from that a person still reads
NEAREST = 5
_LOOKED_AT = 30  # candidates compared letter by letter
_ALIKE = 0.5  # share of letters in common below which a name is no guess but noise

Named = tuple[int, str, str]  # id, key, name


@dataclass(frozen=True, slots=True)
class Found:
    """Exactly one is meant."""

    id: int


@dataclass(frozen=True, slots=True)
class Several:
    """The query fits so many (`total`): (id, name) of the first ones, to choose from."""

    options: tuple[tuple[int, str], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """None fits: (id, name) of those most like it, best first; may be empty."""

    options: tuple[tuple[int, str], ...]


Match = Found | Several | Nearest


def match_name(query: str, names: Sequence[Named]) -> Match:
    """Whoever is meant: by key, by whole name, by how the name or one of its words begins, by any part of it.

    Capitals, accents, punctuation and spaces do not count. The first of these ways that fits anybody decides.
    """
    wanted = folded(query[:READ_AT_MOST])
    if not wanted:
        return Nearest(())
    known = [(folded(name), folded(key)) for _, key, name in names]
    for way in _ways(wanted, known):
        if fitting := list(way):
            return _fitting(fitting, names)
    return Nearest(tuple((names[n][0], names[n][2]) for n in _nearest(wanted, [name for name, _ in known])))


def suggested(query: str, names: Sequence[Named], *, limit: int) -> list[int]:
    """The ids of at most `limit` that may be meant, likeliest first: all that fit, else those most like it.

    Where nothing is typed yet, everybody in the order given.
    """
    wanted = folded(query[:READ_AT_MOST])
    if not wanted:
        return [] if query.strip() else [ident for ident, _, _ in names[:limit]]
    known = [(folded(name), folded(key)) for _, key, name in names]
    fitting = list(dict.fromkeys(n for way in _ways(wanted, known) for n in way))
    found = fitting or _nearest(wanted, [name for name, _ in known])
    return [names[n][0] for n in found[:limit]]


def _ways(wanted: str, known: Sequence[tuple[str, str]]) -> tuple[Iterable[int], ...]:
    """The places of those that a folded query fits, by one way after the other, the surest first."""
    return (
        (n for n, (_, key) in enumerate(known) if key == wanted),
        (n for n, (name, _) in enumerate(known) if name == wanted),
        (n for n, (name, key) in enumerate(known) if name.startswith(wanted) or key.startswith(wanted)),
        (n for n, (name, _) in enumerate(known) if f" {wanted}" in name),
        (n for n, (name, key) in enumerate(known) if wanted in name or wanted in key),
    )


def folded(text: str) -> str:
    """A text as names are compared: lower case, no accents, only letters, digits and single spaces."""
    kept = text.translate(_KEPT) if text.isascii() else "".join(map(_kept, _unaccented(text)))
    # Where that leaves nothing, the name is one of signs, such as an emoji (S: symbols).
    return " ".join(kept.split()) or "".join(sign for sign in text if unicodedata.category(sign)[0] == "S")


def _kept(letter: str) -> str:
    # Vowel signs of many scripts are marks (M): neither letters nor digits, but part of the word.
    if letter.isalnum() or unicodedata.category(letter).startswith("M"):
        return letter
    return "" if letter in "'’" else " "


_KEPT = {
    code: _kept(chr(code)).casefold() for code in range(128)
}  # most names need no more, and it is 5 times faster
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _fitting(fitting: Sequence[int], names: Sequence[Named]) -> Found | Several:
    if len(fitting) == 1:
        return Found(names[fitting[0]][0])
    options = sorted(
        ((names[n][0], names[n][2]) for n in fitting), key=lambda option: (option[1].casefold(), option)
    )
    return Several(tuple(options[:SHOWN]), len(options))


def _nearest(wanted: str, known: Sequence[str]) -> list[int]:
    """The places of the names most like it: those that share most pairs of letters, then letter by letter."""
    pairs = {wanted[i : i + 2] for i in range(len(wanted) - 1)} or {wanted}
    # Of names that share as many, the shorter is more like it; the 8 keeps the very short ones from winning by that.
    shared = [sum(pair in name for pair in pairs) / (len(name) + 8) for name in known]
    likely = [n for n in nlargest(_LOOKED_AT, range(len(known)), key=shared.__getitem__) if shared[n]]
    alike = {n: _likeness(wanted, known[n]) for n in likely}
    return [n for n in nlargest(NEAREST, likely, key=alike.__getitem__) if alike[n] >= _ALIKE]


def _likeness(wanted: str, name: str) -> float:
    """0..1: the better of the whole name and its beginning as long as the query, since people shorten names."""
    return max(_alike(wanted, name), *(_alike(wanted, part) - 0.05 for part in _beginnings(wanted, name)))


def _beginnings(wanted: str, name: str) -> Iterable[str]:
    yield name[: len(wanted)]
    for n, letter in enumerate(name):
        if letter == " ":
            yield name[n + 1 : n + 1 + len(wanted)]


def _alike(a: str, b: str) -> float:
    swapped = 1 - distance(a, b) / max(len(a), len(b))
    return max(swapped, SequenceMatcher(None, a, b).ratio() - 0.1)
