"""A new pilot is compared with those before it, the stopped ones first, and its owner says what differs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Card
from bot.core.compose.decision import strongest
from bot.core.ports import Problems, Show, Store
from bot.core.records import Decision, ItemLevel, Pilot, Request
from bot.service import cases, likeness, registry
from bot.service.work import Work
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

WORK = "Matches supplier invoices with purchase orders"
LESSON = "Scanned invoices of small suppliers need a person."


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    anna, bo = office.person("anna"), office.person("bo")
    office.person("carl")
    old = office.pilot("Order reader", bo, work="Reads purchase orders", stage="stopped")
    made = Decision(0, old.id, "stop", office.now, bo.id, "decider", lesson=LESSON, reuse=("tests",))
    office.write(lambda unit: unit.add_decision(made))
    office.pilot("Supplier mail", bo, work="Sorts the mail of suppliers about invoices and purchase orders")
    office.pilot("Shift planner", bo, work="Plans shifts of the warehouse")
    del anna
    return office


def register(office: Office, name: str = "Invoice matcher", work: str = WORK) -> Pilot:
    """Anna registers a pilot and answers its first questions."""
    office.says("anna", f'add "{name}"')
    first = {
        "kickoff.name": name,
        "kickoff.work": work,
        "kickoff.stage": "idea",
        "value.problem": "2",
        "kickoff.touch": "none",
    }
    while office.live("anna"):
        office.answers("anna", first)
    office.tick()
    found = office.read(lambda unit: unit.pilots())
    return next(pilot for pilot in found if pilot.name == name)


def told(office: Office) -> list[Card]:
    return [card for card in office.platform.inbox("anna") if "may be like it" in card.title]


def test_its_owner_hears_of_those_before_it_the_stopped_one_first_with_what_it_taught(office: Office) -> None:
    register(office)
    (card,) = told(office)
    assert card.title == "Invoice matcher: 2 pilots before it may be like it"
    first, second, _ = card.fallback.split("\n")[1:]
    said = "Both speak of invoice, supplier, purchase and order. Learned: Scanned invoices"
    assert first.startswith(f"Order reader (stopped). {said}")
    assert first.endswith("Reusable: test set.")
    assert second.startswith("Supplier mail (pilot). Both speak of invoice, supplier, purchase and order.")
    assert "Shift planner" not in card.fallback


def test_what_differs_is_kept_and_shown_in_the_history_to_those_who_read_texts(office: Office) -> None:
    pilot = register(office)
    office.presses("anna", "Say what differs", {"what": "Only suppliers that send e-invoices"})
    (event,) = office.events(likeness.SAID)
    assert event.after == "Only suppliers that send e-invoices"
    own, other = (office.says(user, f"history {pilot.key}") for user in ("anna", "carl"))
    assert isinstance(own, Show)
    assert isinstance(other, Show)
    assert "Only suppliers that send e-invoices" in own.card.fallback
    assert "e-invoices" not in other.card.fallback


def test_an_empty_line_is_asked_for_again(office: Office) -> None:
    register(office)
    assert isinstance(office.presses("anna", "Say what differs", {"what": "  "}), Problems)
    assert not office.events(likeness.SAID)


def test_somebody_elses_pilot_is_not_theirs_to_describe(office: Office) -> None:
    register(office)
    (card,) = told(office)
    reply = office.presses("carl", "Say what differs", {"what": "Everything"}, card=card)
    assert isinstance(reply, Show)
    assert not office.events(likeness.SAID)


def test_a_pilot_like_none_is_told_of_nothing(office: Office) -> None:
    register(office, "Contract summary", "Sums up contracts for lawyers")
    assert not told(office)


def test_one_word_in_common_is_chance(office: Office) -> None:
    register(office, "Order forecast", "How many parcels come next week")
    assert not told(office)


def test_a_private_pilot_is_nobody_elses_to_hear_of(office: Office) -> None:
    bo = office.read(lambda unit: unit.people())[1]
    office.pilot("Secret invoices", bo, work=WORK, private=True)
    register(office)
    assert "Secret" not in told(office)[0].fallback


def test_what_was_in_the_way_of_another_counts_too(office: Office) -> None:
    pilots = office.read(lambda unit: unit.pilots())
    shift = next(pilot for pilot in pilots if pilot.name == "Shift planner")
    bo = office.read(lambda unit: unit.people())[1]
    asked = Request(0, "help", shift.id, bo.id, None, office.now, "Access to the supplier invoices", "Data")
    office.write(lambda unit: unit.save_request(asked))
    register(office)
    assert "Shift planner" in told(office)[0].fallback


def test_it_is_told_once_whatever_is_corrected_later(office: Office) -> None:
    register(office)
    office.presses("anna", "Correct an answer", {"question": "kickoff.work"})
    office.answers("anna", {"kickoff.work": "Matches all invoices"})
    office.until(office.now + timedelta(hours=3))
    assert len(told(office)) == 1


def test_nobody_waits_for_numpy_who_registers_no_pilot() -> None:
    program = "import bot.app, bot.service.likeness, sys; sys.exit('bm25s' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- the same problem -----------------------------------------------------------------------------------------------

SAME = "Same as Supplier mail"
PROVEN = ItemLevel("value.proof", 3, MONDAY, MONDAY, link="https://example.com/proof", link_at=MONDAY)


def other(office: Office) -> Pilot:
    found = office.read(lambda unit: unit.pilots())
    return next(pilot for pilot in found if pilot.name == "Supplier mail")


def suggested(office: Office, pilot: Pilot) -> str:
    """What is suggested once it is being tried and its decide-by date has passed without a result."""
    due = office.now.date() - timedelta(days=3)

    def look(work: Work) -> str:
        tried = replace(work.unit.pilot(pilot.id) or pilot, stage="pilot", decide_by=due)
        found = cases.case(work, tried).suggestion
        return " ".join([str(found.choice), *strongest(found, {})])

    return str(office.do(look))


def test_only_those_that_go_on_can_be_the_same(office: Office) -> None:
    register(office)
    assert [action.label for action in told(office)[0].actions] == ["Say what differs", SAME]


@pytest.mark.parametrize(
    ("stage", "level", "solves"),
    [
        ("pilot", None, False),
        ("pilot", PROVEN, True),
        ("pilot", replace(PROVEN, level=2), False),
        ("limited", None, True),
    ],
)
def test_a_pilot_that_its_owner_calls_the_same_is_to_be_merged_into_the_one_that_solves_it(
    office: Office, stage: str, level: ItemLevel | None, solves: bool
) -> None:
    pilot = register(office)
    mail = other(office)
    office.do(lambda work: registry.change_pilot(work, mail, {"stage": stage}, actor=None))
    if level is not None:
        office.write(lambda unit: unit.set_level(mail.id, level))
    assert suggested(office, pilot).startswith("stop")
    reply = office.presses("anna", SAME)
    assert isinstance(reply, Show)
    assert "the same problem as Supplier mail" in reply.card.fallback
    found = suggested(office, pilot)
    assert found.startswith("merge Supplier mail solves the same problem" if solves else "stop")


def test_what_differs_said_later_takes_it_back_and_so_does_the_others_end(office: Office) -> None:
    pilot, mail = register(office), other(office)
    office.do(lambda work: registry.change_pilot(work, mail, {"stage": "limited"}, actor=None))
    (card,) = told(office)
    office.presses("anna", SAME, card=card)
    office.presses("anna", "Say what differs", {"what": "Only e-invoices"}, card=card)
    assert suggested(office, pilot).startswith("stop")
    office.now += timedelta(minutes=1)
    office.presses("anna", SAME, card=card)
    assert suggested(office, pilot).startswith("merge")
    office.do(lambda work: registry.change_pilot(work, mail, {"stage": "stopped"}, actor=None))
    assert suggested(office, pilot).startswith("stop")


def test_nobody_but_its_owner_says_that_it_is_the_same(office: Office) -> None:
    pilot = register(office)
    reply = office.presses("carl", SAME, card=told(office)[0])
    assert isinstance(reply, Show)
    assert "Only this pilot's owner or deputy" in reply.card.fallback
    assert not office.events(likeness.SAME)
    office.presses("anna", SAME)
    office.presses("anna", SAME)
    (event,) = office.events(likeness.SAME)
    assert (event.pilot, event.after) == (pilot.id, other(office).id)
    history = office.says("anna", f"history {pilot.key}")
    assert isinstance(history, Show)
    assert "Supplier mail" in history.card.fallback
