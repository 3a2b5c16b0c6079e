"""Whoever is away is asked nothing and misses nothing; what was open goes to the deputy, or waits for the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Reply, Show, Store
from bot.core.records import Request
from bot.core.state import Phase
from bot.service import registry, requests
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

RIGA = ZoneInfo("Europe/Riga")
FRIDAY = date(2026, 12, 4)  # the check-in is sent on Tuesday 24 November
WEEK = timedelta(weeks=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def text(reply: Reply) -> str:
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def told(office: Office, user: str) -> int:
    return len(office.platform.inbox(user))


def test_nothing_comes_and_nothing_is_missed_until_the_way_back(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    asked = office.until_asked("anna")
    assert "Invoice matcher" in text(office.runs("anna", "away until 4 December"))
    before = told(office, "anna")
    office.until(asked.slot.replace(day=4, month=12))
    assert told(office, "anna") == before
    office.until(office.now + WEEK - timedelta(days=3))  # Tuesday after
    assert not office.events("checkin.missed")
    [mine] = office.live("anna")
    assert mine.id == asked.id
    assert told(office, "anna") > before
    office.answers("anna", CALM)
    assert office.read(lambda unit: unit.checkin(asked.id)).state.phase is Phase.DONE


def test_what_waits_comes_at_the_first_good_hour_once(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.runs("anna", "away until 4 December")
    before = told(office, "anna")
    while told(office, "anna") == before:
        office.until(office.now + timedelta(hours=1))
    back = office.now.astimezone(RIGA)
    assert (back.date(), back.hour) == (date(2026, 12, 7), 10), "Monday, as Friday is nobody's day"
    assert told(office, "anna") == before + 1


def test_the_deputy_answers_what_is_open_and_what_falls_due(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    office.pilot("Invoice matcher", anna, deputy=bo.id)
    asked = office.until_asked("anna")
    said = text(office.runs("anna", "away until 1 February"))
    assert "Invoice matcher, check-in: Bo answers it." in said or "Bo answers it" in said
    [theirs] = office.live("bo")
    assert theirs.id == asked.id
    before = told(office, "anna")
    office.answers("bo", CALM)
    office.until(office.now + 5 * WEEK)
    asked_of = {one.person for one in office.read(lambda unit: unit.history(asked.pilot, limit=9))}
    assert asked_of == {bo.id}
    assert told(office, "anna") == before


def test_coming_back_early_brings_what_is_open_and_no_more(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.runs("anna", "away until 1 February")
    office.until(office.now + 4 * WEEK)
    before = told(office, "anna")
    assert "1 is still open" in text(office.runs("anna", "back"))
    office.until(office.now + timedelta(hours=20))
    assert len(office.live("anna")) == 1
    assert told(office, "anna") == before + 1


def test_a_slot_that_falls_into_an_absence_comes_once_at_the_way_back(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.runs("anna", "away until 4 December")
    before = told(office, "anna")
    office.until(office.now.replace(month=12, day=6))
    assert told(office, "anna") == before
    assert not office.events("slot.skipped", "checkin.missed")
    asked = office.until_asked("anna")
    here = office.now.astimezone(RIGA)
    assert (here.date(), here.hour) == (date(2026, 12, 7), 10), "the first good day back, at the usual hour"
    assert len(office.read(lambda unit: unit.history(pilot.id))) == 1, "one, however many slots there were"
    assert asked.state.person == anna.id


def test_slots_of_a_long_absence_are_one_and_the_rhythm_goes_on(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.runs("anna", "away until 1 February")
    office.until(office.now.replace(year=2027, month=2, day=26))
    asked = office.read(lambda unit: unit.history(pilot.id, questionnaire="pulse"))
    days = sorted(one.slot.astimezone(RIGA).date() for one in asked)
    assert days[0] == date(2027, 2, 2)
    assert days[1] >= days[0] + WEEK, "no backlog"


def test_back_early_brings_the_slot_that_was_put_off(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.runs("anna", "away until 1 February")
    office.until(office.now.replace(month=12, day=15))
    office.runs("anna", "back")
    office.until_asked("anna")
    assert office.now.astimezone(RIGA).date() <= date(2026, 12, 16)


def test_back_sooner_than_first_said_brings_the_slot_that_was_put_off(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.runs("anna", "away until 1 February")
    office.until(office.now.replace(month=12, day=15))
    office.runs("anna", "away until 16 December")
    office.until_asked("anna")
    assert office.now.astimezone(RIGA).date() == date(2026, 12, 17)


@pytest.mark.parametrize(
    "said",
    ["I'm away until 4 December", "i am on vacation until 2026-12-04", "I’ll be away until 4 December"],
)
def test_a_sentence_is_as_good_as_the_command(office: Office, said: str) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    assert "You are away up to and with 4 Dec" in text(office.says("anna", said))
    assert office.read(lambda unit: unit.person(anna.id)).away_until == FRIDAY


def test_who_comes_back_at_night_is_asked_in_the_morning(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", bo, stage="idea")
    office.runs("anna", "away until 1 February")
    help_ = Request(0, "help", pilot.id, anna.id, bo.id, office.now, "the data", "Data access")
    office.do(lambda work: requests.ask(work, pilot, help_))
    office.now = office.now.replace(hour=21)
    office.runs("anna", "back")
    office.tick()
    assert not any("your help" in card.title for card in office.platform.inbox("anna"))
    while not any("your help" in card.title for card in office.platform.inbox("anna")):
        office.now += timedelta(hours=1)
        office.tick()
    assert 8 <= office.now.astimezone(RIGA).hour < 18


def test_a_request_waits_and_is_sent_once(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", bo, stage="idea")
    office.runs("anna", "away until 4 December")
    before = told(office, "anna")
    help_ = Request(0, "help", pilot.id, anna.id, bo.id, office.now, "the data", "Data access")
    assert office.do(lambda work: requests.ask(work, pilot, help_))
    for _ in range(24 * 16):
        office.now += timedelta(hours=1)
        office.tick()
        if office.now.astimezone(RIGA).date() <= FRIDAY:
            assert told(office, "anna") == before
    assert [card.title for card in office.platform.inbox("anna")[before:]] == [
        "Invoice matcher: your help is needed"
    ]
    assert office.read(lambda unit: unit.person(anna.id)).away_until is None


def test_a_lead_says_so_for_somebody_else_and_nobody_else_does(office: Office) -> None:
    anna = office.person("anna")
    office.person("bo")
    office.person("lena", standing="lead")
    assert "Only a portfolio lead" in text(office.runs("bo", "away anna until 4 December"))
    assert "Anna is away" in text(office.runs("lena", "away anna until 4 December"))
    assert office.read(lambda unit: unit.person(anna.id)).away_until == FRIDAY
    assert "Anna is back" in text(office.runs("lena", "back anna"))
    [*_, first] = office.events("person.away_until")
    assert (first.before, first.after) == ("None", "2026-12-04")


def test_an_absence_that_cannot_be_changes_nothing(office: Office) -> None:
    anna = office.person("anna")
    assert "Until which" in text(office.runs("anna", "away"))
    assert "An absence lasts" in text(office.runs("anna", "away until 2030-01-01"))
    assert "You are not away" in text(office.runs("anna", "back"))
    assert office.read(lambda unit: unit.person(anna.id)).away_until is None


def test_nobody_asks_somebody_away_out_of_turn(office: Office) -> None:
    anna = office.person("anna")
    office.person("lena", standing="lead")
    office.pilot("Invoice matcher", anna)
    office.runs("anna", "away until 4 December")
    assert "Anna is away until 4 Dec" in text(office.runs("lena", "checkin invoice"))
    assert office.live("anna") == []


def test_the_end_of_a_pause_is_told_when_its_owner_is_back(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    until = office.now.date() + timedelta(days=7)
    office.do(lambda work: registry.pause(work, pilot, until, actor=None))
    office.runs("anna", f"away until {until + timedelta(days=7):%Y-%m-%d}")
    before = len(office.platform.inbox("anna"))
    office.until(office.now + timedelta(days=13))
    assert office.read(lambda unit: unit.pilot(pilot.id)).stage == "pilot", "it goes on all the same"
    assert len(office.platform.inbox("anna")) == before
    office.until_told("anna")
    assert any("Invoice matcher" in card.title for card in office.platform.inbox("anna")[before:])


def test_what_was_written_for_the_morning_waits_for_whoever_has_left_by_then(office: Office) -> None:
    anna = office.person("anna")
    office.person("bo", zone="Asia/Tokyo")  # where it is evening
    office.pilot("Invoice matcher", anna)
    office.until(datetime(2026, 4, 1, 12, tzinfo=UTC))
    office.runs("anna", "delegate Bo until 31 December")
    office.runs("bo", "away until 10 April")
    heard = told(office, "bo")
    office.until(datetime(2026, 4, 12, 12, tzinfo=UTC))
    assert told(office, "bo") == heard
    office.until(datetime(2026, 4, 14, 12, tzinfo=UTC))
    assert told(office, "bo") > heard
