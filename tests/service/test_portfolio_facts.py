"""What holds up many pilots is seen in their check-ins, told in the digest, and weighs in a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.decisions import Choice
from bot.core.ports import Store
from bot.core.records import ItemLevel, Pilot
from bot.core.state import Checkin, Phase, State
from bot.service import cases, evaluations, portfolio_facts
from bot.service import digest as weekly
from bot.service.work import Work
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

FORTNIGHT = timedelta(weeks=2)


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("lena", standing="lead")
    for name in ("anna", "sofia", "grace"):
        office.person(name)
    return office


def person(office: Office, user: str) -> int:
    found: int = office.read(lambda unit: unit.person_of(office.connection.id, user)).id
    return found


def held_up(office: Office, name: str, rounds: int, *, block: str = "security", **fields: object) -> Pilot:
    """A pilot whose last check-ins, a fortnight apart, name the same thing and Sofia."""
    anna = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    pilot = office.pilot(name, anna, **fields)
    for number in range(rounds):
        slot = MONDAY - (number + 1) * FORTNIGHT
        said = {"pulse.block": block, "pulse.who": str(person(office, "sofia"))}
        state = State(
            phase=Phase.DONE, person=anna.id, opened_at=slot, closes_at=slot + FORTNIGHT, outcome="answered"
        )
        checkin = Checkin(0, pilot.id, "pulse", 1, slot, replace(state, answers=said))
        assert office.write(lambda unit, checkin=checkin: unit.open_checkin(checkin))
    return pilot


def digest(office: Office) -> str:
    """What is posted: the channel's card and those of its thread."""
    made = office.do(weekly.compose)
    return "\n".join(card.fallback for card in (made.channel, *made.thread))


def test_the_digest_names_what_holds_up_three_pilots_the_oldest_wait_and_who_clears_it(
    office: Office,
) -> None:
    for name, rounds in (("Invoice matcher", 4), ("Email sorter", 2), ("Warranty checker", 2)):
        held_up(office, name, rounds, decide_by=MONDAY.date())
    office.runs("lena", "digest subscribe", channel="pilots")
    office.until(MONDAY + timedelta(days=1))
    channel, *_ = [post.card.fallback for post in office.platform.channel("pilots")]
    assert "Shared blocker: Security review: 3 pilots wait, oldest 57 days. Sofia" in channel
    assert "Invoice matcher: 57 days\nEmail sorter: 29 days" in digest(office)


@pytest.mark.parametrize(
    "rounds",
    [
        (4, 2, 1),  # the third names it for the first time
        (4, 2),  # two of many
    ],
)
def test_what_holds_up_few_or_not_for_long_is_no_shared_blocker(
    office: Office, rounds: tuple[int, ...]
) -> None:
    for number, each in enumerate((*rounds, 0, 0, 0, 0, 0)):
        held_up(office, f"Pilot {number}", each)
    assert "Shared blocker" not in digest(office)


def test_a_pilot_that_is_not_asked_any_more_waits_for_nothing(office: Office) -> None:
    for number, stage in enumerate(("pilot", "hardening", "stopped")):
        held_up(office, f"Pilot {number}", 3, stage=stage)
    for number in range(6):
        held_up(office, f"Other {number}", 0)
    assert "Shared blocker" not in digest(office)


def test_last_night_s_shared_blocker_is_remembered_until_it_is_none(office: Office) -> None:
    pilots = [held_up(office, f"Pilot {number}", 2) for number in range(3)]
    office.do(evaluations.learn)
    assert office.do(portfolio_facts.noted) == ["security"]
    assert office.do(lambda work: portfolio_facts.waits_for_shared(work, pilots[0]))
    other = held_up(office, "Other", 2, block="data")
    assert not office.do(lambda work: portfolio_facts.waits_for_shared(work, other))
    for pilot in pilots:
        office.write(lambda unit, pilot=pilot: unit.save_pilot(replace(pilot, stage="stopped")))
    office.now += timedelta(days=1)
    office.do(evaluations.learn)
    assert office.do(portfolio_facts.noted) == []


def test_a_pilot_with_a_result_that_many_wait_with_is_suggested_to_pause(office: Office) -> None:
    grace = person(office, "grace")
    pilot = held_up(office, "Pilot 0", 2, sponsor=grace, sponsor_accepted=True, owner_accepted=True)
    office.write(
        lambda unit: unit.set_level(
            pilot.id, ItemLevel("value.proof", 2, MONDAY - FORTNIGHT, MONDAY - FORTNIGHT)
        )
    )

    def suggested(work: Work) -> tuple[Choice | None, bool]:
        known = cases.case(work, pilot)
        return known.suggestion.choice, known.grounds.shared_blocker

    office.do(evaluations.learn)
    assert office.do(suggested) == (Choice.FIX, False), "it waits alone"
    for number in (1, 2):
        held_up(office, f"Pilot {number}", 2)
    office.now += timedelta(days=1)
    office.do(evaluations.learn)
    assert office.do(suggested) == (Choice.PAUSE, True)


def test_a_year_without_a_stop_is_told_in_the_thread(office: Office) -> None:
    for number in range(8):
        held_up(office, f"Pilot {number}", 1)
    assert "Nobody ever stops: No pilot of 8 was stopped in 12 months." in digest(office)
    pilot = office.read(lambda unit: unit.pilots())[0]
    office.write(lambda unit: unit.save_pilot(replace(pilot, stage="stopped", stage_since=MONDAY.date())))
    assert "Nobody ever stops" not in digest(office)
