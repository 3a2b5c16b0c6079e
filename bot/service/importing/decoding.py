"""Bytes of a file -> which text encoding they are in, said with its certainty; it must not know of rows or cells."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from bot.service.importing.faults import ImportProblem, nearest

MAX_BYTES = 50_000_000  # twenty inventories of the size of the federal government's
LOOKED_AT = 200_000  # bytes that decide between old single-byte encodings; more tells no more

_MARKS = (  # the longest first: UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FILES = (
    (b"PK\x03\x04", "a workbook or zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
)
# High bytes of Windows-1252 that western text is written with: letters with accents and printers' marks. Letters of
# other languages in other code pages land on the rest: superscripts, fractions, the currency sign.
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŠšŽžŸ€‚„…‘’“”•–—™\u00a0£§©«®°´·»¿¡ªº²½×†‹›".encode(
        "cp1252"
    )
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1a")
_HIGH = bytes(range(128, 256))
MOSTLY_ASCII = 0.3  # French and German have about 5 % high bytes; Russian and Greek more than half
BINARY = 0.02  # control bytes beyond this share are no slips


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, how people call it, and why it was chosen; `certain` is False for a guess."""

    codec: str
    name: str
    why: str
    certain: bool = True


def encoding_of(data: bytes, wanted: str = "") -> Encoding:
    """The encoding of a text file; ImportProblem when it is no text, too large, or cannot be told."""
    _refuse(data)
    if wanted:
        return _named(data, wanted)
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), "")
    found = marked or _wide(data)
    if found:
        return _checked(
            data,
            Encoding(
                found, _called(found), "it begins with its mark" if marked else "every other byte is zero"
            ),
        )
    _refuse_binary(data)
    if _decodes(data, "utf-8"):
        plain = data.isascii()
        return Encoding(
            "utf-8", "ASCII" if plain else "UTF-8", "only ASCII" if plain else "it is valid UTF-8"
        )
    return _old(data)


def _refuse(data: bytes) -> None:
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ImportProblem(
            "The file is empty. Choose a CSV file with a row of column names and a row for each pilot."
        )
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:,.0f} MB"
        raise ImportProblem(
            f"The file has {size}; {MAX_BYTES / 1e6:.0f} MB is the most. Split it, or remove columns."
        )
    kind = next((kind for magic, kind in _FILES if data.startswith(magic)), "")
    if kind:
        raise ImportProblem(f"This is {kind}, not CSV. Open it in its program and use Save as > CSV UTF-8.")


def _named(data: bytes, wanted: str) -> Encoding:
    try:
        codec = codecs.lookup(wanted).name
        known = codec in _NAMES or codec.startswith(
            ("cp", "iso8859", "mac", "koi8", "utf", "gb", "big5", "euc", "shift")
        )
    except (LookupError, ValueError):
        known, codec = False, ""
    if not known:
        near = nearest(wanted, _NAMES) or "utf-8 or cp1252"
        raise ImportProblem(f"There is no text encoding '{wanted[:40]}'. Use {near}.")
    return _checked(data, Encoding(codec, _called(codec), "it was named"))


def _checked(data: bytes, found: Encoding) -> Encoding:
    try:
        data.decode(found.codec)
    except (UnicodeError, ValueError) as error:
        at = getattr(error, "start", 0)
        line = data.count(b"\n", 0, at) + 1
        raise ImportProblem(
            f"Line {line}: not readable as {found.name} ({found.why}). Save it as CSV UTF-8, or name its encoding."
        ) from None
    return found


def _wide(data: bytes) -> str:
    """UTF-16 without a mark shows as text in which every other byte is zero."""
    sample = data[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) * 0.3:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 5 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 5 * odd else ""


def _refuse_binary(data: bytes) -> None:
    sample = data[:LOOKED_AT]
    odd = len(sample) - len(sample.translate(None, _CONTROLS))
    if odd > max(3, len(sample) * BINARY):
        raise ImportProblem(
            "This is a binary file, not CSV text. Open it in its program and use Save as > CSV UTF-8."
        )


def _old(data: bytes) -> Encoding:
    """One of the single-byte encodings from before Unicode, or an Asian one: an assumption, and said to be one."""
    _refuse_spoiled(data)
    high = len(data) - len(data.translate(None, _HIGH))
    if high < len(data) * MOSTLY_ASCII and _WESTERN.issuperset(set(data).intersection(_HIGH)):
        return Encoding("cp1252", "Windows-1252", "it is no UTF-8 and reads as western text", certain=False)
    guess = from_bytes(_rich_sample(data)).best()
    if guess is not None and _decodes(data, guess.encoding):
        return Encoding(guess.encoding, _called(guess.encoding), "its letters look like it", certain=False)
    if _decodes(data, "cp1252"):
        return Encoding("cp1252", "Windows-1252", "nothing else fits", certain=False)
    raise ImportProblem(
        "The text encoding of this file cannot be told. Save it as CSV UTF-8, or name its encoding."
    )


def _refuse_spoiled(data: bytes) -> None:
    """UTF-8 with a few bytes that are not: reading all of it as something else would spoil every letter."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = len(text) - bad - len(data.translate(None, _HIGH))
    if good > 4 * bad:
        line = text.count("\n", 0, text.index("\ufffd")) + 1
        raise ImportProblem(
            f"Line {line} holds a byte that is not UTF-8, though the rest is. Mend it, or save the file anew."
        )


def _rich_sample(data: bytes) -> bytes:
    """Whole lines around the first byte that is not ASCII."""
    first = next(index for index, byte in enumerate(data) if byte > 127)
    start = data.rfind(b"\n", 0, max(0, first - 1000)) + 1
    end = data.rfind(b"\n", start + 1, start + LOOKED_AT)
    return data[start : end if end > first else start + LOOKED_AT]


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except (UnicodeError, LookupError):
        return False
    return True


_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "iso8859-1": "ISO 8859-1",
    "ascii": "ASCII",
}


def _called(codec: str) -> str:
    name = _NAMES.get(codec, codec.replace("_", "-"))
    return f"Windows-{name[2:]}" if name.startswith("cp125") else name
