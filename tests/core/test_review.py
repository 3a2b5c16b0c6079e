"""Which items a review asks: nothing is forgotten, the next gate comes first, every dimension has its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core import readiness, review
from bot.core.questionnaire import Content
from bot.core.readiness import DAY, GateResult
from bot.core.records import ItemLevel
from tests.fakes.office import CONTENT, MONDAY

STEPS = {  # days from one monthly review to the next: even, and on a Tuesday of each month
    "every 30 days": (30,) * 9,
    "a Tuesday of each month": (28, 35, 28, 28, 35, 28, 28, 35, 28),
}


def asked_at(
    levels: dict[str, ItemLevel],
    now: datetime,
    *,
    turn: int,
    stage: str = "pilot",
    content: Content = CONTENT,
) -> tuple[tuple[str, ...], GateResult]:
    """What a review at this moment asks, and the gate it looks at."""
    scores = readiness.score(levels, content.model, content.policy, now)
    gate = readiness.gate(levels, content.model, content.policy, stage=stage, risk="high", now=now)
    assert gate is not None
    ages = {item: (now - level.at) / DAY for item, level in levels.items()}
    return review.pick(content.model, scores, gate, turn=turn, ages=ages), gate


def answered(levels: dict[str, ItemLevel], items: tuple[str, ...], now: datetime, value: int | None) -> None:
    """Everything asked is answered alike; repeating it counts as a confirmation."""
    for item in items:
        known = levels.get(item)
        fresh = ItemLevel(item, value, now, now)
        levels[item] = replace(known, at=now, same=known.same + 1) if known else fresh


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("value", [None, 1, 2, 4])
def test_ten_monthly_reviews_leave_nothing_unasked_for_longer_than_a_quarter(
    steps: tuple[int, ...], value: int | None
) -> None:
    everything = {item.id for dimension in CONTENT.model.dimensions for item in dimension.items}
    assert len(everything) == 33
    levels: dict[str, ItemLevel] = {}
    last = dict.fromkeys(everything, MONDAY)
    now = MONDAY
    for turn, step in enumerate((0, *steps)):
        now += timedelta(days=step)
        items, _ = asked_at(levels, now, turn=turn)
        assert len(items) == len(set(items)) == review.MOST
        waited = {item: (now - at).days for item, at in last.items()}
        assert max(waited.values()) <= 92, (turn, waited)
        answered(levels, items, now, value)
        last |= dict.fromkeys(items, now)


def test_the_first_review_asks_the_gate_and_every_dimension() -> None:
    items, gate = asked_at({}, MONDAY, turn=0)
    gaps = {item.id for item in gate.lacking}
    assert len(gaps & set(items)) >= min(len(gaps), review.GATE_MOST)
    assert {item.partition(".")[0] for item in items} == {one.id for one in CONTENT.model.dimensions}


def test_where_reviews_are_rare_the_gate_comes_first() -> None:
    levels: dict[str, ItemLevel] = {}
    everything = tuple(item.id for dimension in CONTENT.model.dimensions for item in dimension.items)
    answered(levels, everything, MONDAY, 1)
    items, gate = asked_at(levels, MONDAY + timedelta(days=91), turn=1)
    gaps = {item.id for item in gate.lacking}
    assert len(gaps & set(items)) >= review.GATE_MOST
