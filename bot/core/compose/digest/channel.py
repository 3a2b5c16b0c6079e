"""The digest's card in the channel, within its words; it must not compute what is in it nor say what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Heading, Paragraph, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.decision import decide_button
from bot.core.compose.digest.lines import DECIDE, SHARED, due_line, moved_line, ruled_line, stuck_line, waits
from bot.core.compose.digest.view import DigestView, Quiet
from bot.core.days import day_words

NOTHING = "Nothing needs a decision this week."
T = TypeVar("T")


def channel(view: DigestView, most: int, reasons: int) -> Card:
    """The card with at most so many entries a section, and reasons beside a suggestion; 0 leaves the counts alone."""
    title = f"{_title(view)}, week of {_week(view.today)}"
    body = (say(_headline(view)), *_sections(view, most, reasons))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=_actions(view, most))


def _title(view: DigestView) -> str:
    return f"AI pilots, {view.about}" if view.about else "AI pilots"


def _week(today: date) -> str:
    return day_words(today - timedelta(days=today.weekday()), today)


def _headline(view: DigestView) -> str:
    stuck = len(view.stuck)
    change = "" if view.stuck_before in (None, stuck) else f" ({stuck - (view.stuck_before or 0):+d})"
    return f"{view.open} open · {view.live} live · {stuck} stuck{change} · {view.decided} decided"


def _sections(view: DigestView, most: int, reasons: int) -> Iterator[Block]:
    if not view.due and not view.stuck:
        yield say(NOTHING)
        yield say(_in_short(view))
        return
    if view.due:
        yield from _section(DECIDE, view.due, lambda due: due_line(due, view.today, reasons), most)
    else:
        yield say(NOTHING)
    yield from _section("Stuck", view.stuck, stuck_line, most)
    yield from _section("Moved", view.moved, moved_line, most)
    yield from _shared(view, most)
    yield from _section("Decided", [one for one in view.ruled if not one.lesson], ruled_line, most)
    yield from _section("Learned", [one for one in view.ruled if one.lesson], ruled_line, most)
    if view.quiet:
        yield say(bold("Quiet: "), _quiet(view.quiet))


def _section(name: str, entries: Sequence[T], line: Callable[[T], Paragraph], most: int) -> Iterator[Block]:
    if not entries:
        return
    if most == 0:
        yield say(bold(f"{name}: "), f"{words.count(len(entries), 'pilot')}, see the thread")
        return
    yield Heading(name)
    yield from (line(entry) for entry in entries[:most])
    if len(entries) > most:
        yield say(f"{len(entries) - most} more in the thread")


def _shared(view: DigestView, most: int) -> Iterator[Block]:
    """A line for each shared blocker: how many wait, for how long, and who can clear it."""
    for blocker in view.shared[: max(most, 1)]:
        yield say(bold(f"{SHARED}: "), waits(blocker, view.today))


def _quiet(quiet: Sequence[Quiet]) -> str:
    missed = {each.missed for each in quiet}
    at_least = " or more" if len(missed) > 1 else ""
    return (
        f"{words.count(len(quiet), 'pilot')}, no answer to {words.count(min(missed), 'check-in')}{at_least}."
    )


def _in_short(view: DigestView) -> str:
    """The third line of a week in which nothing needs a decision and nothing is stuck."""
    parts = []
    if view.moved:
        parts.append(f"Moved: {words.shown([words.pilot_name(moved.name) for moved in view.moved], 2)}.")
    if view.ruled:
        ruled = [f"{words.pilot_name(one.name)} ({one.what})" for one in view.ruled]
        parts.append(f"Decided: {words.shown(ruled, 2)}.")
    if view.shared:
        parts.append(f"{SHARED}: {words.shown([blocker.label for blocker in view.shared], 2)}.")
    if view.quiet:
        parts.append(f"Quiet: {words.count(len(view.quiet), 'pilot')}.")
    return " ".join(parts) or "No pilot is stuck, and none is quiet."


def _actions(view: DigestView, most: int) -> tuple[Action, ...]:
    """The decision form of each pilot that waits for one, a look at each that is stuck, and the way to all of them."""
    due = {due.pilot: due.name for due in view.due[:most]}
    stuck = {stuck.pilot: stuck.name for stuck in view.stuck[:most] if stuck.pilot not in due}
    decides = (decide_button(name, pilot, drawn=view.today) for pilot, name in due.items())
    looks = (words.button(words.pilot_name(name), pilot, "status") for pilot, name in stuck.items())
    return (*decides, *looks, Button("All pilots", tokens.command("list")))
