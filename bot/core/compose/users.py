"""The words to and about a pilot's users: one tap, and counts from five answers on; it must not know who said what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core import tokens
from bot.core.card import Button, Card, bold, say, spoken
from bot.core.compose import notes, words
from bot.core.questionnaire import Option
from bot.core.records import PilotId
from bot.core.tokens import About, Token

USER, STOP = "user", "stop"  # the verb of all its buttons; the `arg` of the one that ends it
LEAST = 5  # people named before one is asked, and answers before they are shown: fewer could be guessed (content.md 3)


def question(pilot: PilotId, name: str, text: str, options: Sequence[Option], *, slot: int) -> Card:
    """One question in one message; `slot` is the ordinal of the day it was asked on."""
    body = (
        say(text),
        say(
            f"You get this because you are named as one of its users. Shown only as a count, from {LEAST} answers on."
        ),
    )
    views = (Button(one.label, _token(pilot, slot, one.slug)) for one in options)
    stop = Button("Don't ask me again", _token(pilot, slot, STOP))
    return Card(name, f"{name}\n{spoken(body)}", body=body, actions=(*views, stop))


def _token(pilot: PilotId, slot: int, answer: str) -> str:
    return tokens.encode(Token(About.PILOT, pilot, USER, slot, answer))


def thanks(name: str) -> Card:
    """After the one tap."""
    return notes.note("Thank you. It is counted without your name.", name)


def counted_already(name: str) -> Card:
    """After a second tap: a vote has no name, so that nobody can find it again to change it."""
    return notes.note("Your answer is counted already.", name)


def left(name: str) -> Card:
    """After the button that ends it."""
    return notes.note("I will not ask you about it again as its user.", name)


def counts(votes: Mapping[str, int], options: Sequence[Option]) -> str:
    """How many said what; empty below the number from which it is shown."""
    total = sum(votes.values())
    if total < LEAST:
        return ""
    said = [f"{words.small(one.label)} {votes[one.slug]}" for one in options if votes.get(one.slug)]
    return f"work harder without it? {', '.join(said)} ({words.count(total, 'answer')} in a year)"


def named(name: str, people: Sequence[str], told: str, *, left: int = 0) -> Card:
    """Who is named as a user of a pilot, what follows from it, and what they say as far as it is shown."""
    who = words.listed(people) or words.NOBODY
    gone = f" {words.count(left, 'person')} does not want to be asked." if left == 1 else ""
    gone = f" {left} of them do not want to be asked." if left > 1 else gone
    follows = (
        "Every four weeks one of them, drawn by lot, is asked one question, answered with one tap."
        if len(people) - left >= LEAST
        else f"Nobody is asked until {LEAST} of them can be: with fewer, an answer could be guessed."
    )
    shown = told or f"Answers are shown as counts, from {LEAST} on."
    body = (say(bold("Users: "), f"{who}."), say(f"{follows}{gone}"), say(words.capital(shown)))
    return Card(name, f"{name}\n{spoken(body)}", body=body)


def own(who: str) -> str:
    """Somebody of the pilot itself was named."""
    return f"{who} already has a part in this pilot, so they cannot also be asked as its user."


def not_yours() -> Card:
    """Whoever is not of the pilot names nobody."""
    return notes.note("Only this pilot's own people and the portfolio lead can name its users.")
