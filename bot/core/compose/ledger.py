"""The ledger of one pilot: how long it has taken, which dates moved, what waiting costs; never what was spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.ball import Holder, Split
from bot.core.compose import words
from bot.core.compose.thresholds import rows as rule_rows
from bot.core.days import day_words
from bot.core.decisions import Choice, Refusal, Slips
from bot.core.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a decision card shows of one pilot beside the suggestion.

    `stage_days` are without those paused; `box` is the time box of the stage, 0 for none. `target` and `due` are the
    ledgers of the production date and of the decide-by date. `ball` is who had the ball in this stage, None where
    nothing has to move.
    `cost` is the cost of limbo at `weekly` a week. `thresholds` are the owner's launch and stop rules.
    """

    stage: str
    stage_days: int
    today: date
    ball: Split | None = None
    decide_by: date | None = None
    box: int = 0
    target: Slips = field(default_factory=Slips)
    fixes: int = 0
    extensions: int = 0
    weekly: float | None = None
    cost: float | None = None
    refused: Mapping[Choice, Refusal] = field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()


def ledger(waiting: Waiting) -> Iterator[tuple[str, str]]:
    """Name and value: time in stage, the dates that moved, the cost of limbo. What was spent so far is not there."""
    box = f" (time box {waiting.box})" if waiting.box else ""
    yield (
        "In this stage",
        f"{words.stage_name(waiting.stage)} for {words.count(waiting.stage_days, 'day')}{box}",
    )
    if moves := moves_words(waiting):
        yield MOVES, moves
    yield from rule_rows(waiting.thresholds, waiting.today)
    if waiting.decide_by is not None:
        yield "Decide by", day_words(waiting.decide_by, waiting.today)
    if waiting.target.later:
        yield "Date of real use", slipped(waiting.target)
    if waiting.fixes or waiting.extensions:
        yield "Decided so far", rounds(waiting.fixes, waiting.extensions)
    if cost := cost_words(waiting):
        yield "Cost of waiting", cost


MOVES = "Whose move it was"
HOLDERS: Mapping[Holder, str] = {
    Holder.OWNER: "its own people",
    Holder.DECIDER: "sponsor or decider",
    Holder.HELPER: "helpers outside it",
    Holder.NOBODY: "nobody",
}


def moves_words(waiting: Waiting) -> str:
    """Days in the stage by who had the ball, the most first; empty before there is a day to tell of."""
    ball = waiting.ball
    if ball is None or not ball.whole:
        return ""
    most = sorted(ball.days.items(), key=lambda held: -held[1])
    (first, days), *others = [(HOLDERS[holder], days) for holder, days in most]
    told = ", ".join([f"{first} {words.count(days, 'day')}", *(f"{name} {days}" for name, days in others)])
    part = ball.whole < waiting.stage_days
    return f"{told} (since {day_words(ball.since, waiting.today)})" if part else told


def cost_words(waiting: Waiting) -> str:
    """What it has cost to wait since the decide-by date, with the weekly cost that was assumed; empty for not known."""
    if waiting.cost is None:
        return ""
    return f"about {waiting.cost:,.0f} since that day, at {waiting.weekly:,.0f} a week"


def slipped(slips: Slips) -> str:
    """The ledger of a date that moved."""
    return f"moved later {times(slips.later)}, {words.count(slips.days, 'day')} in all"


def rounds(fixes: int, extensions: int) -> str:
    """What has been decided so far without an end: "Fix twice, date moved once"; empty for nothing."""
    parts = [f"Fix {times(fixes)}"] if fixes else []
    parts += [f"date moved {times(extensions)}"] if extensions else []
    return ", ".join(parts)


def times(number: int) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
