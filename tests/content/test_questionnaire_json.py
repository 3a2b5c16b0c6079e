"""A questionnaire survives JSON: what is kept of a version is that version, whatever is added to the format later."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.loader import load
from bot.core.questionnaire import (
    All,
    AnyOf,
    Check,
    Condition,
    Kind,
    Not,
    Option,
    Question,
    Questionnaire,
    Screen,
    Source,
)
from bot.core.questionnaire import (
    Test as Asks,
)
from bot.core.questionnaire_json import digest, from_json, to_json
from tests.content.folders import SHIPPED

TEXT = st.text(max_size=20)
SCALAR = st.one_of(TEXT, st.integers(-1000, 1000), st.floats(-1000, 1000), st.booleans())
CHECK: st.SearchStrategy[Condition] = st.builds(
    Check,
    st.sampled_from(Source),
    TEXT,
    st.sampled_from(Asks),
    st.one_of(SCALAR, st.lists(SCALAR, min_size=1, max_size=3).map(tuple)),
    TEXT,
)
CONDITION = st.recursive(
    CHECK,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
OPTION = st.builds(Option, TEXT, TEXT, st.none() | st.floats(-10, 10))
QUESTION = st.builds(
    Question,
    id=TEXT,
    kind=st.sampled_from(Kind),
    text=TEXT,
    required=st.booleans(),
    hint=TEXT,
    options=st.lists(OPTION, max_size=3).map(tuple),
    item=TEXT,
    none_label=TEXT,
    may_not_apply=st.booleans(),
    limit=st.none() | st.integers(0, 3000),
    low=st.none() | st.floats(-10, 10),
    high=st.none() | st.floats(-10, 10),
    when=st.none() | CONDITION,
    private=st.booleans(),
    blind=st.booleans(),
)
SCREEN = st.builds(
    Screen,
    id=TEXT,
    title=TEXT,
    questions=st.lists(QUESTION, max_size=3).map(tuple),
    when=st.none() | CONDITION,
)
FORM = st.builds(
    Questionnaire,
    id=TEXT,
    version=st.integers(1, 99),
    title=TEXT,
    asks=TEXT,
    minutes=st.integers(1, 60),
    screens=st.lists(SCREEN, max_size=3).map(tuple),
    intro=TEXT,
    digest=TEXT,
)


@given(form=FORM)
def test_any_questionnaire_comes_back_as_it_was(form: Questionnaire) -> None:
    assert from_json(json.loads(json.dumps(to_json(form)))) == form


def test_every_questionnaire_that_ships_comes_back_as_it_was() -> None:
    for form in load(SHIPPED).questionnaires.values():
        again = from_json(json.loads(json.dumps(to_json(form))))
        assert again == form
        assert digest(again) == form.digest


@given(form=FORM)
def test_the_digest_is_of_the_content_and_not_of_itself(form: Questionnaire) -> None:
    assert digest(replace(form, digest="")) == digest(replace(form, digest="x"))
    assert digest(replace(form, version=form.version + 1)) != digest(form)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": "pulse"},
        {"id": "a", "version": "x", "title": "", "asks": "", "minutes": 1, "screens": []},
        {"id": "a", "version": 1, "title": "", "asks": "", "minutes": 1, "screens": None},
        {"id": "a", "version": 1, "title": "", "asks": "", "minutes": 1, "screens": ["x"]},
    ],
)
def test_what_is_no_questionnaire_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one is the standard library's affair
        from_json(raw)
