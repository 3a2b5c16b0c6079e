"""Cards that ask which pilot is meant when a few buttons cannot show them all; it must not know who may see which."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import tokens
from bot.core.card import Button, Card, Choice, Offer, Source, Submit, say
from bot.core.compose import words
from bot.core.tokens import About, Token

PILOT = "pilot"  # the field's name
PICK = "pick"  # the verb of a token whose `arg` is a command with HERE where the pilot's key goes
HERE = "{}"
BUTTONS_SHOWN = 5  # more are a list to search
CHOOSE = "Choose a pilot."


def pick_card(offers: Sequence[Offer], template: str, *, example: str = "") -> Card:
    """Which pilot a command is about: buttons for a few pilots, a field to search in for more.

    `template` is the command with HERE in place of the pilot.
    """
    asked = "Which pilot do you mean?"
    typed = f" Or type it, for example: {example}" if example else ""
    if not offers:
        line = f"There is no pilot yet that you can see.{typed}"
        return Card("Which pilot?", line, body=(say(line),))
    if len(offers) <= BUTTONS_SHOWN:
        buttons = tuple(
            Button(words.pilot_name(offer.label), tokens.command(filled(template, offer.value)))
            for offer in offers
        )
        named = words.listed((words.pilot_name(offer.label) for offer in offers), last="or")
        line = f"{asked[:-1]}: {named}?{typed}"
        return Card("Which pilot?", line, body=(say(line),), actions=buttons)
    token = tokens.encode(Token(About.COMMAND, 0, PICK, arg=template))
    return Card(
        "Which pilot?",
        f"{asked}{typed}",
        body=(say(f"{asked}{typed}"),),
        fields=(pilot_field(offers),),
        actions=(Submit("Go on", token, opener="Choose a pilot"),),
    )


def pilot_field(offers: Sequence[Offer], *, initial: str = "") -> Choice:
    """The field that asks for a pilot; its value is the pilot's key."""
    chosen = (initial,) if initial else ()
    return Choice(PILOT, "Which pilot?", tuple(offers), initial=chosen, required=True, source=Source.PILOTS)


def filled(template: str, key: str) -> str:
    """The command with the pilot in its place."""
    return template.replace(HERE, key, 1)
