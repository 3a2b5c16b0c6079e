"""The words of one request for several pilots that wait for the same; it must not know how they were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.card import Block, Card, bold, say, spoken
from bot.core.compose import notes, words
from bot.core.days import day_words
from bot.core.records import Request


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pilot that waits: since when, who asks for it and what they need, where they said so."""

    name: str
    since: date
    asked_by: str
    need: str = ""


def shared_card(
    request: Request, waiting: Sequence[Waiting], number: int, today: date, *, answer: str = ""
) -> Card:
    """Whoever can clear it is asked once for all of them: how many they are, and the first of them by name.

    `answer` is what was answered; then nothing is asked any more.
    """
    title = f"{request.topic}: {words.count(number, 'pilot')} wait for you"
    body = (*_asked(number, answer), *(_line(one, today) for one in waiting), *_rest(number - len(waiting)))
    actions = () if answer else notes.request_buttons(request)
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def _asked(number: int, answer: str) -> Iterator[Block]:
    if answer:
        yield say(
            f"You answered: {answer}. Thank you; all who asked you have been told. It is in the way of:"
        )
    else:
        yield say(
            f"Their owners say that you can clear it. One answer is for all {number}; each of them hears it."
        )


def _line(one: Waiting, today: date) -> Block:
    days = (today - one.since).days
    since = f"{words.count(days, 'day')}, since {day_words(one.since, today)}" if days else "since today"
    need = f": {one.need}" if one.need else ""
    return say(bold(words.pilot_name(one.name)), f" ({since}). {one.asked_by}{need}")


def _rest(number: int) -> Iterator[Block]:
    if number > 0:
        yield say(words.capital(words.more(number)))


def stands(pilot: str, who: str, topic: str, *, answer: str, replied: date, today: date) -> Card:
    """Somebody was asked for the same by others lately, so that their answer is this pilot's too."""
    line = f"{who} was asked about the same ({topic}) by others and answered on {day_words(replied, today)}: {answer}."
    advice = (
        "To ask somebody else, correct your answer to “Who can clear it?”."
        if answer == "Not me"
        else "Your pilot is on that list now."
    )
    return notes.note(f"{line} {advice}", pilot)
