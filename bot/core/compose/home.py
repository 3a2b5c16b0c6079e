"""A person's home as cards, one below the other: what waits for them, their pilots, a lead's portfolio.

It must not know which platform has such a page. Never on it: a ranking of people, or of pilots by their score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Facts, Heading, Text, Tone, bold, say, spoken
from bot.core.compose import notes, silence, succession, words
from bot.core.compose.portfolio import Task, Todo, todo_button, todo_line, urgent_first
from bot.core.days import day_words
from bot.core.gates import GateResult
from bot.core.localtime import local
from bot.core.readiness import Readiness
from bot.core.records import Pilot, PilotId
from bot.core.signals import Course
from bot.core.tokens import ENTERED

TODOS_SHOWN = 8
PILOTS_SHOWN = 10
NAMED = 5  # pilots named in one part of the portfolio; more are a list
ROLES = {
    "owner": "you own it",
    "deputy": "you are the deputy",
    "sponsor": "you sponsor it",
    "decider": "you decide",
}
# What a lead looks for first.
COURSES = (Course.STUCK, Course.AT_RISK, Course.MOVING, Course.UNKNOWN, Course.PAUSED)
ADD = Button(
    "Add a pilot",
    tokens.command("add"),
    asks=(Text(ENTERED, "What is the pilot called?", max_chars=words.NAME_LIMIT, required=True),),
)


@dataclass(frozen=True, slots=True)
class Mine:
    """One pilot of the reader: what they are to it, where it stands and why.

    `stage_days` are without those paused. `first` names what the next gate lacks most. `asks`: the reader can check
    in for it now, as nobody is being asked.
    """

    pilot: Pilot
    roles: frozenset[str]
    stage_days: int
    course: Course
    why: str
    readiness: Readiness
    gate: GateResult | None = None
    first: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A pilot of the portfolio with what there is to say of it."""

    pilot: PilotId
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Due:
    """A pilot whose decision is due; `decider` is empty where nobody is named."""

    pilot: PilotId
    name: str
    on: date
    decider: str = ""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a lead sees of all pilots that have not ended. `alone` are those that nobody answers for any more."""

    courses: Mapping[Course, int]
    due: tuple[Due, ...] = ()
    stuck: tuple[Named, ...] = ()
    alone: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeView:
    """All that one person's home shows; `zone` is theirs, `portfolio` there for leads and admins alone."""

    name: str
    now: datetime
    today: date
    zone: str
    todos: tuple[Todo, ...] = ()
    mine: tuple[Mine, ...] = ()
    portfolio: Portfolio | None = None


def home_cards(view: HomeView) -> tuple[Card, ...]:
    """The page: what to do, one's own pilots, the portfolio, and what else there is."""
    if not (view.todos or view.mine or view.portfolio):
        return (_welcome(view.name),)
    return (*_todos(view), *_pilots(view), *_portfolio(view), _foot(view))


def _card(title: str, body: Iterable[Block], actions: Sequence[Action] = (), footer: str = "") -> Card:
    shown = tuple(body)
    lines = (title, spoken(shown), footer)
    return Card(
        title, "\n".join(line for line in lines if line), shown, actions=tuple(actions), footer=footer
    )


def _welcome(name: str) -> Card:
    """For somebody who has no part in anything yet: what this is and how to begin."""
    body = (
        say(
            "I ask the owners of AI pilots a few short questions and show what each pilot lacks before production."
        ),
        say(
            "You have no part in a pilot yet. Add one that you run: I ask you a few questions about it, in Messages."
        ),
    )
    see, learn = Button("All pilots", tokens.command("list")), Button("Help", tokens.command("help"))
    add = Button(ADD.label, ADD.token, Tone.PRIMARY, ADD.asks)
    return _card(f"Welcome, {name}", body, (add, see, learn))


# --- to do ----------------------------------------------------------------------------------------------------------


def _todos(view: HomeView) -> Iterator[Card]:
    if not view.todos:
        yield _card("Nothing is waiting for you", (say("I write to you when something is due."),))
        return
    yield _card(f"Waiting for you: {words.count(len(view.todos), 'thing')}", ())
    for todo in urgent_first(view.todos, view.now)[:TODOS_SHOWN]:
        yield _card("", (todo_line(todo, view.now, view.zone),), _doing(todo))
    if len(view.todos) > TODOS_SHOWN:
        rest = words.capital(words.more(len(view.todos) - TODOS_SHOWN))
        yield _card("", (say(rest),), (Button("Show all", tokens.command("todo")),))


def _doing(todo: Todo) -> tuple[Action, ...]:
    if todo.task is Task.REQUEST and todo.request is not None:
        if todo.request.kind == "successor":
            return succession.buttons(todo.request)
        if todo.request.kind == "silent":
            return silence.buttons(todo.request)
        return notes.request_buttons(todo.request)
    return (todo_button(todo),)


# --- pilots ---------------------------------------------------------------------------------------------------------


