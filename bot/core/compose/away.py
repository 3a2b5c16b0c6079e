"""The words about somebody who is away and back; it must not know what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core import tokens
from bot.core.card import Button, Card, say
from bot.core.compose import words
from bot.core.compose.words import small
from bot.core.days import WEEKDAYS, dated, day_words

TITLE = "Away"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one open check-in: who answers it now, or when it is asked again where nobody else does."""

    pilot: str
    form: str
    by: str = ""
    again: datetime | None = None


def gone(
    until: date,
    fates: Sequence[Fate],
    *,
    name: str,
    alone: Sequence[str],
    today: date,
    now: datetime,
    zone: str,
) -> Card:
    """Somebody is away from now on. `name` is empty for whoever reads this; `alone` are pilots without a deputy."""
    who, them = (f"{name} is", "them") if name else ("You are", "you")
    first = f"Noted. {who} away up to and with {day_words(until, today)}; I ask {them} nothing before then."
    lines = [first, *(_fate(fate, them, now, zone) for fate in fates)]
    if alone:
        lines.append(f"Without a deputy, nobody is asked about {words.listed(alone)} until then.")
    back = Button(f"{name} is back" if name else "I am back", tokens.command(f"back {name}".strip()))
    return Card(TITLE, "\n".join(lines), body=tuple(say(line) for line in lines), actions=(back,))


def _fate(fate: Fate, them: str, now: datetime, zone: str) -> str:
    what = f"{fate.pilot}, {small(fate.form)}"
    if fate.by:
        return f"{what}: {fate.by} answers it."
    when = dated(fate.again, now, zone) if fate.again else "later"
    return f"{what}: it waits for {them} until {when}."


def back(waiting: int, again: datetime, *, name: str, now: datetime, zone: str) -> Card:
    """Somebody is here again; so many check-ins and requests are still open."""
    who = f"Noted, {name} is back." if name else "Welcome back."
    rest = "Nothing is open."
    if waiting:
        rest = f"{waiting} {'is' if waiting == 1 else 'are'} still open: I ask {dated(again, now, zone)}."
    todo = () if name else (Button("What is open for me?", tokens.command("todo")),)
    return Card(TITLE, f"{who} {rest}", body=(say(f"{who} {rest}"),), actions=todo)


def stands_in(other: str, until: date, fates: Sequence[Fate], *, name: str, today: date) -> Card:
    """Somebody answers in a person's place from now on. `name` is empty for that person."""
    whom, again = (name, f"{name} is") if name else ("you", "You are")
    day = day_words(until, today)
    lines = [f"Noted. {other} answers for {whom} up to and with {day}. {again} asked again after that."]
    lines += [f"{fate.pilot}, {small(fate.form)}: {other} has it now." for fate in fates if fate.by]
    back = Button(
        f"{name} answers again" if name else "I answer again", tokens.command(f"back {name}".strip())
    )
    return Card("Delegated", "\n".join(lines), body=tuple(say(line) for line in lines), actions=(back,))


def told_stand_in(name: str, until: date, today: date) -> Card:
    """What whoever stands in hears."""
    line = f"{name} has asked you to answer in their place up to and with {day_words(until, today)}."
    more = "What they would be asked about their pilots comes to you until then. Nothing else changes."
    return Card("You stand in", f"{line} {more}", body=(say(line), say(more)))


def not_oneself() -> str:
    """Somebody names themselves."""
    return "That is the same person. Name somebody else; nothing was changed."


def is_not_there(name: str) -> str:
    """Whoever is named cannot answer."""
    return f"{name} is away or cannot be reached. Name somebody else; nothing was changed."


def here(name: str) -> str:
    """Somebody who is not away cannot come back."""
    return f"{name} is not away." if name else "You are not away. Say `away until <day>` when you will be."


def bounds(latest: date, today: date) -> str:
    """What an absence needs."""
    return f"An absence lasts to a day from today to {day_words(latest, today)}. Nothing was changed."


def not_yours() -> str:
    """Somebody says so for another."""
    return "Only a portfolio lead can say so for somebody else. Nothing was changed."


def is_away(name: str, until: date, today: date) -> str:
    """Why somebody is not asked."""
    return f"{name} is away until {day_words(until, today)}, and nobody answers in their place. Nothing was sent."


# --- a day and an hour of one's own ---------------------------------------------------------------------------------


def asked_at(weekday: int, hour: int, *, usual: bool) -> Card:
    """When somebody is asked from now on."""
    when = f"on {WEEKDAYS[weekday]}s at {hour}:00"
    line = f"Noted. I ask you as usual, {when}." if usual else f"Noted. I ask you {when} of your own time."
    return Card("When I ask", line, body=(say(line),))


def no_such_day(weekday: int, open_days: Sequence[int]) -> str:
    """A weekday on which nobody is asked."""
    days = words.listed([f"{WEEKDAYS[day]}s" for day in open_days], last="or")
    return f"I ask nobody on {WEEKDAYS[weekday]}s. Choose {days}."


def quiet_hour(hour: int, first: int, end: int) -> str:
    """An hour at which nobody is asked."""
    return f"I ask nobody at {hour}:00. Choose an hour from {first}:00 to {end - 1}:00."
