"""Answers about more than one pilot: list, to do, history, nearest names, help; it must not know who looked them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Facts, Heading, Table, Tone, bold, fit, say, spoken
from bot.core.compose import words
from bot.core.days import dated, day_words
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.records import CheckinId, PilotId, Request
from bot.core.signals import Course
from bot.core.tokens import About, Token

ROWS_SHOWN = 20  # pilots of one list: more than a screen is an export
TODO_SHOWN = 8
HISTORY_SHOWN = 10
NEAREST_SHOWN = 5
ORDER = (*STAGES, *SIDE_STAGES)


# --- list ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One pilot of a list. `owner` is empty where there is none, `overall` None where nothing is answered."""

    pilot: PilotId
    name: str
    stage: str
    owner: str
    target: date | None
    overall: int | None
    provisional: bool
    course: Course
    group: str = ""


class By(StrEnum):
    """What a list is grouped by."""

    STAGE = "stage"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class ListView:
    """The pilots that fit `wanted`, which is empty for all of them, and by what they are grouped."""

    lines: tuple[Line, ...]
    today: date
    wanted: str = ""
    by: By = By.STAGE


def list_card(view: ListView) -> Card:
    """Pilots by name under headings; never in an order that ranks them."""
    wanted = fit(view.wanted, words.NAME_LIMIT)
    title = words.count(len(view.lines), "pilot") + (f": {wanted}" if wanted else "")
    if not view.lines:
        return _empty_list(wanted)
    body = tuple(_groups(view))
    actions = () if view.wanted else (Button("Only stuck ones", tokens.command("list stuck")),)
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def _empty_list(wanted: str) -> Card:
    if not wanted:
        line, button = "There is no pilot yet.", Button("Add a pilot", tokens.command("add"), Tone.PRIMARY)
    else:
        line, button = f"No pilot fits “{wanted}”.", Button("Show all", tokens.command("list"))
    return Card("No pilots", line, body=(say(line),), actions=(button,))


def _groups(view: ListView) -> Iterator[Block]:
    ordered = sorted(view.lines, key=lambda line: (*_place(line, view.by), line.name.casefold()))
    shown = ordered[:ROWS_SHOWN]
    for heading in dict.fromkeys(_heading(line, view.by) for line in shown):
        yield Heading(heading)
        yield _table([line for line in shown if _heading(line, view.by) == heading], view.today)
    if len(ordered) > ROWS_SHOWN:
        yield say(
            f"{words.capital(words.more(len(ordered) - ROWS_SHOWN))}. Narrow it down, for example: list stuck"
        )


def _place(line: Line, by: By) -> tuple[bool, int, str]:
    """Stages in the order of the ladder, groups by name with the ungrouped last."""
    if by is By.GROUP:
        return not line.group, 0, line.group.casefold()
    return False, ORDER.index(line.stage) if line.stage in ORDER else len(ORDER), ""


def _heading(line: Line, by: By) -> str:
    return words.stage_name(line.stage) if by is By.STAGE else line.group or "No group"


def _table(lines: Sequence[Line], today: date) -> Table:
    header = ("Pilot", "Owner", "Real use planned", "Readiness", "State")
    return Table(header, tuple(_row(line, today) for line in lines))


def _row(line: Line, today: date) -> tuple[str, ...]:
    target = day_words(line.target, today) if line.target else "no date"
    if line.target is not None and line.target < today:
        target = f"{target} (passed)"
    readiness = words.score(line.overall)
    if line.provisional and line.overall is not None:
        readiness = f"{readiness}, provisional"
    name = words.pilot_name(line.name)
    return name, line.owner or words.NOBODY, target, readiness, words.COURSES[line.course]


# --- to do --------------------------------------------------------------------------------------------------


