"""A button's token is taken only where this organisation signed it, letter for letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core import signing
from bot.core.button_key import FORGED, MARK, ButtonKey
from bot.core.card import Button, Card, OpenLink, Submit
from bot.core.ports import Clicked, Closed, Problems, Show, Wrote
from bot.core.tokens import LIMIT, SIGNATURE, About, Token, decode, encode

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OURS, THEIRS = ButtonKey(b"a" * 32), ButtonKey(b"b" * 32)
TOKEN = encode(Token(About.CHECKIN, 7, "submit", 2))
texts = st.text(max_size=60)


@given(texts)
def test_what_was_signed_is_opened_as_it_was(text: str) -> None:
    assert OURS.opened(OURS.sign(text), NOW) == text


@given(texts, st.integers(min_value=0), st.characters())
def test_a_token_with_one_letter_changed_is_none(text: str, place: int, letter: str) -> None:
    signed = OURS.sign(text)
    place %= len(signed)
    changed = signed[:place] + letter + signed[place + 1 :]
    assert changed == signed or OURS.opened(changed, NOW) == FORGED


@given(texts)
def test_what_anybody_writes_is_none(text: str) -> None:
    for forged in (text, f"{MARK}{text}", TOKEN):
        assert OURS.opened(forged, NOW) == FORGED
    assert decode(FORGED) is None


def test_another_organisations_button_is_none_here() -> None:
    assert OURS.opened(THEIRS.sign(TOKEN), NOW) == FORGED


def test_buttons_of_before_are_taken_until_a_day_and_forged_ones_not_even_then() -> None:
    lenient = ButtonKey(b"a" * 32, plain_until=NOW)
    assert lenient.opened(TOKEN, NOW - timedelta(seconds=1)) == TOKEN
    assert lenient.opened(TOKEN, NOW) == FORGED
    assert lenient.opened(THEIRS.sign(TOKEN), NOW - timedelta(seconds=1)) == FORGED


def test_a_signed_token_fits_where_platforms_put_it() -> None:
    longest = encode(
        Token(About.COMMAND, 0, "run", arg="x" * (LIMIT - len(encode(Token(About.COMMAND, 0, "run")))))
    )
    assert len(longest) == LIMIT
    assert len(OURS.sign(longest)) == LIMIT + SIGNATURE <= 250


def test_every_button_of_a_card_is_signed_and_nothing_else_is_changed() -> None:
    plain = Card(
        "t", "f", actions=(Button("a", "one"), Submit("b", "two"), OpenLink("c", "https://example.org"))
    )
    signed = signing.card(plain, OURS)
    assert [getattr(action, "token", "") for action in signed.actions] == [
        OURS.sign("one"),
        OURS.sign("two"),
        "",
    ]
    assert signing.reply(Show(plain), OURS) == Show(signed)
    assert signing.reply(Problems({"": "x"}), OURS) == Problems({"": "x"})


def test_a_press_carries_its_token_and_a_forged_one_carries_none() -> None:
    assert signing.act(Clicked(OURS.sign(TOKEN), {}), OURS, NOW) == Clicked(TOKEN, {})
    assert signing.act(Closed(TOKEN, {}), OURS, NOW) == Closed(FORGED, {})
    assert signing.act(Wrote(TOKEN), OURS, NOW) == Wrote(TOKEN)


def test_a_key_is_never_shown() -> None:
    assert "aaaa" not in repr(OURS)
