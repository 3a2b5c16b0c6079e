"""What a digest tells, gathered by others: plain data; it must not know how any of it is worded or laid out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.compose import words
from bot.core.records import PilotId, Slice
from bot.core.signals import Signal
from bot.core.signals.portfolio import PortfolioSignal

LIVE = frozenset({"limited", "production"})
OVER = frozenset({"stopped", "retired"})


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


def headcount(stages: Iterable[str]) -> tuple[int, int]:
    """(open, live) of pilots in these stages: live for some or all, or still on the way there, paused included."""
    going = [stage for stage in stages if stage not in OVER]
    live = sum(stage in LIVE for stage in going)
    return len(going) - live, live


def of_slice(about: Slice) -> str:
    """Which pilots, in a title; empty for all of them."""
    stage = words.stage_name(about.stage) if about.stage else ""
    parts = (words.pilot_name(about.group) if about.group else "", stage, about.tag and f"#{about.tag}")
    return ", ".join(part for part in parts if part)


def longest_first(due: Due) -> tuple[date, str, PilotId, str]:
    """In which order decisions are asked for: the longest overdue, then those Stuck for longest."""
    since = due.on or date.max - timedelta(days=due.stuck_days)
    return since, due.name.casefold(), due.pilot, due.decider
