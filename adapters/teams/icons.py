"""Draws the app's two icons as PNG: a ramp of three bars; it must not know where they are shown."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Final

Pixel = tuple[int, int, int, int]

GROUND: Final[Pixel] = (31, 78, 95, 255)  # the app's accent colour, #1f4e5f
WHITE: Final[Pixel] = (255, 255, 255, 255)
CLEAR: Final[Pixel] = (255, 255, 255, 0)
_BARS: Final = (
    (0.22, 0.38, 0.60),
    (0.42, 0.58, 0.44),
    (0.62, 0.78, 0.26),
)  # left, right and top, in parts of a side
_FOOT: Final = 0.76


def color() -> bytes:
    """192 by 192, white on the accent colour."""
    return _png(192, lambda x, y: WHITE if _on_ramp(x, y) else GROUND)


def outline() -> bytes:
    """32 by 32, white on nothing, as Teams wants it for its bars."""
    return _png(32, lambda x, y: WHITE if _on_ramp(x, y) else CLEAR)


def _on_ramp(x: float, y: float) -> bool:
    return any(left <= x < right and top <= y < _FOOT for left, right, top in _BARS)


def _png(side: int, pixel: Callable[[float, float], Pixel]) -> bytes:
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel((x + 0.5) / side, (y + 0.5) / side)) for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)  # eight bits a channel, with transparency
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
