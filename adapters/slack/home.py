"""Draws cards as somebody's home, one below the other; it must not know who they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.slack import controls
from adapters.slack.blocks import Json, actions, body, header, note
from adapters.slack.view import CALLBACK, within
from bot.core.card import Card, say


def home(cards: Sequence[Card]) -> Json:
    """The view of a home. Fields are asked for in modals only, so that a card with some shows its opener."""
    shown = within(_blocks(cards)) or [*body((say("\N{NO-BREAK SPACE}"),))] or [{"type": "divider"}]
    return {"type": "home", "callback_id": CALLBACK, "blocks": shown}


def _blocks(cards: Iterable[Card]) -> Iterator[Json]:
    for number, card in enumerate(cards):
        if number and card.title.strip():
            yield {"type": "divider"}
        yield from header(card.title)
        yield from body(card.body)
        yield from actions(controls.buttons(replace(card, fields=()) if controls.lone(card) else card))
        yield from note(card.footer)
