"""The words of the yearly confirmation that a pilot's record is true; it must not know when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core import tokens
from bot.core.card import Button, Card, Facts, Paragraph, Tone, bold, say, spoken
from bot.core.compose import notes, words
from bot.core.days import day_words
from bot.core.records import Pilot
from bot.core.tokens import About, Token

ATTEST = "attest"  # the verb of the buttons
TRUE, NOT_TRUE, OPEN = "true", "not_true", "open"  # their `arg`


@dataclass(frozen=True, slots=True)
class Record:
    """What is confirmed, in short: the pilot, its people by name, its score and how many items are answered."""

    pilot: Pilot
    sponsor: str
    decider: str
    overall: int | None
    answered: int
    items: int
    today: date


def question(record: Record, *, slot: int) -> Card:
    """One tap; `slot` is the ordinal of the day it was asked on."""
    pilot = record.pilot
    body = (
        say(
            "Is what I keep about it still true? Once a year you confirm that as its owner: decisions rest on it."
        ),
        Facts(tuple(_facts(record))),
        say(f"All of it: type “status {pilot.key}”. Your answer goes into the log with your name."),
    )
    actions = (
        Button("Yes, it is true", _token(pilot, slot, TRUE)),
        Button("Not all of it", _token(pilot, slot, NOT_TRUE)),
    )
    return Card(pilot.name, f"{pilot.name}\n{spoken(body)}", body=body, actions=actions)


def line(pilot: Pilot, *, slot: int) -> Card:
    """The question as a line of a message about several pilots; its button opens it with what is to be confirmed."""
    name = words.pilot_name(pilot.name)
    said = say(bold(name), " (once a year). Is what I keep about it still true? It takes one tap.")
    opens = Button(f"Check: {name}", _token(pilot, slot, OPEN), Tone.PRIMARY)
    return Card(name, spoken([said]), body=(said,), actions=(opens,))


def settled_line(pilot: Pilot, card: Card) -> Card:
    """The same line once it is answered, as the `card` says that stands in the place of the question."""
    name = words.pilot_name(pilot.name)
    said = next(spoken([block]) for block in card.body if isinstance(block, Paragraph))
    told = say(bold(name), f" (once a year). {said}")
    return Card(name, spoken([told]), body=(told,))


def _facts(record: Record) -> list[tuple[str, str]]:
    pilot, today = record.pilot, record.today
    score = f"{record.overall}, " if record.overall is not None else ""
    return [
        ("Stage", f"{words.stage_name(pilot.stage)} since {day_words(pilot.stage_since, today)}"),
        ("Readiness", f"{score}{record.answered} of {record.items} items answered"),
        ("Real use planned", day_words(pilot.target, today) if pilot.target else "no date yet"),
        ("Sponsor", record.sponsor or words.NOBODY),
        ("Decider", record.decider or words.NOBODY),
    ]


def _token(pilot: Pilot, slot: int, answer: str) -> str:
    return tokens.encode(Token(About.PILOT, pilot.id, ATTEST, slot, answer))


def confirmed(pilot: Pilot, on: date) -> Card:
    """In the place of the question, after yes."""
    return notes.note(f"You confirmed on {day_words(on, on)} that its record is true. Thank you.", pilot.name)


def refused(pilot: Pilot) -> Card:
    """In the place of the question, after no: the way to put it right."""
    body = (
        say("Noted. Put it right now, or with your next check-in; after that I ask again."),
        say(
            f"For a date or a person, type “status {pilot.key}” and use its buttons. For a level, go through the items."
        ),
    )
    again = Button("Go through all items", tokens.command(f"review {pilot.key} in full"))
    return Card(pilot.name, f"{pilot.name}\n{spoken(body)}", body=body, actions=(again,))


def not_yours(pilot: Pilot, owner: str) -> Card:
    """Whoever pressed is not its owner any more."""
    by = f"{owner} owns it now" if owner else "It has another owner now"
    return notes.note(f"This card is from before: {by}. Nothing was changed.", pilot.name)


def standing(who: str, on: date, today: date, *, true: bool) -> str:
    """The newest word, as a status shows it."""
    said = "confirmed as true by" if true else "not all of it is true, according to"
    return f"{said} {who}, {day_words(on, today)}"