class Task(StrEnum):
    """What somebody is waited for."""

    CHECKIN = "checkin"  # a check-in to answer
    QUESTION = "question"  # one question handed over by a colleague
    REQUEST = "request"  # a yes or no, or help
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing a person is waited for: `what` in a few words, of a QUESTION its text.

    `by` is when it closes; `checkin` the one that a button opens; `request` the one that buttons answer.
    """

    task: Task
    pilot: PilotId
    name: str
    what: str
    by: datetime | None = None
    checkin: CheckinId | None = None
    request: Request | None = None


def todo_card(todos: Sequence[Todo], now: datetime, *, zone: str) -> Card:
    """What waits for a person, the most urgent first, with a button for each thing that one can do here."""
    if not todos:
        line = "Nothing is waiting for you."
        return Card("To do", line, body=(say(line),))
    ordered = urgent_first(todos, now)
    title = f"To do: {words.count(len(ordered), 'thing')}"
    body: list[Block] = [todo_line(todo, now, zone) for todo in ordered[:TODO_SHOWN]]
    if len(ordered) > TODO_SHOWN:
        body.append(say(words.capital(words.more(len(ordered) - TODO_SHOWN))))
    actions = tuple(todo_button(todo) for todo in ordered[:TODO_SHOWN])
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body), actions=actions)


def urgent_first(todos: Iterable[Todo], now: datetime) -> list[Todo]:
    """What closes first goes first; what never closes comes last, by name."""
    return sorted(todos, key=lambda todo: (todo.by is None, todo.by or now, todo.name.casefold()))


def todo_line(todo: Todo, now: datetime, zone: str) -> Block:
    """What somebody is waited for and until when."""
    name = words.pilot_name(todo.name)
    what = f"a colleague asks “{todo.what}”" if todo.task is Task.QUESTION else todo.what
    if todo.by is None:
        return say(bold(name), f": {what}")
    until = "was due" if todo.by < now else "until"
    return say(bold(name), f": {what}, {until} {dated(todo.by, now, zone)}")


def todo_button(todo: Todo) -> Button:
    """What a person can do about it here."""
    name = words.pilot_name(todo.name)
    if todo.checkin is not None:
        token = tokens.encode(Token(About.CHECKIN, todo.checkin, "show"))
        return Button(f"Answer: {name}", token, Tone.PRIMARY)
    if todo.task is Task.DECISION:
        return words.button(f"Decide: {name}", todo.pilot, "decide", tone=Tone.PRIMARY)
    return words.button(f"Look at: {name}", todo.pilot, "status")


# --- history ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of the past in words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a pilot's past: a check-in with how it ended, or a change of the record with what it became."""

    on: date
    what: str
    who: str = ""
    result: str = ""
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A pilot's past, as far as its reader may know it."""

    pilot: PilotId
    name: str
    today: date
    entries: tuple[Entry, ...]


def history_card(view: HistoryView) -> Card:
    """A pilot's past, the newest first."""
    title = f"{view.name}: history"
    ordered = sorted(view.entries, key=lambda entry: entry.on, reverse=True)
    body: list[Block] = [block for entry in ordered[:HISTORY_SHOWN] for block in _entry(entry, view)]
    if not ordered:
        body = [say("Nothing has happened yet.")]
    if len(ordered) > HISTORY_SHOWN:
        body.append(say(f"{words.capital(words.more(len(ordered) - HISTORY_SHOWN))}, earlier ones."))
    actions = (words.button("Status", view.pilot, "status"),)
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body), actions=actions)


def _entry(entry: Entry, view: HistoryView) -> Iterator[Block]:
    who = f", {entry.who}" if entry.who else ""
    result = f": {entry.result}" if entry.result else ""
    yield say(bold(day_words(entry.on, view.today)), f" {entry.what}{who}{result}")
    if entry.said:
        yield Facts(tuple((said.question, said.answer) for said in entry.said))


# --- names and help -----------------------------------------------------------------------------------------


def nearest_card(asked: str, near: Iterable[tuple[PilotId, str]], *, command: str) -> Card:
    """No pilot is called that: the nearest names, each as a button that runs the command on it."""
    found = tuple(near)[:NEAREST_SHOWN]
    line = f"I know no pilot called “{fit(asked, words.NAME_LIMIT)}”."
    if not found:
        actions: tuple[Action, ...] = (Button("Show all pilots", tokens.command("list")),)
        return Card("Which pilot?", line, body=(say(line),), actions=actions)
    line = f"{line} Did you mean {words.listed((words.pilot_name(name) for _, name in found), last='or')}?"
    actions = tuple(words.button(words.pilot_name(name), pilot, command) for pilot, name in found)
    return Card("Which pilot?", line, body=(say(line),), actions=actions)


def which_card(near: Iterable[tuple[PilotId, str]], *, command: str) -> Card:
    """A command needs a pilot and more than one could be meant: pick one."""
    found = tuple(near)[:NEAREST_SHOWN]
    line = (
        f"Which pilot do you mean: {words.listed((words.pilot_name(name) for _, name in found), last='or')}?"
    )
    if not found:
        line = f"Name the pilot, for example: {command} Invoice matcher"
    actions = tuple(words.button(words.pilot_name(name), pilot, command) for pilot, name in found)
    return Card("Which pilot?", line, body=(say(line),), actions=actions)


@dataclass(frozen=True, slots=True)
class Help:
    """One command: how it is typed and what it does."""

    usage: str
    does: str


def help_card(commands: Sequence[Help]) -> Card:
    """Every command with what it does, in the order of the registry."""
    opening = "Type a command, or use the buttons on a message. Small slips of spelling do no harm."
    body = (say(opening), Facts(tuple((command.usage, command.does) for command in commands)))
    actions = (
        Button("What is open for me?", tokens.command("todo"), Tone.PRIMARY),
        Button("All pilots", tokens.command("list")),
    )
    return Card("What I can do", f"What I can do\n{spoken(body)}", body=body, actions=actions)
