"""The weekly digest: one short card for a channel and its details for the thread; it must not compute what is in it.

The order is that of content.md section 6: headline, decide, stuck, moved, shared blocker, decided, learned, quiet. What
concerns all pilots together stands in the thread, with its act. Never here: a ranking of people, an average score, more
than two numbers in a line of the channel below the headline, a state without its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from bot.core import tokens
from bot.core.cadence import day_words
from bot.core.card import Action, Block, Button, Card, Heading, Paragraph, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.decision import decide_button
from bot.core.policy import Digesting
from bot.core.records import PilotId, Slice
from bot.core.signals import Signal
from bot.core.signals.portfolio import PortfolioSignal
from bot.core.tokens import About

DETAILS_SHOWN = 20  # entries of one thread card; a longer one is a list
LIVE = frozenset({"limited", "production"})
OVER = frozenset({"stopped", "retired"})
DECIDE = "Decide this week"
SHARED = "Shared blocker"
NOTHING = "Nothing needs a decision this week."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Due:
    """A decision that waits: `on` is its date, None where only being Stuck has made it due, for `stuck_days`.

    `decider` is empty where nobody is named. `suggests` is the choice that the rules suggest, `because` its reasons,
    the strongest first.
    """

    pilot: PilotId
    name: str
    on: date | None
    decider: str = ""
    suggests: str = ""
    because: tuple[str, ...] = ()
    stuck_days: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A pilot that is stuck: its signals, the most telling first, and since when where that is known."""

    pilot: PilotId
    name: str
    signals: tuple[Signal, ...]
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A pilot that came forward: into `stage`, or from one score to another `because` of an item proven."""

    pilot: PilotId
    name: str
    stage: str = ""
    before: int | None = None
    after: int | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """A pilot that a shared blocker holds up, and since when it says so."""

    pilot: PilotId
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class SharedBlocker:
    """What is in the way of many: whom it holds up, the one that waits longest first, and `who` can clear it.

    `who` is empty where nobody was named.
    """

    label: str
    waiting: tuple[Waits, ...]
    who: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A pilot whose check-ins go unanswered: how many in a row."""

    pilot: PilotId
    name: str
    missed: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was decided about a pilot in the last seven days, and by whom.

    `lesson` is what one that ended has left behind; then `what` is how it ended.
    """

    pilot: PilotId
    name: str
    what: str
    who: str
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class DigestView:
    """One week of the pilots that a channel may see; `about` names the group where it is not all of them.

    `shared` are the blockers for which PF3 is on, `together` the other signals about all these pilots.
    `open` and `live` as `headcount` gives them. `stuck_before` is how many were stuck at the digest before, None
    for the first. `decided` counts the decisions of the last seven days, `ruled` tells of them.
    """

    today: date
    open: int
    live: int
    decided: int = 0
    stuck_before: int | None = None
    due: tuple[Due, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    moved: tuple[Moved, ...] = ()
    ruled: tuple[Ruled, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    shared: tuple[SharedBlocker, ...] = ()
    together: tuple[PortfolioSignal, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is posted: a card to the channel, and the cards of its thread in order."""

    channel: Card
    thread: tuple[Card, ...] = ()


def headcount(stages: Iterable[str]) -> tuple[int, int]:
    """(open, live) of pilots in these stages: live for some or all, or still on the way there, paused included."""
    going = [stage for stage in stages if stage not in OVER]
    live = sum(stage in LIVE for stage in going)
    return len(going) - live, live


def digest(view: DigestView, limits: Digesting) -> Digest:
    """The channel's card in at most `limits.words` words, and everything it leaves out in the thread."""
    view = _in_order(view)
    sizes = ((most, reasons) for most in range(limits.shown, 0, -1) for reasons in (2, 1, 0))
    fitting = (size for size in sizes if word_count(_channel(view, *size)) <= limits.words)
    most, reasons = next(fitting, (0, 0))
    return Digest(_channel(view, most, reasons), tuple(_thread(view, most)))


def word_count(card: Card) -> int:
    """Words that a reader reads: of the title and the body, not of the buttons."""
    return len(re.findall(r"\w[\w'’.,-]*", f"{card.title}\n{spoken(card.body)}"))


def _in_order(view: DigestView) -> DigestView:
    """The longest overdue first; of the stuck those that are stuck most recently; the rest by name."""
    return replace(
        view,
        due=tuple(sorted(view.due, key=longest_first)),
        stuck=tuple(sorted(view.stuck, key=_newest_first)),
        moved=tuple(sorted(view.moved, key=lambda moved: (not moved.stage, moved.name.casefold()))),
        quiet=tuple(sorted(view.quiet, key=lambda quiet: quiet.name.casefold())),
    )


