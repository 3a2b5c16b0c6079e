"""Every number can explain itself, and a signal can be known until a day by those in charge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.core.ports import Show, Store
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    """A pilot that is Stuck since yesterday, its owner Anna, a lead and somebody beside it."""
    office = Office(any_store)
    office.person("lena", standing="lead")
    office.person("carl")
    since = office.now.date() - 200 * DAY
    office.pilot(
        "Invoice matcher", office.person("anna"), stage_since=since, created=since, owner_accepted=True
    )
    office.tick()
    return office


def said(office: Office, user: str, line: str) -> str:
    reply = office.says(user, line)
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def test_why_tells_each_signal_with_its_formula_and_the_index(office: Office) -> None:
    told = said(office, "anna", "why is invoice matcher stuck")
    assert told.startswith("Invoice matcher: why Stuck")
    assert "Old for its stage (high, P01)" in told
    assert "200 days / 90 days = 2.2, over 2" in told
    assert "100 × (1 - 0.70 × 0.70 × 0.70) = 66" in told


def test_whoever_stands_beside_it_hears_of_it_a_day_later(office: Office) -> None:
    assert "P01" not in said(office, "carl", "why invoice matcher")
    assert "P01" in said(office, "lena", "why invoice matcher")
    office.until(office.now + DAY + timedelta(hours=2))
    assert "P01" in said(office, "carl", "why invoice matcher")


def test_why_explains_the_score_and_the_gate(office: Office) -> None:
    assert "Nothing is answered yet" in said(office, "anna", "why invoice matcher score")
    gate = said(office, "anna", "why invoice matcher gate")
    assert gate.startswith("Invoice matcher: the gate to Hardening")
    assert (
        "Decision rule: does not pass: level 0 of 3, confidence 0.00; answer it, at level 3 or more" in gate
    )
    assert "Business owner: does not pass: level 0 of 3" in gate


def test_a_status_shows_the_strongest_and_leads_to_the_rest(office: Office) -> None:
    told = said(office, "anna", "status invoice matcher")
    assert "Stuck. In Pilot for 200 days; 90 are usual." in told
    reply = office.says("anna", "status invoice matcher")
    assert isinstance(reply, Show)
    assert "Why" in [action.label for action in reply.card.actions]


def test_a_known_signal_stays_visible_with_its_reason_and_counts_no_more(office: Office) -> None:
    line = f"known P01 of invoice matcher until {office.now.date() + 20 * DAY} because the tender ends then"
    assert "“Old for its stage” is known until 13 Dec" in said(office, "lena", line)
    office.tick()
    told = said(office, "anna", "why invoice matcher")
    assert "Known: Old for its stage (P01)" in told
    assert "Known until 13 Dec: the tender ends then" in told
    (event,) = office.events("signal.known")
    assert (event.subject, event.after) == ("P01", {"until": "2026-12-13", "reason": "the tender ends then"})
    found = office.read(lambda unit: unit.evaluation(1))
    assert "P01" not in {seen.signal.id for seen in found.signals}


@pytest.mark.parametrize(
    ("user", "line", "answer"),
    [
        ("carl", "known P01 of invoice matcher until {soon} because so", "Only those in charge"),
        ("anna", "known P16 of invoice matcher until {soon} because so", "P16 is not on. On are: P01"),
        ("anna", "known P01 of invoice matcher until {late} because so", "until 23 Dec at most"),
        ("anna", "known P01 of invoice matcher until {soon}", "Why is it all right until then?"),
        ("anna", "known P01 of invoice matcher because so", "Until which day is it known?"),
        ("anna", "known invoice matcher until {soon}", "Which signal do you know of?"),
    ],
)
def test_what_lacks_or_goes_too_far_is_said_and_changes_nothing(
    office: Office, user: str, line: str, answer: str
) -> None:
    today = office.now.date()
    days: dict[str, date] = {"soon": today + 10 * DAY, "late": today + 31 * DAY}
    assert answer in said(office, user, line.format(**days))
    assert office.read(lambda unit: unit.mutes(1)) == []
