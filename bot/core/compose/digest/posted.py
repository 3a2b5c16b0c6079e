"""A digest that stands in a channel, once a decision that it asked for is made; it must not know how it was posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Heading, Paragraph, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.digest.lines import DECIDE
from bot.core.records import PilotId
from bot.core.tokens import About


def amended(card: Card, pilot: PilotId, name: str, decided: str, who: str) -> Card | None:
    """A posted digest with what has been decided since in the place of the question; None where it did not ask."""
    line = say(bold(words.pilot_name(name)), f": decided, {decided} ({who}).")
    body = tuple(_answered(card.body, words.pilot_name(name), line))
    if body == card.body:
        return None
    actions = tuple(_looks_only(action, pilot, name) for action in card.actions)
    return replace(card, body=body, fallback=f"{card.title}\n{spoken(body)}", actions=actions)


def _answered(body: Iterable[Block], name: str, line: Paragraph) -> Iterator[Block]:
    """The line about the pilot of that name is another, among the decisions needed only."""
    heading = ""
    for block in body:
        if isinstance(block, Heading):
            heading = block.text
        asks = heading == DECIDE and isinstance(block, Paragraph) and block.spans[:1] == (bold(name),)
        yield line if asks else block


def _looks_only(action: Action, pilot: PilotId, name: str) -> Action:
    """The button that opened the decision form shows where the pilot stands."""
    token = tokens.decode(action.token) if isinstance(action, Button) else None
    if token is None or (token.about, token.id, token.verb) != (About.PILOT, pilot, "decide"):
        return action
    return words.button(words.pilot_name(name), pilot, "status")
