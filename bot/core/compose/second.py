"""The words of the second view: what a sponsor reads above it, and where two views differ; it must not ask for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.core.card import Block, bold, say
from bot.core.compose import words
from bot.core.days import day_words
from bot.core.signals.kinds import Course

VIEWS = {  # second.sponsor
    "more_hopeful": "more hopeful than",
    "same": "about as hopeful as",
    "less_hopeful": "less hopeful than",
}
NOT_LOOKED = "not_looked"


@dataclass(frozen=True, slots=True)
class Month:
    """One pilot as its sponsor reads it once a month, with the one decision that it needs of somebody, if any.

    `claimed` is what the score would be with every claim counted, None where it is the same. `decide_by` and `decider`
    are empty where no decision is planned, `suggests` where nothing is suggested.
    """

    course: Course
    because: str
    overall: int | None
    claimed: int | None
    today: date
    decide_by: date | None = None
    decider: str = ""
    suggests: str = ""
    reasons: tuple[str, ...] = ()


def month(view: Month) -> tuple[Block, ...]:
    """Three lines at most: the state and its reason, the score, the decision."""
    return tuple(_month(view))


def _month(view: Month) -> Iterator[Block]:
    few = "Too few answers, or only old ones, to say more." if view.course is Course.UNKNOWN else ""
    because = view.because or few
    yield say(bold(f"{words.COURSES[view.course]}."), f" {because}" if because else "")
    if view.overall is not None:
        claimed = f" (claimed {view.claimed})" if view.claimed is not None else ""
        yield say(f"Readiness {view.overall}{claimed}.")
    yield say(_decision(view))


def _decision(view: Month) -> str:
    if view.decide_by is None:
        return "No decision is planned."
    who = f", by {view.decider}" if view.decider else ""
    because = f" ({', '.join(view.reasons)})" if view.reasons else ""
    data = f" Data suggests {view.suggests}{because}." if view.suggests else ""
    return f"To decide {day_words(view.decide_by, view.today)}{who}: scale, fix or stop.{data}"


def beside(view: str, sponsor: str, owner: str, *, said: str, on: date, today: date) -> str:
    """How a sponsor's view compares with the owner's, for those two; empty where the sponsor has not looked."""
    if view not in VIEWS:
        return ""
    return f"{sponsor} is {VIEWS[view]} {owner} ({said}, {day_words(on, today)})"
