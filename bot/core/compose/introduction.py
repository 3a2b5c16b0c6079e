"""What stands above somebody's first questions: why they come, and how to stop them; it must not know who it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.card import Paragraph, bold, say

NAMED: Final[Mapping[str, str]] = {
    "owner": "as the owner",
    "deputy": "as the deputy of the owner",
    "sponsor": "as the sponsor",
    "operations": "for the operations",
    "decider": "as the one who decides",
}
MUTE: Final = "Mute or remove me in your chats. You can come back at any time."


def introduction(pilot: str, role: str, *, personal: bool) -> tuple[Paragraph, ...]:
    """To somebody who has not asked for it and has never answered about this pilot; nothing where no role says why.

    `personal`: the questions cannot be handed on.
    """
    named = NAMED.get(role)
    if named is None:
        return ()
    why = f"You get this because you are named {named} of {pilot}."
    if role == "decider":
        why = f"You get this because you are named {named} about {pilot}."
    if personal:
        return say(why), say(bold("No more messages? "), MUTE)
    return (
        say(
            f"{why} I ask a few short questions about it now and then, and show what it lacks before production."
        ),
        say(bold("Not yours? "), "Press “Not mine”. ", bold("No more messages? "), MUTE),
    )


def several(*, personal: bool) -> str:
    """The same once for several pilots, under a message that asks about all of them."""
    if personal:
        return f"You get this because you are named for these pilots. No more messages? {MUTE}"
    return (
        "You get this because you are named for these pilots. I ask a few short questions now and then, and show "
        f"what each lacks before production. One is not yours? Open it and press “Not mine”. No more messages? {MUTE}"
    )
