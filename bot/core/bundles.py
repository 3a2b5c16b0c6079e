"""Several pilots of one person in one message: what stands in it; it must not know how it is worded."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.card import Card

MOST = 5  # pilots in one message: what a phone shows without scrolling, with a button for each
TOGETHER = (
    "invite",
    "reminder",
    "wake",
    "closed",
    "handed",
)  # what is said by itself at one moment; slots begin so


@dataclass(frozen=True, slots=True)
class Strip:
    """What the message of one check-in or request shows within another message, under the key it would have alone.

    `host` is the key of the message in which it stands.
    """

    host: str
    key: str
    card: Card
