"""Numbers with their nouns, for every line that counts something; it must not know what is counted."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 pilot", "12 pilots"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
