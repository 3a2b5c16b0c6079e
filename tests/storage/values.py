"""Hypothesis strategies for what storage keeps: cards, check-in states, questionnaires' answers."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bot.core.card import (
    Bar,
    Bars,
    Button,
    Card,
    Choice,
    Date,
    Divider,
    Facts,
    Heading,
    Link,
    Number,
    Offer,
    OpenLink,
    Paragraph,
    Person,
    Picture,
    Span,
    Style,
    Submit,
    Table,
    Text,
    Tone,
)
from bot.core.state import Phase, State
from bot.core.values import NoneYet, NotApplicable, NotKnown

ANY_TEXT = st.text(st.characters(codec=None), max_size=20)  # controls and half surrogate pairs included
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
SLUG = st.text("abcdefgh._", min_size=1, max_size=8)
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False)

VALUE = st.one_of(
    ANY_TEXT,
    NUMBER,
    st.booleans(),
    st.lists(ANY_TEXT, max_size=3).map(tuple),
    st.dates(),
    st.just(NotKnown()),
    st.builds(NotApplicable, ANY_TEXT),
    st.just(NoneYet()),
)


def states(person: int, colleague: int) -> st.SearchStrategy[State]:
    """Any state of a check-in, possible in life or not."""
    return st.builds(
        State,
        phase=st.sampled_from(Phase),
        person=st.sampled_from([person, colleague]),
        opened_at=MOMENT,
        closes_at=MOMENT,
        answers=st.dictionaries(SLUG, VALUE, max_size=4),
        asking=st.lists(SLUG, max_size=3).map(tuple),
        step=st.integers(0, 2**15 - 1),
        revision=st.integers(0, 2**15 - 1),
        ladder=st.lists(MOMENT, max_size=3).map(tuple),
        reminders=st.integers(0, 9),
        handed=st.dictionaries(SLUG, st.sampled_from([person, colleague]), max_size=2),
        skipped=st.lists(SLUG, max_size=2).map(tuple),
        said=PLAIN,
        snoozed_until=st.none() | MOMENT,
        wake_at=st.none() | MOMENT,
        outcome=PLAIN,
        late=st.booleans(),
        done_at=st.none() | MOMENT,
        drafts=st.dictionaries(SLUG, VALUE, max_size=3),
    )


_words = {
    "name": ANY_TEXT,
    "label": ANY_TEXT,
    "hint": ANY_TEXT,
    "required": st.booleans(),
    "previous": ANY_TEXT,
}
_offers = st.lists(st.builds(Offer, ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=3).map(tuple)
_texts = st.lists(ANY_TEXT, max_size=3).map(tuple)
FIELD = st.one_of(
    st.builds(Choice, options=_offers, many=st.booleans(), initial=_texts, **_words),
    st.builds(Text, multiline=st.booleans(), max_chars=st.none() | st.integers(), initial=ANY_TEXT, **_words),
    st.builds(
        Number,
        low=st.none() | NUMBER,
        high=st.none() | NUMBER,
        whole=st.booleans(),
        none_label=ANY_TEXT,
        initial=ANY_TEXT,
        **_words,
    ),
    st.builds(Date, keep=st.none() | st.dates(), none_label=ANY_TEXT, initial=ANY_TEXT, **_words),
    st.builds(Person, initial=ANY_TEXT, **_words),
    st.builds(Link, initial=ANY_TEXT, **_words),
)
SPAN = st.builds(Span, ANY_TEXT, st.sampled_from(Style), st.none() | ANY_TEXT)
BLOCK = st.one_of(
    st.builds(Paragraph, st.lists(SPAN, max_size=3).map(tuple)),
    st.builds(Heading, ANY_TEXT),
    st.builds(Facts, st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=3).map(tuple)),
    st.builds(Table, _texts, st.lists(_texts, max_size=3).map(tuple)),
    st.builds(
        Bars,
        st.lists(st.builds(Bar, ANY_TEXT, st.none() | st.integers(0, 100), ANY_TEXT), max_size=3).map(tuple),
    ),
    st.builds(Picture, ANY_TEXT, ANY_TEXT),
    st.just(Divider()),
)
ACTION = st.one_of(
    st.builds(Button, ANY_TEXT, ANY_TEXT, st.sampled_from(Tone), st.lists(FIELD, max_size=2).map(tuple)),
    st.builds(Submit, ANY_TEXT, ANY_TEXT, ANY_TEXT),
    st.builds(OpenLink, ANY_TEXT, ANY_TEXT),
)
CARD = st.builds(
    Card,
    title=ANY_TEXT,
    fallback=ANY_TEXT,
    body=st.lists(BLOCK, max_size=4).map(tuple),
    fields=st.lists(FIELD, max_size=3).map(tuple),
    actions=st.lists(ACTION, max_size=3).map(tuple),
    footer=ANY_TEXT,
    problems=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=2).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
DATE = st.dates(min_value=date(1, 1, 1))
