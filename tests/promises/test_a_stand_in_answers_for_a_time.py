"""Somebody answers in a person's place up to a day: what is open goes to them, what falls due too, and then no more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.ports import Changed, Inbound, Place, Reply, Sender, Show, Store
from bot.service import receive
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

WEEK = timedelta(weeks=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def text(reply: Reply) -> str:
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def test_what_is_open_and_what_falls_due_is_theirs_until_the_day(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna)
    asked = office.until_asked("anna")
    said = text(office.runs("anna", "delegate Bo until 31 December"))
    assert "Bo answers for you up to and with 31 Dec" in said
    assert "Bo has it now" in said
    [theirs] = office.live("bo")
    assert theirs.id == asked.id
    assert any("asked you to answer in their place" in card.fallback for card in office.platform.inbox("bo"))
    office.answers("bo", CALM)
    office.until(datetime(2027, 1, 29, 12, tzinfo=UTC))
    since = {one.slot.date(): one.person for one in office.read(lambda unit: unit.history(pilot.id))}
    assert {person for day, person in since.items() if day <= date(2026, 12, 31)} == {bo.id}
    assert {person for day, person in since.items() if day > date(2026, 12, 31)} == {anna.id}


def test_a_stand_in_hears_of_it_at_a_good_hour_of_their_own(office: Office) -> None:
    anna = office.person("anna")
    office.person("bo", zone="Asia/Tokyo")  # where it is evening
    office.pilot("Invoice matcher", anna)
    office.until(datetime(2026, 4, 1, 12, tzinfo=UTC))
    office.runs("anna", "delegate Bo until 31 December")
    office.until(office.now + timedelta(hours=1))
    assert not office.platform.inbox("bo")
    office.until(datetime(2026, 4, 2, 1, tzinfo=UTC))
    [told] = office.platform.inbox("bo")
    assert "asked you to answer in their place" in told.fallback


def test_back_ends_it(office: Office) -> None:
    anna = office.person("anna")
    office.person("bo")
    office.pilot("Invoice matcher", anna)
    office.runs("anna", "delegate Bo until 1 March")
    assert "Welcome back" in text(office.runs("anna", "back"))
    assert office.until_asked("anna").state.person == anna.id


def test_a_stand_in_comes_before_the_deputy_and_the_deputy_where_they_are_away(office: Office) -> None:
    anna, bo, dita = office.person("anna"), office.person("bo"), office.person("dita")
    office.pilot("Invoice matcher", anna, deputy=dita.id)
    office.runs("anna", "delegate Bo until 1 March")
    office.runs("anna", "away until 1 March")
    assert office.until_asked("bo").state.person == bo.id
    said = text(office.runs("bo", "away until 1 March"))
    assert "Dita answers it" in said
    assert office.live("dita")[0].state.person == dita.id


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("delegate", "Who answers in your place?"),
        ("delegate Bo", "Until which day"),
        ("delegate Anna until 1 March", "That is the same person"),
        ("delegate Nobody until 1 March", "I know nobody called"),
        ("delegate Bo until 2030-01-01", "An absence lasts"),
        ("delegate Absent until 1 March", "is away or cannot be reached"),
        ("delegate Bo for Dita until 1 March", "Only a portfolio lead"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(office: Office, command: str, problem: str) -> None:
    anna = office.person("anna")
    for user in ("bo", "dita"):
        office.person(user)
    office.person("absent", away_until=date(2027, 1, 1))
    assert problem in text(office.runs("anna", command))
    assert office.read(lambda unit: unit.person(anna.id)).stand_in is None


def test_a_lead_says_so_for_somebody_else(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    office.person("lena", standing="lead")
    assert "Bo answers for Anna" in text(office.runs("lena", "delegate Bo for Anna until 1 March"))
    assert office.read(lambda unit: unit.person(anna.id)).stand_in == bo.id


# --- the platform's status ------------------------------------------------------------------------------------------


def status(office: Office, user: str, until: datetime | None) -> None:
    office.acts += 1
    told = Inbound(
        f"act{office.acts}", Sender("local", "local", user), Changed(away_until=until), Place(f"dm:{user}")
    )
    receive.receive(office.store, office.content, told, office.now)
    office.deliver()


def away_until(office: Office, user: str) -> date | None:
    found: date | None = office.read(lambda unit: unit.person_of(office.connection.id, user)).away_until
    return found


def test_a_holiday_that_the_platform_shows_is_an_absence_and_ends_with_it(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    status(office, "anna", datetime(2026, 12, 4, 21, 59, tzinfo=UTC))  # the end of Friday in Riga
    assert away_until(office, "anna") == date(2026, 12, 4)
    status(office, "anna", None)
    assert away_until(office, "anna") == date(2026, 11, 22), "which is over"


def test_a_status_takes_nothing_back_that_somebody_said(office: Office) -> None:
    office.person("anna")
    office.runs("anna", "away until 18 December")
    status(office, "anna", datetime(2026, 12, 4, 21, 59, tzinfo=UTC))
    status(office, "anna", None)
    assert away_until(office, "anna") == date(2026, 12, 18)
