"""Which items a review asks: nothing is forgotten, the next gate comes first, every dimension has its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core import gates, readiness, review
from bot.core.gates import GateResult
from bot.core.questionnaire import Content
from bot.core.readiness import DAY
from bot.core.records import ItemLevel
from tests.fakes.office import CONTENT, MONDAY

RULES = review.rules_of(CONTENT.policy)
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
    gate = gates.gate(levels, content.model, content.policy, stage=stage, risk="high", now=now)
    assert gate is not None
    ages = {item: (now - level.at) / DAY for item, level in levels.items()}
    picked = review.pick(content.model, scores, gate, RULES, turn=turn, ages=ages, seed=now.isoformat())
    assert (not picked.blind) or (picked.blind in picked.items and levels[picked.blind].level in (3, 4))
    assert bool(picked.blind) == any(
        (levels[item].level or 0) >= 3 for item in picked.items if item in levels
    )
    return picked.items, gate


def answered(levels: dict[str, ItemLevel], items: tuple[str, ...], now: datetime, value: int | None) -> None:
    """Everything asked is answered alike; repeating it counts as a confirmation."""
    for item in items:
        known = levels.get(item)
        fresh = ItemLevel(item, value, now, now)
        levels[item] = replace(known, at=now, same=known.same + 1) if known else fresh


def everything() -> tuple[str, ...]:
    return tuple(item.id for item in CONTENT.model.items())


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("value", [None, 1, 2, 4])
def test_ten_monthly_reviews_leave_nothing_unasked_for_longer_than_a_quarter(
    steps: tuple[int, ...], value: int | None
) -> None:
    assert len(everything()) == 33
    levels: dict[str, ItemLevel] = {}
    last = dict.fromkeys(everything(), MONDAY)
    now = MONDAY
    for turn, step in enumerate((0, *steps)):
        now += timedelta(days=step)
        items, _ = asked_at(levels, now, turn=turn)
        assert len(items) == len(set(items)) == RULES.items
        waited = {item: (now - at).days for item, at in last.items()}
        assert max(waited.values()) <= 92, (turn, waited)
        answered(levels, items, now, value)
        last |= dict.fromkeys(items, now)


def test_the_first_review_asks_the_gate_and_every_dimension() -> None:
    items, gate = asked_at({}, MONDAY, turn=0)
    gaps = {item.id for item in gate.lacking}
    assert len(gaps & set(items)) >= min(len(gaps), RULES.gate_items)
    assert {item.partition(".")[0] for item in items} == {one.id for one in CONTENT.model.dimensions}


def test_where_reviews_are_rare_the_gate_comes_first() -> None:
    levels: dict[str, ItemLevel] = {}
    answered(levels, everything(), MONDAY, 1)
    items, gate = asked_at(levels, MONDAY + timedelta(days=91), turn=1)
    gaps = {item.id for item in gate.lacking}
    assert len(gaps & set(items)) >= RULES.gate_items


def test_the_starting_dimension_is_another_one_each_time() -> None:
    firsts = [asked_at({}, MONDAY, turn=turn)[0][0].partition(".")[0] for turn in range(7)]
    assert firsts == ["value", "flow", "data", "base", "gov", "team", "value"]


def test_the_form_shows_the_items_in_the_order_picked_with_what_follows_up_behind_each_dimension() -> None:
    form = CONTENT.questionnaires["review"]
    items, _ = asked_at({}, MONDAY, turn=2)
    arranged = review.arranged(form, items)
    shown = [question.id for question in arranged.questions() if question.id in items]
    assert tuple(shown) == items
    assert [screen.id for screen in arranged.screens][:2] == ["data", "data_more"]
    assert arranged.screens[-1] == form.screens[-1], "what closes the form stays there"
    assert sorted(question.id for question in arranged.questions()) == sorted(
        question.id for question in form.questions()
    )


def test_one_claim_is_asked_again_blind_and_another_seed_draws_another() -> None:
    levels: dict[str, ItemLevel] = {}
    answered(levels, everything(), MONDAY, 3)
    answered(levels, everything()[::2], MONDAY + timedelta(days=1), 1)
    now = MONDAY + timedelta(days=20)
    scores = readiness.score(levels, CONTENT.model, CONTENT.policy, now)
    ages = dict.fromkeys(everything(), 20.0)

    def drawn(seed: str) -> str:
        picked = review.pick(CONTENT.model, scores, None, RULES, turn=0, ages=ages, seed=seed)
        assert picked.blind in picked.items
        assert levels[picked.blind].level == 3
        return picked.blind

    many = {drawn(f"{pilot}:{MONDAY}") for pilot in range(40)}
    assert drawn("1:x") == drawn("1:x")
    assert len(many) > 5


def test_where_nothing_is_claimed_nothing_is_asked_blind() -> None:
    levels: dict[str, ItemLevel] = {}
    answered(levels, everything(), MONDAY, 2)
    scores = readiness.score(levels, CONTENT.model, CONTENT.policy, MONDAY)
    assert review.pick(CONTENT.model, scores, None, RULES, turn=0, ages={}, seed="1").blind == ""


def test_only_the_blind_item_hides_its_earlier_answer() -> None:
    form = review.arranged(CONTENT.questionnaires["review"], ("flow.map", "value.cost"), "value.cost")
    assert [question.id for question in form.questions() if question.blind] == ["value.cost"]


def test_everything_is_all_items_from_the_dimension_whose_turn_it_is() -> None:
    picked = review.everything(CONTENT.model, None, turn=3)
    assert sorted(picked.items) == sorted(everything())
    assert (picked.items[0].partition(".")[0], picked.blind) == ("base", "")


@pytest.mark.parametrize(
    ("changed", "asked"),
    [({}, 12), ({"items": 5}, 5), ({"gate_items": 1, "items": 7}, 7), ({"confidence": 0.0}, 6)],
)
def test_the_policy_says_how_many_items_are_asked(changed: dict[str, float], asked: int) -> None:
    """With nothing due and nothing open at a gate, it is the uncertain that fill up; else one of each dimension."""
    levels: dict[str, ItemLevel] = {}
    answered(levels, everything(), MONDAY, 2)
    now = MONDAY + timedelta(days=60)
    found = picked(levels, now, changed, age=60.0)
    assert len(found.items) == asked


def test_the_policy_says_from_when_an_answer_is_too_old_and_whether_one_is_asked_blind() -> None:
    levels: dict[str, ItemLevel] = {}
    answered(levels, everything(), MONDAY, 3)
    now = MONDAY + timedelta(days=40)
    ages = {"confidence": 0.0, "items": 33}
    assert len(picked(levels, now, ages, age=40.0, fresh="gov.risk").items) == 6  # one of each dimension
    older = picked(levels, now, {**ages, "oldest_days": 60}, age=40.0, fresh="gov.risk")
    assert len(older.items) == len(everything()) - 1  # all but the fresh one
    assert not picked(levels, now, {**ages, "blind": 0}, age=40.0).blind


def picked(
    levels: dict[str, ItemLevel], now: datetime, changed: dict[str, float], *, age: float, fresh: str = ""
) -> review.Picked:
    """What a review asks under a changed policy, where all answers but a `fresh` one are as old as that."""
    policy = CONTENT.policy
    thresholds = {**policy.thresholds, "review": {**policy.thresholds["review"], **changed}}
    scores = readiness.score(levels, CONTENT.model, policy, now)
    ages = {item: 0.0 if item == fresh else age for item in everything()}
    rules = review.rules_of(replace(policy, thresholds=thresholds))
    return review.pick(CONTENT.model, scores, None, rules, turn=0, ages=ages, seed="1")
