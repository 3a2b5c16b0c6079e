"""A card survives being written down: every block, field and action, whatever the texts in them."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given

from bot.core import card as cards
from bot.core.card import Card
from bot.core.card_json import FIELDS, from_json, to_json
from tests.storage.values import CARD


@given(CARD)
def test_a_card_comes_back_from_json_as_it_was(card: Card) -> None:
    assert from_json(json.loads(json.dumps(to_json(card)))) == card


def test_every_kind_of_field_has_a_name() -> None:
    assert set(FIELDS.values()) == set(get_args(cards.Field))


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"title": "t"},
        {
            "title": "t",
            "fallback": "f",
            "body": [{"video": 1}],
            "fields": [],
            "actions": [],
            "footer": "",
            "problems": [],
        },
        {
            "title": "t",
            "fallback": "f",
            "body": [],
            "fields": [{"x": {}}],
            "actions": [],
            "footer": "",
            "problems": [],
        },
        {
            "title": "t",
            "fallback": "f",
            "body": [],
            "fields": [],
            "actions": [{"x": 1}],
            "footer": "",
            "problems": [],
        },
        {"title": "t", "fallback": "f", "body": 7, "fields": [], "actions": [], "footer": "", "problems": []},
    ],
)
def test_what_is_no_card_is_said(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a stored"):
        from_json(raw)
