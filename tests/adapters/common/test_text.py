"""What the doors share: a text of any size and kind becomes one that can be shown, and no address that runs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.text import clean, cut_bytes, line, prose, storable, web_address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("a\x00\x07\x1b[31mb\x9c", "a[31mb"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2067open\u2069", "open"),
        ("half \ud83d", "half \ufffd"),
        ("👩🏽‍💻 שלום", "👩🏽‍💻 שלום"),
    ],
)
def test_a_text_is_shown_without_what_cannot_be_read(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_any_text_is_encodable_and_no_longer_than_allowed(text: str, limit: int) -> None:
    for shown in (prose(text, limit), line(text, limit)):
        shown.encode()
        assert len(shown) <= limit
    assert "\n" not in line(text, limit)


def test_a_huge_text_is_cut_where_it_ends_and_says_so() -> None:
    assert prose("long " * 100_000, 20) == "long long long long…"


def test_what_no_database_takes_is_left_out() -> None:
    assert storable("a\0b \ud83d") == "ab ?"


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_text_cut_by_bytes_fits_as_json(text: str, room: int) -> None:
    cut = cut_bytes(clean(text), room)
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
