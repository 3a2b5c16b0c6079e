"""The questionnaires that come with the program, as Slack shows them: nothing of them is too long for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.slack import limits
from adapters.slack.controls import buttons, form, lone
from adapters.slack.parse import asked
from adapters.slack.render import render
from adapters.slack.view import view
from bot.core.card import Card, Choice
from bot.service.preview import previews
from tests.adapters.slack.screen import pressed
from tests.adapters.slack.validators import check_message, check_view
from tests.core.scenery import content

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CARDS = {
    f"{found.id}: {preview.screen}": preview.card
    for found in content().questionnaires.values()
    for preview in previews(content(), found, NOW)
}
every_card = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)


@every_card
def test_every_way_out_is_a_button(card: Card) -> None:
    payload = render(card)
    check_message(payload)
    assert "more" not in payload
    assert len(list(buttons(card))) == len(card.actions) - bool(lone(card))


@every_card
def test_every_question_is_in_the_modal_with_options_nobody_has_to_guess(card: Card) -> None:
    shown = view(card)
    check_view(shown)
    asked_for = {block["block_id"] for block in shown["blocks"] if block["type"] == "input"}
    assert {f"field:{field.name}" for field in card.fields} <= asked_for
    for field in card.fields:
        if isinstance(field, Choice):
            assert [offer.label for offer in field.options if len(offer.label) > limits.LABEL] == []


@every_card
def test_every_form_behind_a_button_arrives_with_all_its_words(card: Card) -> None:
    asking = {action.token: action for action in card.actions if getattr(action, "asks", ())}
    for button in buttons(card):
        if small := form(button):
            opened = asked(pressed(button))
            assert opened is not None
            check_view(opened)
            assert small.fields == asking[small.actions[0].token].asks
