"""What is said when a message could not be delivered: what to do, and what happens by itself; it must not know why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import tokens
from bot.core.card import Button, Card, say
from bot.core.compose import words
from bot.core.tokens import About, Token

PILOTS_SHOWN = 3


def digest_lost(
    subscription: int, channel: str, reason: str, *, in_thread: bool, doubtful: bool = False
) -> Card:
    """The digest, or a part of its thread, did not reach a channel, or perhaps not; said once until it works again."""
    what = "A part of the digest" if in_thread else "The digest"
    what += f" may not have reached {channel}" if doubtful else f" did not reach {channel}"
    lines = (
        f"{words.capital(reason)}.",
        "The subscription stays: I try again with the next digest, and write again only if there is news.",
    )
    again = Button("Post it now", tokens.encode(Token(About.DIGEST, subscription, "post")))
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)), actions=(again,))


def owner_unreachable(name: str, pilots: Sequence[str], reason: str) -> Card:
    """An owner gets no messages any more: said to the leads once."""
    what = f"{name} cannot be reached"
    owned = words.shown([words.pilot_name(pilot) for pilot in pilots], PILOTS_SHOWN)
    lines = (
        f"{words.capital(reason)}.",
        f"{name} owns {owned}. I ask the deputy meanwhile, and you next who takes over.",
    )
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)))
