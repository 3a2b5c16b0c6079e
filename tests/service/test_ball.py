"""Whose move it was, from what is stored: as an owner reads it in a status and a decider above the form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import Show, Store
from bot.core.records import Decision, Pilot, Request
from bot.service import registry
from tests.fakes.office import CALM, MONDAY, Office

pytest_plugins = ["tests.databases"]

TODAY = MONDAY.date()


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    for user in ("anna", "dora", "bo"):
        office.person(user)
    return office


def pilot(office: Office, **fields: object) -> Pilot:
    """Anna's, decided about by Dora, a hundred days in Pilot."""
    anna, dora, _ = office.read(
        lambda unit: sorted(unit.people(), key=lambda one: "anna dora bo".index(one.name.lower()))
    )
    since = TODAY - timedelta(days=100)
    known = {"stage_since": since, "created": since, "decider": dora.id} | fields
    return office.pilot("Invoice matcher", anna, **known)


def moves(office: Office, user: str = "anna", command: str = "status") -> str:
    """The line that tells it."""
    reply = office.says(user, f"{command} invoice", channel="ai-pilots")
    assert isinstance(reply, Show), reply
    lines = [line for line in reply.card.fallback.split("\n") if line.startswith("Whose move it was: ")]
    return lines[0].partition(": ")[2] if lines else ""


def test_a_decision_that_was_due_and_a_request_are_whose_they_were(office: Office) -> None:
    made = pilot(office, decide_by=TODAY - timedelta(days=9))
    asked = Request(0, "help", made.id, 3, 1, MONDAY - timedelta(days=40), "Access", "Data")
    office.write(
        lambda unit: unit.save_request(replace(asked, reply="on_it", replied_at=MONDAY - timedelta(days=20)))
    )
    late = Decision(
        0, made.id, "later", MONDAY - timedelta(days=60), 2, "decider", due=TODAY - timedelta(days=65)
    )
    office.write(lambda unit: unit.add_decision(late))
    said = "its own people 66 days, helpers outside it 20, sponsor or decider 14"
    assert moves(office) == said
    assert moves(office, "dora", "decide") == said


def test_what_is_in_the_way_is_its_helpers_until_they_say_that_it_is_not_theirs(office: Office) -> None:
    pilot(office)
    office.until_asked("anna")
    blocked = CALM | {"pulse.block": "security"}
    office.answers("anna", blocked)
    office.answers("anna", {"pulse.who": "3", "pulse.need": "A date"})
    begun = office.now
    office.now = begun + timedelta(days=5)
    office.presses("bo", "Not me")
    office.now = begun + timedelta(days=12)
    assert moves(office) == "its own people 108 days, nobody 7, helpers outside it 5"


def test_silence_and_no_owner_are_nobodys_and_a_pause_is_not_counted(office: Office) -> None:
    made = pilot(office)
    office.until_asked("anna")
    office.until(office.now + timedelta(days=10))  # nobody answers
    silent = moves(office)
    assert silent.startswith("its own people 108 days, nobody ")
    office.do(lambda work: registry.change_pilot(work, made, {"owner": None}, actor=None))
    office.now += timedelta(days=30)
    now = office.read(lambda unit: unit.pilot(made.id))
    office.do(lambda work: registry.pause(work, now, office.now.date() + timedelta(days=20), actor=None))
    before = moves(office, "dora")
    office.now += timedelta(days=15)
    assert moves(office, "dora") == before
    assert before == "its own people 108 days, nobody 40"


def test_where_nothing_has_to_move_nothing_is_told(office: Office) -> None:
    pilot(office, stage="production")
    assert moves(office) == ""
