"""Texts made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.text import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("a\x00\x07\x1b[31mb\x9c", "a[31mb"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2067open", "\u2067open\u2069"),
        ("stray\u2069", "stray"),
        ("half \ud83d", "half \ufffd"),
        ("👩🏽‍💻 שלום", "👩🏽‍💻 שלום"),
    ],
)
def test_a_text_is_shown_without_what_cannot_be_read(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


def test_a_label_has_no_line_breaks() -> None:
    assert clean("a\nb", 100, newlines=False) == "a b"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_any_text_is_encodable_and_never_longer_than_allowed_but_for_its_closers(
    text: str, limit: int
) -> None:
    shown = clean(text, limit)
    shown.encode()
    assert len(shown.rstrip("\u2069")) <= limit
