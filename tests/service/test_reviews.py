"""The monthly review as its owner meets it: its order, the item asked blind, all 33 items, and coming back to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.card import Card, Choice, Field, Submit
from bot.core.ports import Closed, Store
from bot.core.records import ItemLevel
from bot.service import evaluate, evaluations
from tests.fakes.office import CONTENT, Office

pytest_plugins = ["tests.databases"]

ITEMS = tuple(item.id for item in CONTENT.model.items())


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.pilot("Invoice matcher", office.person("anna"))
    office.person("bo")
    return office


def claim(office: Office, level: int, days: int = 30) -> None:
    """Everything was said to be at one level so many days ago, and shown."""
    (pilot,) = office.read(lambda unit: unit.pilots())
    at = office.now - timedelta(days=days)
    for item in ITEMS:
        known = ItemLevel(item, level, at, at, link="https://wiki.example/proof", link_at=at)
        office.write(lambda unit, known=known: unit.set_level(pilot.id, known))


def form(office: Office, user: str = "anna") -> Card:
    return next(
        card
        for card in reversed(office.platform.inbox(user))
        if any(isinstance(action, Submit) for action in card.actions)
    )


def levels_asked(card: Card) -> list[Field]:
    return [field for field in card.fields if isinstance(field, Choice) and field.name in ITEMS]


def go_through(office: Office, value: str, **other: str) -> list[Field]:
    """Every item gets that level, but for those named; all that was asked, in the order asked."""
    seen: list[Field] = []
    while office.live("anna"):
        card = form(office)
        seen += levels_asked(card)
        values: dict[str, Any] = {field.name: other.get(field.name, value) for field in levels_asked(card)}
        office.answers("anna", values)
    return seen


def test_a_review_asks_twelve_items_and_shows_the_earlier_answer_of_all_but_one(office: Office) -> None:
    claim(office, 3, days=120)
    office.says("anna", "review Invoice matcher")
    (open_one,) = office.live("anna")
    seen = go_through(office, "3")
    assert tuple(field.name for field in seen) == open_one.focus
    assert len(seen) == 12
    assert [field.name for field in seen if not field.previous] == [open_one.blind]


def test_the_same_answer_without_sight_of_the_earlier_one_counts_as_new(office: Office) -> None:
    claim(office, 3)
    office.says("anna", "review Invoice matcher")
    (open_one,) = office.live("anna")
    go_through(office, "3")
    levels = office.read(lambda unit: unit.levels(open_one.pilot))
    assert levels[open_one.blind].fresh_at == office.now
    assert {levels[item].fresh_at for item in open_one.focus if item != open_one.blind} == {None}


def test_an_answer_far_from_the_one_it_could_not_see_says_autopilot(office: Office) -> None:
    claim(office, 3)
    office.says("anna", "review Invoice matcher")
    (open_one,) = office.live("anna")
    go_through(office, "3", **{open_one.blind: "1"})
    (event,) = office.events("item.reasked")
    assert (event.subject, event.before, event.after) == (open_one.blind, 3, 1)
    office.until(office.now + timedelta(days=2))
    (pilot,) = office.read(lambda unit: unit.pilots())
    on = office.do(lambda work: evaluations.known(work, pilot)).signals
    (found,) = [seen.signal for seen in on if seen.signal.id == "P17"]
    assert "2 levels apart" in found.formula


def test_in_full_it_asks_every_item_and_says_how_long_that_takes(office: Office) -> None:
    office.says("anna", "review Invoice matcher")
    office.now += timedelta(minutes=1)
    office.says("anna", "review Invoice matcher in full")
    assert "33 questions, about 15 minutes" in form(office).fallback
    assert sorted(field.name for field in go_through(office, "2")) == sorted(ITEMS)


def test_a_review_that_was_begun_is_not_thrown_away_for_one_in_full(office: Office) -> None:
    office.says("anna", "review Invoice matcher")
    (begun,) = office.live("anna")
    office.answers("anna", {field.name: "2" for field in levels_asked(form(office))})
    office.now += timedelta(minutes=1)
    office.says("anna", "review Invoice matcher in full")
    (still,) = office.live("anna")
    assert still.id == begun.id


def test_what_was_entered_is_there_when_its_owner_comes_back(office: Office) -> None:
    office.says("anna", "review Invoice matcher")
    shown = levels_asked(form(office))
    submit = next(action for action in form(office).actions if isinstance(action, Submit))
    office.act("anna", Closed(submit.token, {shown[0].name: "2"}))
    again = levels_asked(form(office))
    assert next(field.initial for field in again if isinstance(field, Choice)) == ("2",)
    assert f"Go on: 1 of {len(shown)} answered" in str(form(office).actions)


def test_one_item_goes_to_a_colleague_in_one_tap_and_comes_back_with_their_name(office: Office) -> None:
    office.says("anna", "review Invoice matcher")
    (open_one,) = office.live("anna")
    item = open_one.focus[0]
    office.presses("anna", "Ask a colleague", {"question": item, "to": "Bo"})
    assert [field.name for field in levels_asked(form(office, "bo"))] == [item]
    go_on = [field.name for field in levels_asked(form(office))]
    assert item not in go_on
    office.answers("bo", {item: "2"})
    assert any("Bo answered" in card.fallback for card in office.platform.inbox("anna"))
    go_through(office, "2")
    assert office.read(lambda unit: unit.levels(open_one.pilot))[item].level == 2


def test_the_third_time_the_same_is_said_of_a_claim_its_proof_is_asked_for_again(office: Office) -> None:
    claim(office, 3)
    (pilot,) = office.read(lambda unit: unit.pilots())
    levels = office.read(lambda unit: unit.levels(pilot.id))
    for item, known in levels.items():
        fresh = replace(known, same=2 if item == "value.problem" else 1)
        office.write(lambda unit, fresh=fresh: unit.set_level(pilot.id, fresh))
    office.says("anna", "review Invoice matcher in full")
    asked: list[str] = []
    while office.live("anna"):
        card = form(office)
        asked += [field.name for field in card.fields if field.name.endswith(".link")]
        office.answers("anna", {field.name: "3" for field in levels_asked(card)})
    assert asked == ["value.problem.link"]


def test_its_end_says_what_moved_the_score_the_state_and_what_the_next_gate_lacks(office: Office) -> None:
    claim(office, 2, days=120)
    (pilot,) = office.read(lambda unit: unit.pilots())
    office.do(lambda work: work.unit.add_snapshot(evaluate.snapshot(work, pilot)))
    office.do(lambda work: evaluations.renew(work, pilot))
    office.says("anna", "review Invoice matcher")
    (open_one,) = office.live("anna")
    go_through(office, "2", **{open_one.focus[0]: "1"})
    said = next(
        card.fallback for card in reversed(office.platform.inbox("anna")) if "Thank you" in card.fallback
    )
    item = evaluate.name_of(CONTENT, open_one.focus[0])
    assert f"Moved by {item}." in said
    assert "State: " in said
    assert "Next gate (" in said
