"""Messages that nobody asked for, and what they gained: counted by step, never by person; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.core.bundles import MOST
from bot.core.records import CheckinId, PersonId, PilotId

WEEK = timedelta(
    days=7
)  # what a budget counts over: seven days back, not a calendar week that ends on a Sunday
INVITATION, FIRST, LAST, AGAIN, CLOSED, OUTCOME, RECORD, DECISION = (
    "invitation",
    "first reminder",
    "last reminder",
    "after a snooze",
    "closed",
    "outcome",
    "yearly question",
    "decision",
)
REMINDERS = (FIRST, LAST)
STEPS = (
    INVITATION,
    DECISION,
    FIRST,
    LAST,
    AGAIN,
    CLOSED,
    "deputy",
    "sponsor",
    "lead",
    OUTCOME,
)  # what an answer is a gain of


@dataclass(frozen=True, slots=True)
class Nag:
    """One message that Rampcheck sent by itself about a check-in, and when that was answered, if it was."""

    person: PersonId
    pilot: PilotId
    checkin: CheckinId
    step: str
    at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gain:
    """One step: messages sent, those after which the answer came before the next one, and to how many people."""

    step: str
    sent: int
    answered: int
    people: int


def gains(nags: Iterable[Nag]) -> tuple[Gain, ...]:
    """What each step gained. An answer is the gain of the last message before it."""
    known = sorted((nag for nag in nags if nag.step in STEPS), key=lambda nag: nag.at)
    last = {nag.checkin: nag for nag in known if nag.answered_at is not None and nag.at <= nag.answered_at}
    found = []
    for step in STEPS:
        sent = [nag for nag in known if nag.step == step]
        if sent:
            answered = sum(last.get(nag.checkin) is nag for nag in sent)
            found.append(Gain(step, len(sent), answered, len({nag.person for nag in sent})))
    return tuple(found)


def reminders_left(newest: Sequence[Nag], *, planned: int, after: int) -> int:
    """How many reminders somebody gets: one less for each `after` in a row that gained nothing, newest first.

    Those of one moment are one: they came in one message. Whoever answers a reminder gets all of them again.
    """
    reminders = (nag for nag in newest if nag.step in REMINDERS)
    gained = [any(map(_gained, same)) for _, same in groupby(reminders, key=lambda nag: nag.at)]
    in_vain = next((n for n, answered in enumerate(gained) if answered), len(gained))
    return max(planned - in_vain // after, 0)


def _gained(nag: Nag) -> bool:
    return nag.answered_at is not None and nag.answered_at >= nag.at


def room_at(newest: Sequence[Nag], now: datetime, *, budget: int) -> datetime:
    """When the next message fits into somebody's week: now, or when the oldest of those that fill it is a week old.

    What stands in one message counts once; what would stand in one that goes out now has room in it.
    """
    within = Counter((nag.at, nag.step == INVITATION) for nag in newest if nag.at > now - WEEK)
    if any(at == now and number % MOST for (at, _), number in within.items()):
        return now
    sent = sorted(at for (at, _), number in within.items() for _ in range(-(-number // MOST)))
    return now if len(sent) < budget else sent[-budget] + WEEK