def longest_first(due: Due) -> tuple[date, str, PilotId, str]:
    """In which order decisions are asked for: the longest overdue, then those Stuck for longest."""
    since = due.on or date.max - timedelta(days=due.stuck_days)
    return since, due.name.casefold(), due.pilot, due.decider


def _newest_first(stuck: Stuck) -> tuple[int, str]:
    return -(stuck.since or date.min).toordinal(), stuck.name.casefold()


# --- the channel --------------------------------------------------------------------------------------------


def _channel(view: DigestView, most: int, reasons: int) -> Card:
    """The card with at most so many entries a section, and reasons beside a suggestion; 0 leaves the counts alone."""
    title = f"{_title(view)}, week of {_week(view.today)}"
    body = (say(_headline(view)), *_sections(view, most, reasons))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=_actions(view, most))


def _title(view: DigestView) -> str:
    return f"AI pilots, {view.about}" if view.about else "AI pilots"


def of_slice(about: Slice) -> str:
    """Which pilots, in a title; empty for all of them."""
    stage = words.stage_name(about.stage) if about.stage else ""
    parts = (words.pilot_name(about.group) if about.group else "", stage, about.tag and f"#{about.tag}")
    return ", ".join(part for part in parts if part)


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
        yield from _section(DECIDE, view.due, lambda due: _due(due, view.today, reasons), most)
    else:
        yield say(NOTHING)
    yield from _section("Stuck", view.stuck, _stuck, most)
    yield from _section("Moved", view.moved, _moved, most)
    yield from _shared(view, most)
    yield from _section("Decided", [one for one in view.ruled if not one.lesson], _ruled, most)
    yield from _section("Learned", [one for one in view.ruled if one.lesson], _ruled, most)
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
        name = bold(f"{SHARED}: ")
        yield say(name, f"{_waits(blocker, view.today)} {blocker.who or 'Nobody is named to clear it.'}")


def _waits(blocker: SharedBlocker, today: date) -> str:
    oldest = words.count((today - blocker.waiting[0].since).days, "day")
    return f"{blocker.label}: {words.count(len(blocker.waiting), 'pilot')} wait, oldest {oldest}."


def _due(due: Due, today: date, reasons: int = 2) -> Paragraph:
    decider = f"decider {due.decider}" if due.decider else "nobody is named to decide"
    line = f": scale, fix or stop, {_since(due, today)}, {decider}."
    if due.suggests:
        because = f": {', '.join(due.because[:reasons])}" if reasons and due.because else ""
        line += f" Data suggests {due.suggests}{because}."
    return say(bold(words.pilot_name(due.name)), line)


def _since(due: Due, today: date) -> str:
    if due.on is None:
        return f"stuck for {words.count(due.stuck_days, 'day')}"
    days = (today - due.on).days
    if days < 0:
        return f"due {day_words(due.on, today)}"
    return "due today" if days == 0 else f"due {words.count(days, 'day')} ago"


def _ruled(ruled: Ruled) -> Paragraph:
    if ruled.lesson:
        return say(bold(words.pilot_name(ruled.name)), f" ({words.small(ruled.what)}): {ruled.lesson}")
    return say(bold(words.pilot_name(ruled.name)), f": {ruled.what} ({ruled.who}).")


def _stuck(stuck: Stuck) -> Paragraph:
    """The one fact that proves it and the one next step."""
    fact = f": {stuck.signals[0].text} {stuck.signals[0].action}" if stuck.signals else ""
    return say(bold(words.pilot_name(stuck.name)), fact)


def _moved(moved: Moved) -> Paragraph:
    return say(bold(words.pilot_name(moved.name)), f"{_movement(moved)}.")


def _movement(moved: Moved) -> str:
    if moved.stage == "production":
        return " is in production"
    if moved.stage == "limited":
        return " went live for its first users"
    if moved.stage:
        return f" moved on to {words.stage_name(moved.stage)}"
    proof = f", with proof for {words.small(moved.because)}" if moved.because else ""
    return f": readiness {moved.before} to {moved.after}{proof}"


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


# --- after it was posted ------------------------------------------------------------------------------------