def _pilots(view: HomeView) -> Iterator[Card]:
    if not view.mine:
        return
    yield _card("Your pilots" if len(view.mine) > 1 else "Your pilot", ())
    shown = sorted(view.mine, key=lambda mine: mine.pilot.name.casefold())[:PILOTS_SHOWN]
    yield from (_pilot(mine, view.today) for mine in shown)
    if len(view.mine) > PILOTS_SHOWN:
        rest = words.capital(words.more(len(view.mine) - PILOTS_SHOWN))
        yield _card("", (say(rest),), (Button("All of mine", tokens.command("list mine")),))


def _pilot(mine: Mine, today: date) -> Card:
    pilot = mine.pilot
    roles = ", ".join(words_ for role, words_ in ROLES.items() if role in mine.roles)
    head = say(
        bold(words.pilot_name(pilot.name)), f" · {_stage(mine, today)}" + (f" · {roles}" if roles else "")
    )
    state = say(bold(f"{words.COURSES[mine.course]}."), f" {mine.why}" if mine.why else "")
    status = words.button("Status", pilot.id, "status")
    checkin = words.button("Check in now", pilot.id, "checkin")
    return _card("", (head, state, Facts(tuple(_facts(mine)))), (status, checkin) if mine.asks else (status,))


def _stage(mine: Mine, today: date) -> str:
    pilot = mine.pilot
    stage = words.stage_name(pilot.stage)
    if pilot.stage == "paused" and pilot.paused_until is not None:
        return f"{stage} until {words.in_days(pilot.paused_until, today)}"
    return f"{stage} for {words.count(mine.stage_days, 'day')}"


def _facts(mine: Mine) -> Iterator[tuple[str, str]]:
    yield "Readiness", _readiness(mine.readiness)
    gate = mine.gate
    if gate is None:
        return
    opens = words.stage_name(gate.opens)
    if gate.passed:
        yield f"Next, {opens}", f"nothing is missing, {gate.met} of {len(gate.items)} met"
    else:
        first = f"; first: {mine.first}" if mine.first else ", to be confirmed" if gate.waiting else ""
        yield f"Next, {opens}", f"{gate.met} of {len(gate.items)} met{first}"


def _readiness(scores: Readiness) -> str:
    if scores.overall is None:
        return "nothing answered yet"
    provisional = ", provisional" if scores.provisional else ""
    weakest = scores.dimension(scores.weakest)
    return f"{scores.overall}{provisional}" + (
        f"; weakest: {weakest.name} {weakest.proven}" if weakest else ""
    )


# --- the portfolio --------------------------------------------------------------------------------------------------


def _portfolio(view: HomeView) -> Iterator[Card]:
    portfolio = view.portfolio
    if portfolio is None:
        return
    total = sum(portfolio.courses.values())
    if not total:
        yield _card(
            "Portfolio", (say("There is no pilot yet. Add the first one, or import a list of them."),)
        )
        return
    counted = [(words.COURSES[course], portfolio.courses.get(course, 0)) for course in COURSES]
    line = ", ".join(f"{number:,} {words.small(name)}" for name, number in counted if number)
    yield _card(
        f"Portfolio: {words.count(total, 'pilot')}",
        (say(f"{words.capital(line)}."), *_needs(portfolio, view.today)),
        (
            *_looks(portfolio),
            Button("All pilots", tokens.command("list")),
            Button("Digest", tokens.command("digest")),
        ),
    )


def _needs(portfolio: Portfolio, today: date) -> Iterator[Block]:
    due = sorted(portfolio.due, key=lambda due: (due.on, due.name.casefold()))
    decisions = [
        Named(one.pilot, one.name, f"{words.in_days(one.on, today)}; {_decider(one.decider)}") for one in due
    ]
    yield from _part("Needs a decision", decisions)
    yield from _part("Stuck", _by_name(portfolio.stuck))
    yield from _part("Nobody answers for", _by_name(portfolio.alone))


def _decider(name: str) -> str:
    return f"{name} decides" if name else "nobody is named to decide"


def _by_name(pilots: Iterable[Named]) -> list[Named]:
    return sorted(pilots, key=lambda named: named.name.casefold())


def _part(heading: str, pilots: Sequence[Named]) -> Iterator[Block]:
    if not pilots:
        return
    yield Heading(f"{heading}: {words.count(len(pilots), 'pilot')}")
    yield Facts(tuple((words.pilot_name(one.name), one.what) for one in pilots[:NAMED]))
    if rest := words.more(len(pilots) - NAMED):
        yield say(words.capital(rest))


def _looks(portfolio: Portfolio) -> Iterator[Button]:
    """A button for each of the first pilots that somebody should look at, once."""
    named = {one.pilot: one.name for one in portfolio.due}
    named |= {one.pilot: one.name for one in _by_name(portfolio.stuck)}
    for pilot, name in list(named.items())[:NAMED]:
        yield words.button(f"Look at: {words.pilot_name(name)}", pilot, "status")


def _foot(view: HomeView) -> Card:
    buttons = (Button("Help", tokens.command("help")), ADD)
    at = f"{day_words(view.today, view.today)} {local(view.now, view.zone):%H:%M}"
    as_of = f"As of {at}. This page changes by itself when something happens."
    return _card("", (), buttons, as_of)
