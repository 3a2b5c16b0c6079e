"""The owner's launch and stop rules in words: as they stand, what they were first, and a change to agree to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot.core.card import Button, Card, Choice, Facts, Offer, Text, Tone, say, spoken
from bot.core.compose import words
from bot.core.days import day_words
from bot.core.records import Pilot, PilotId, Request
from bot.core.thresholds import LIMIT, SCALE_IF, STOP_IF, Threshold
from bot.core.tokens import About, Token, encode

CHANGE = "rule"  # the verb of About.GATE that proposes a change
AGREE, KEEP = "agree", "keep"  # verbs of a request
FIELD, TEXT = "rule", "text"  # names of fields
NAMES = {SCALE_IF: "Scale if", STOP_IF: "Stop if"}
CHOOSE = "Choose which of the two."
SAY = "Say what the rule is to be."
SAME = "That is what it says already."
NOT_YOURS = "Only its owner, deputy, sponsor or decider can propose another launch or stop rule."
NOBODY = (
    "A launch or stop rule changes only with the sponsor's yes, and this pilot has neither a sponsor nor a decider who "
    "could agree beside you. Name one first."
)


def rows(found: Iterable[Threshold], today: date) -> Iterator[tuple[str, str]]:
    """Name and value of each rule; one that was changed shows what it was first."""
    for one in found:
        if one.first and one.changed_at is not None:
            since = day_words(one.changed_at.date(), today)
            yield NAMES[one.field], f"{one.text} (first: {one.first}; changed {since})"
        else:
            yield NAMES[one.field], one.text


def change_button(pilot: PilotId) -> Button:
    """Proposes another rule."""
    offers = tuple(Offer(field, name) for field, name in NAMES.items())
    asks = (
        Choice(FIELD, "Which rule?", offers, required=True),
        Text(
            TEXT,
            "What is it to be?",
            max_chars=LIMIT,
            required=True,
            hint="It changes when the sponsor agrees.",
        ),
    )
    return Button("Change a launch or stop rule", encode(Token(About.GATE, pilot, CHANGE)), asks=asks)


def asked_note(who: str) -> str:
    """A change was proposed."""
    return f"{who} is asked to agree. Until then the rule stays as it is."


def set_note(field: str, text: str) -> str:
    """A rule was given where there was none."""
    return f"{NAMES[field]}: {text}. From now on it changes only with the sponsor's yes."


def request_card(request: Request, pilot: Pilot, asked_by: str) -> Card:
    """A change to agree to: what stands and what it is to be."""
    name, rule = words.pilot_name(pilot.name), NAMES.get(request.topic, request.topic)
    title = f"{name}: another rule, with your yes?"
    line = f"{asked_by} wants to change a rule that was given before there were results."
    facts = Facts(
        (
            ("Rule", rule),
            ("Now", str(getattr(pilot, request.topic, "")) or "not given"),
            ("To be", request.text),
        )
    )
    body = (say(line), facts, say("The first one stays visible beside it."))

    def token(verb: str) -> str:
        return encode(Token(About.REQUEST, request.id, verb))

    actions = (
        Button("Agree", token(AGREE), Tone.PRIMARY),
        Button("Keep it as it is", token(KEEP)),
        words.button("Status", pilot.id, "status"),
    )
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def answered_card(request: Request, pilot: Pilot, who: str, *, agreed: bool) -> Card:
    """What came of it, for both."""
    rule = NAMES.get(request.topic, request.topic)
    line = f"{who} agreed. {rule}: {request.text}." if agreed else f"{who} keeps the rule “{rule}” as it is."
    title = words.pilot_name(pilot.name)
    return Card(
        title, f"{title}: {line}", body=(say(line),), actions=(words.button("Status", pilot.id, "status"),)
    )
