"""Signs the buttons of what leaves, and opens those of what comes in; it must not read what a token says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.button_key import ButtonKey
from bot.core.card import Action, Button, Card, Submit
from bot.core.ports.acts import Act, Clicked, Closed
from bot.core.ports.replies import Close, Nothing, Problems, Reply, Show, Update


def card(plain: Card, key: ButtonKey) -> Card:
    """A card whose buttons are signed."""
    return replace(plain, actions=tuple(_action(action, key) for action in plain.actions))


def _action(action: Action, key: ButtonKey) -> Action:
    if isinstance(action, Button | Submit):
        return replace(action, token=key.sign(action.token))
    return action


def reply(plain: Reply, key: ButtonKey) -> Reply:
    """A reply whose card's buttons are signed."""
    match plain:
        case Show(shown):
            return replace(plain, card=card(shown, key))
        case Update(shown):
            return replace(plain, card=card(shown, key))
        case Nothing() | Problems() | Close():
            return plain


def act(done: Act, key: ButtonKey, now: datetime) -> Act:
    """What somebody did, with the token of the button as it was signed; no token for one of other make."""
    if isinstance(done, Clicked | Closed):
        return replace(done, token=key.opened(done.token, now))
    return done
