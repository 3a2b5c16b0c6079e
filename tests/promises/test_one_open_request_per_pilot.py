"""Of all that is due about a pilot, one thing at a time is before its owner: pulse and review never meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import Store, Unit
from bot.core.state import Phase
from tests.fakes.office import CALM, MONDAY, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def test_pulse_review_and_value_check_of_two_months_never_stand_side_by_side(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    kinds = set()
    for _ in range(16):
        office.until(office.now + timedelta(days=3, hours=12))
        live = office.live("anna")
        assert len(live) <= 1
        kinds |= {one.questionnaire for one in live}
        if live and live[0].questionnaire == "pulse" and office.now.day % 2:
            office.answers("anna", CALM)
    assert kinds == {"pulse", "review"}, "or the test proves nothing"


def test_asked_out_of_turn_the_scheduled_one_is_not_asked_beside_it(office: Office) -> None:
    anna = office.person("anna")
    office.person("lena", standing="lead")
    pilot = office.pilot("Invoice matcher", anna)
    office.runs("lena", "checkin invoice")
    [mine] = office.live("anna")
    office.until(office.now + timedelta(days=2))
    assert [one.id for one in office.live("anna")] == [mine.id]
    office.answers("anna", CALM)
    office.until(office.now + timedelta(days=5))
    done = office.read(lambda unit: unit.history(pilot.id, questionnaire="pulse"))
    assert [one.phase for one in done if one.phase == Phase.DONE] == [Phase.DONE]
    assert len(done) == 1, "answering early counts for the slot that it was early for"


def test_of_two_that_are_due_the_one_asked_least_lately_comes_first(office: Office) -> None:
    """A monthly review may not wait for ever behind pulses that fall due as soon as it does."""
    pilot = office.pilot("Invoice matcher", office.person("anna"), target=MONDAY.date() + timedelta(days=200))
    planned = {one.questionnaire: one for one in office.read(lambda unit: unit.schedules(pilot.id))}
    asked = {"pulse": MONDAY - timedelta(weeks=1), "review": MONDAY - timedelta(weeks=5)}
    tuesday = MONDAY + timedelta(days=1)
    both = {planned[form]: when for form, when in asked.items()}
    assert planned["pulse"].id < planned["review"].id, "or the order of the rows would do"

    def wait(unit: Unit) -> None:
        for schedule, last in both.items():
            unit.save_schedule(replace(schedule, next_due_at=tuesday, last_due_at=last))

    office.write(wait)
    office.until(tuesday + timedelta(hours=1))
    assert [one.questionnaire for one in office.live("anna")] == ["review"]