def amended(card: Card, pilot: PilotId, name: str, decided: str, who: str) -> Card | None:
    """A posted digest with what has been decided since in the place of the question; None where it did not ask."""
    line = say(bold(words.pilot_name(name)), f": decided, {decided} ({who}).")
    body = tuple(_answered(card.body, words.pilot_name(name), line))
    if body == card.body:
        return None
    actions = tuple(_looks_only(action, pilot, name) for action in card.actions)
    return replace(card, body=body, fallback=f"{card.title}\n{spoken(body)}", actions=actions)


def _answered(body: Iterable[Block], name: str, line: Paragraph) -> Iterator[Block]:
    """The line about the pilot of that name is another, among the decisions needed only."""
    heading = ""
    for block in body:
        if isinstance(block, Heading):
            heading = block.text
        asks = heading == DECIDE and isinstance(block, Paragraph) and block.spans[:1] == (bold(name),)
        yield line if asks else block


def _looks_only(action: Action, pilot: PilotId, name: str) -> Action:
    """The button that opened the decision form shows where the pilot stands."""
    token = tokens.decode(action.token) if isinstance(action, Button) else None
    if token is None or (token.about, token.id, token.verb) != (About.PILOT, pilot, "decide"):
        return action
    return words.button(words.pilot_name(name), pilot, "status")


# --- the thread ---------------------------------------------------------------------------------------------


def _thread(view: DigestView, most: int) -> Iterator[Card]:
    """What the channel left out: all reasons of the stuck, and every section that was cut short."""
    if len(view.due) > most:
        yield _details(DECIDE, view.due, lambda due: [_due(due, view.today)])
    if view.stuck:
        yield _details("Stuck", view.stuck, lambda stuck: _reasons(stuck, view.today))
    if len(view.moved) > most or (view.moved and not view.due and not view.stuck):
        yield _details("Moved", view.moved, lambda moved: [_moved(moved)])
    yield from (_blocked(blocker, view.today) for blocker in view.shared)
    calm = not view.due and not view.stuck
    if len(view.ruled) > most or (view.ruled and calm):
        yield _details("Decided", view.ruled, lambda ruled: [_ruled(ruled)])
    if view.quiet:
        yield _details("Quiet", view.quiet, _silence)
    if view.together:
        yield _together(view.together)


def _blocked(blocker: SharedBlocker, today: date) -> Card:
    """Everybody whom one thing holds up, who can clear it and what to do about it."""
    title = f"{SHARED}: {blocker.label}"
    body: list[Block] = [
        say(bold(words.pilot_name(one.name)), f": {words.count((today - one.since).days, 'day')}")
        for one in blocker.waiting[:DETAILS_SHOWN]
    ]
    if len(blocker.waiting) > DETAILS_SHOWN:
        body.append(say(words.capital(words.more(len(blocker.waiting) - DETAILS_SHOWN))))
    who = f"{blocker.who} is named to clear it." if blocker.who else "Nobody is named who can clear it."
    body.append(say(f"{who} Next step: give it one owner outside the pilots, as one task."))
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _together(signals: Sequence[PortfolioSignal]) -> Card:
    """What holds for all pilots together, each with its act."""
    title = "All pilots together"
    body = [block for signal in signals for block in _act(signal)]
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _act(signal: PortfolioSignal) -> Iterator[Block]:
    yield say(bold(signal.name), f": {signal.text}")
    yield say(f"Next step: {signal.action}" if signal.strong else f"To consider: {signal.action}")


def _details(name: str, entries: Sequence[T], lines: Callable[[T], Sequence[Block]]) -> Card:
    title = f"{name}: {words.count(len(entries), 'pilot')}"
    body = [block for entry in entries[:DETAILS_SHOWN] for block in lines(entry)]
    if len(entries) > DETAILS_SHOWN:
        body.append(say(f"{words.capital(words.more(len(entries) - DETAILS_SHOWN))}: type list"))
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _reasons(stuck: Stuck, today: date) -> list[Block]:
    since = f" (since {day_words(stuck.since, today)})" if stuck.since else ""
    reasons = " ".join(signal.text for signal in stuck.signals)
    steps = " ".join(signal.action for signal in stuck.signals)
    return [say(bold(words.pilot_name(stuck.name)), f"{since}: {reasons}"), say(f"Next step: {steps}")]


def _silence(quiet: Quiet) -> list[Block]:
    checkins = words.count(quiet.missed, "check-in")
    return [say(bold(words.pilot_name(quiet.name)), f": no answer to {checkins}. Is it still running?")]
