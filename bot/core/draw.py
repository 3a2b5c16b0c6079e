"""A draw that comes out the same every time for the same seed; it must not know what is drawn, nor any randomness."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def draw(options: Sequence[T], *, seed: str) -> T | None:
    """One of the options, each as likely as the others over many seeds; None of none."""
    if not options:
        return None
    return options[int.from_bytes(sha256(seed.encode()).digest()[:8]) % len(options)]
