"""Draws a card as Slack messages: one that is cut, or one and what goes on in its thread; it must not know readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from adapters.common.text import line
from adapters.slack import controls, limits
from adapters.slack.blocks import Json, actions, body, explained, header, note, strong, weight, with_grids
from adapters.slack.text import escaped
from bot.core.card import Card, Choice, spoken

ACTION_CHARS = 7_000  # of the message's JSON that its buttons may take; a check-in's six buttons take 2,000
NOTE_ROOM = 700  # characters for a note about what is left out and for a button that shares
GOES_ON = "This goes on in the thread."
LEFT_OUT = "The rest is too long for Slack and left out here."
NO_WORDS = "\N{NO-BREAK SPACE}"  # Slack takes no message without text, not even one without a word


def render(card: Card) -> Json:
    """The message of a card: `text`, which is complete without the rest, and `blocks`.

    `more` is there where that does not hold everything: messages to post in the thread of the first, in their order.
    """
    first, *more = render_all(card)
    return {**first, "more": more} if more else first


def render_all(card: Card) -> list[Json]:
    """The message of a card and its continuations. Buttons stand in the first, which is the one that is amended."""
    head = [*header(card.title)]
    tail = [*_asked_in_place(card), *_controls(card), *note(card.footer)]
    first, *more = _pages(body(card.body), beside=[*head, *tail])
    first = [*head, *first, *note(GOES_ON if more else ""), *tail]
    text = card.fallback if card.fallback.strip() else card.title or spoken(card.body)
    shown = [_message(text, first), *(_message(f"{card.title} (continued)", page) for page in more)]
    return [with_grids(message, card.body) for message in shown]


def shareable(payload: Json, command: str) -> Json:
    """An answer only one person sees, with a button that shows the same to the whole channel."""
    return {**payload, "blocks": [*payload["blocks"], *actions([controls.share(command)])]}


def _message(text: str, blocks: list[Json]) -> Json:
    return {"text": escaped(text, limits.MESSAGE_TEXT) or NO_WORDS, "blocks": blocks}


def _pages(blocks: Iterable[Json], *, beside: list[Json]) -> Iterator[list[Json]]:
    """Blocks by message; the first has `beside` in it too. What is over after the last page is said to be."""
    page: list[Json] = []
    made = 1
    places, room = _room(beside)
    for block in blocks:
        if len(page) == places or weight(block) > room:
            if made > limits.CONTINUATIONS:
                page += note(LEFT_OUT)
                break
            yield page
            page, made = [], made + 1
            places, room = _room([])
        page.append(block)
        room -= weight(block) + 2  # the comma between blocks
    yield page


def _room(beside: list[Json]) -> tuple[int, int]:
    """How many blocks and characters are free beside others; a note and a button that shares find room later."""
    taken = sum(weight(block) + 2 for block in beside)
    return limits.MESSAGE_BLOCKS - len(beside) - 2, limits.MESSAGE_CHARS - taken - NOTE_ROOM


def _asked_in_place(card: Card) -> Iterator[Json]:
    """A lone question with its options as buttons; what a button cannot show stands above it."""
    found = controls.lone(card)
    if found is None:
        return
    choice, submit = found
    yield from strong(choice.label)
    yield from note(choice.hint)
    yield from note(choice.previous)
    yield from _in_full(choice)
    for _, problem in card.problems[: limits.RADIO]:
        yield from note(problem)
    yield from actions(controls.options(choice, submit))


def _in_full(choice: Choice) -> Iterator[Json]:
    longest = max(len(line(offer.label, limits.LABEL)) for offer in choice.options)
    if longest > limits.READABLE or any(offer.hint.strip() for offer in choice.options):
        yield from explained(choice.options)


def _controls(card: Card) -> Iterator[Json]:
    return actions(_within(controls.buttons(card)))


def _within(buttons: Iterable[Json]) -> Iterator[Json]:
    """As many buttons as a message has room for."""
    room = ACTION_CHARS
    for button in islice(buttons, limits.ACTIONS * limits.ACTION_BLOCKS):
        room -= weight(button)
        if room < 0:
            return
        yield button
