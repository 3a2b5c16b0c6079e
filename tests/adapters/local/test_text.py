"""Texts made fit to be shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.text import clean, cut_bytes, web_address


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


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_text_cut_by_bytes_fits_as_json(text: str, room: int) -> None:
    cut = cut_bytes(clean(text, len(text)), room)
    assert len(json.dumps(cut, ensure_ascii=False).encode()) - 2 <= room


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://localhost:8080", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://", False),
        ("http://[bad", False),
        ("//example.org", False),
        ("https://example.org/" + "a" * 2000, False),
        ("https://example.org/\u202egpj", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_followed(url: str | None, *, followed: bool) -> None:
    assert bool(web_address(url)) is followed
