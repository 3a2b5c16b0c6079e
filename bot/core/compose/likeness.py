"""The words for a new pilot that is like others: which, what they taught, and what its owner may say; it ranks none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core import tokens
from bot.core.card import Block, Button, Card, Text, bold, fit, say, spoken
from bot.core.compose import notes, words
from bot.core.records import PilotId
from bot.core.tokens import About, Token

DIFFERS, SAME, WHAT = "differs", "same", "what"
LABEL = 60  # characters of a button's label that phones show
LIMIT = 200  # characters of what differs: one or two sentences


@dataclass(frozen=True, slots=True)
class Alike:
    """A pilot that is like the new one: `shared` are words that both use, `learned` is what it left behind.

    `goes_on`: it has not ended, so that another can be merged into it.
    """

    id: PilotId
    name: str
    stage: str
    shared: tuple[str, ...]
    learned: str = ""
    goes_on: bool = False


def card(pilot: PilotId, name: str, alike: Sequence[Alike]) -> Card:
    """Those that came before, the stopped ones first, and one question: what differs this time?"""
    title = f"{name}: {words.count(len(alike), 'pilot')} before it may be like it"
    body: list[Block] = [_line(one) for one in alike]
    body.append(
        say("What is different this time? One line is kept in its history, for whoever decides later.")
    )
    token = tokens.encode(Token(About.PILOT, pilot, DIFFERS))
    asks = (Text(WHAT, "What differs?", max_chars=LIMIT, required=True),)
    return Card(
        title,
        f"{title}\n{spoken(body)}",
        body=tuple(body),
        actions=(Button("Say what differs", token, asks=asks), *_same(pilot, alike)),
    )


def _same(pilot: PilotId, alike: Sequence[Alike]) -> Iterator[Button]:
    """One button for each that goes on: the new one solves the very same problem."""
    for one in alike:
        if one.goes_on:
            token = tokens.encode(Token(About.PILOT, pilot, SAME, step=one.id))
            yield Button(fit(f"Same as {one.name}", LABEL), token)


def _line(one: Alike) -> Block:
    stage = words.stage_name(one.stage)
    both = f"Both speak of {words.listed(one.shared)}."
    learned = f" Learned: {one.learned}" if one.learned else ""
    return say(bold(words.pilot_name(one.name)), f" ({words.small(stage)}). {both}{learned}")


def said(name: str, differs: str) -> Card:
    """What the owner said, in place of the question."""
    return notes.note(f"Noted in its history, as what differs from those before it: {differs}", name)


def said_same(name: str, other: str) -> Card:
    """The owner said that two pilots are about the same problem."""
    told = f"Noted in its history: the same problem as {words.pilot_name(other)}. "
    told += "When a decision is due and it cannot go on by itself, merging the two may be suggested."
    return notes.note(f"{told} Is it different after all? Say what differs.", name)


def gone(name: str) -> Card:
    """The other pilot has ended meanwhile."""
    return notes.note("That pilot does not go on any more, so nothing can be merged into it.", name)


def only_its_owner() -> Card:
    """Whether two pilots are the same is its owner's to say."""
    return notes.note("Only this pilot's owner or deputy can say that it is the same as another.")


def needed() -> str:
    """What an empty or too long line is told."""
    return f"Please say it in one line of at most {LIMIT} characters."


def not_yours() -> Card:
    """Whoever is not of the pilot cannot say what it is."""
    return notes.note("Only this pilot's own people and the portfolio lead can say what differs.")
