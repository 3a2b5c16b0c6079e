"""A sponsor's month in one message: all their pilots and what waits for them; it must not compute any of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Heading, Paragraph, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.digest import word_count
from bot.core.compose.portfolio import Todo, todo_button, todo_line, urgent_first
from bot.core.days import day_words
from bot.core.policy import Digesting
from bot.core.records import PilotId
from bot.core.signals.kinds import Course

LISTED = 10  # pilots of one message; the others are counted
ALL, REASONS, STATES = 2, 1, 0  # how much a line tells of a pilot
TOO_LITTLE = "Too few answers, or only old ones, to say more"
FIRST = (Course.STUCK, Course.AT_RISK, Course.UNKNOWN, Course.MOVING, Course.PAUSED)


@dataclass(frozen=True, slots=True)
class Month:
    """One pilot in a sponsor's month.

    `because` is the strongest reason for its state, `before` the score four weeks ago, `claimed` what it would be with
    every claim counted, `entered` the stage it came into since; all empty or None where there is nothing to say.
    `decider`, or `yours` where it is the sponsor, and `suggests` are of the decision planned for `decide_by`. `view`:
    the owner has said how likely it is, so that the sponsor can have a view of their own.
    """

    pilot: PilotId
    key: str
    name: str
    course: Course
    because: str = ""
    overall: int | None = None
    claimed: int | None = None
    before: int | None = None
    entered: str = ""
    decide_by: date | None = None
    decider: str = ""
    yours: bool = False
    suggests: str = ""
    view: bool = False


@dataclass(frozen=True, slots=True)
class MonthView:
    """All pilots of one sponsor, and what waits for them of these."""

    today: date
    now: datetime
    zone: str
    pilots: tuple[Month, ...]
    waiting: tuple[Todo, ...] = ()


def month_card(view: MonthView, limits: Digesting) -> Card:
    """The message in at most `limits.words` words: rather every pilot in few words than a few in many."""
    view = _in_order(view)
    sizes = product(range(min(LISTED, len(view.pilots)), 0, -1), (ALL, REASONS, STATES))
    cards = (_card(view, most, detail, limits.shown) for most, detail in sizes)
    return next((card for card in cards if word_count(card) <= limits.words), _card(view, 0, STATES, 0))


def _in_order(view: MonthView) -> MonthView:
    """What is stuck comes first, what rests last; by name where that is the same."""
    ordered = sorted(view.pilots, key=lambda one: (FIRST.index(one.course), one.name.casefold()))
    return replace(view, pilots=tuple(ordered), waiting=tuple(urgent_first(view.waiting, view.now)))


def _card(view: MonthView, most: int, detail: int, tasks: int) -> Card:
    title = f"Your {words.count(len(view.pilots), 'pilot')} this month"
    body = tuple(_body(view, most, detail, tasks))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=tuple(_actions(view, most, tasks)))


def _body(view: MonthView, most: int, detail: int, tasks: int) -> Iterator[Block]:
    yield say(_headline(view.pilots))
    if view.waiting:
        yield Heading("Waits for you")
        yield from (todo_line(todo, view.now, view.zone) for todo in view.waiting[:tasks])
        if hidden := words.more(len(view.waiting) - tasks):
            yield say(f"{words.capital(hidden)}: type todo")
    else:
        yield say("Nothing waits for you.")
    if most:
        yield Heading("Your pilots")
    yield from (_line(one, view.today, detail) for one in view.pilots[:most])
    if hidden := words.more(len(view.pilots) - most):
        yield say(f"{words.capital(hidden)}: type list mine")


def _headline(pilots: Sequence[Month]) -> str:
    counts = ((words.COURSES[course], sum(one.course is course for one in pilots)) for course in FIRST)
    return " · ".join(f"{number} {words.small(name)}" for name, number in counts if number)


def _line(one: Month, today: date, detail: int) -> Paragraph:
    parts = [words.COURSES[one.course]]
    told = detail == ALL or (detail == REASONS and one.course in (Course.STUCK, Course.AT_RISK))
    because = one.because.rstrip(".") or (TOO_LITTLE if one.course is Course.UNKNOWN else "")
    parts += [because] if told and because else []
    parts += [f"Moved on to {words.stage_name(one.entered)}"] if one.entered else []
    parts += [_score(one)] if one.overall is not None else []
    parts += [_decision(one, one.decide_by, today, detail)] if one.decide_by and detail else []
    return say(bold(words.pilot_name(one.name)), f": {'. '.join(parts)}.")


def _score(one: Month) -> str:
    """Proven against claimed, and where it was four weeks ago."""
    claimed = f", claimed {one.claimed}" if one.claimed not in (None, one.overall) else ""
    before = f", {one.before} a month ago" if one.before not in (None, one.overall) else ""
    return f"Readiness {one.overall}{claimed}{before}"


def _decision(one: Month, on: date, today: date, detail: int) -> str:
    """When it is to be decided about, by whom, and what the data suggests."""
    when = f"{'since ' if on < today else ''}{day_words(on, today)}"
    if detail < ALL:
        return f"Decision due {when}"
    who = (
        "You decide"
        if one.yours
        else f"{one.decider} decides"
        if one.decider
        else "Nobody is named to decide"
    )
    return f"{who}, due {when}{f'; data suggests {one.suggests}' if one.suggests else ''}"


def _actions(view: MonthView, most: int, tasks: int) -> Iterator[Action]:
    """What waits first, then a view of one's own of each pilot listed, and the way to all of them."""
    yield from (todo_button(todo) for todo in view.waiting[:tasks])
    for one in view.pilots[:most]:
        if one.view:
            ask = tokens.command(f"checkin {one.key} questionnaire:second")
            yield Button(f"My view: {words.pilot_name(one.name)}", ask)
    yield Button("All my pilots", tokens.command("list mine"))
