"""Silence climbs a ladder, one grace after another; the owner is told all of it before anybody else hears a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import DeliveryError, Problems, Store
from bot.core.records import Pilot
from bot.core.state import Phase
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

RIGA = ZoneInfo("Europe/Riga")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SILENT = "Invoice matcher: no answer"


@pytest.fixture
def office(any_store: Store) -> Office:
    """Anna owns, Bo is her deputy, Sven sponsors, Lena is the portfolio lead; pulses alone are asked."""
    pulses = tuple(one for one in CONTENT.policy.cadences if one.questionnaire == "pulse")
    office = Office(any_store, content=replace(CONTENT, policy=replace(CONTENT.policy, cadences=pulses)))
    office.person("lena", standing="lead")
    for user in ("anna", "bo", "sven"):
        office.person(user)
    return office


def who(office: Office, user: str) -> Any:
    return office.read(lambda unit: unit.person_of(office.connection.id, user))


def silent_pilot(office: Office, **fields: Any) -> Pilot:
    known = {"deputy": who(office, "bo").id, "sponsor": who(office, "sven").id, "risk": "high"}
    return office.pilot("Invoice matcher", who(office, "anna"), **(known | fields))


def pilot_of(office: Office, pilot: Pilot) -> Pilot:
    found: Pilot = office.read(lambda unit: unit.pilot(pilot.id))
    return found


def asked(office: Office, user: str) -> bool:
    return any(card.title == SILENT for card in office.platform.inbox(user))


def wait_for(office: Office, user: str) -> datetime:
    """Let time pass until somebody is asked about the silence."""
    while not asked(office, user):
        office.until_told(user)
    return office.now.astimezone(RIGA)


def last_reminder(office: Office) -> str:
    return next(
        card.fallback
        for card in reversed(office.platform.inbox("anna"))
        if "If nobody answers" in card.fallback
    )


def test_the_owner_is_told_of_every_step_before_the_first_is_taken(office: Office) -> None:
    silent_pilot(office)
    office.until_asked("anna")
    office.until(office.now + DAY + HOUR)
    assert "If nobody answers" in office.platform.inbox("anna")[-1].fallback, "with the first reminder"
    told = last_reminder(office)
    assert "I ask Bo on Monday 7 Dec, then Sven on Thursday 10 Dec" in told, "one and three working days on"
    assert told.index("Bo") < told.index("Sven") < told.index("the portfolio leads") < told.index("paused")
    assert not any(asked(office, user) for user in ("bo", "sven", "lena"))


def test_each_step_comes_on_the_day_that_was_said_and_in_that_order(office: Office) -> None:
    silent_pilot(office)
    office.until_asked("anna")
    office.until(office.now + DAY + HOUR)
    told = last_reminder(office)
    days = [wait_for(office, user) for user in ("bo", "sven", "lena")]
    assert days == sorted(days)
    assert len({day.date() for day in days}) == 3
    for day in days:
        assert f"{day:%A} {day.day} {day:%b}" in told
        assert 8 <= day.hour < 18


def test_after_an_outage_each_step_still_has_its_grace(office: Office) -> None:
    pilot = silent_pilot(office)
    heard = wait_for(office, "bo")
    office.now += timedelta(weeks=4)  # no worker runs
    office.until(office.now + DAY)
    assert asked(office, "sven")
    assert not asked(office, "lena")
    assert pilot_of(office, pilot).stage == "pilot"
    assert wait_for(office, "lena") - heard > timedelta(weeks=4) + DAY


def test_no_step_is_taken_while_an_answer_is_on_its_way(office: Office) -> None:
    silent_pilot(office)
    mine = office.until_asked("anna")
    office.until(mine.state.closes_at + HOUR)
    colleague = office.person("dora")
    office.runs("lena", "checkin invoice")
    live = office.live("anna")
    office.until(office.now + timedelta(minutes=5))
    assert live, "asked again out of turn"
    office.presses("anna", "Ask a colleague", {"question": "pulse.moved", "to": str(colleague.id)})
    office.until(office.now + DAY)
    assert not asked(office, "bo")


def test_an_answer_ends_it_and_takes_back_what_was_asked(office: Office) -> None:
    silent_pilot(office)
    office.until_asked("anna")
    wait_for(office, "sven")
    office.answers("anna", CALM)
    assert "Anna has answered; nothing is needed from you" in office.platform.inbox("sven")[-1].fallback
    office.until(office.now + 5 * DAY)
    assert not asked(office, "lena")


def test_a_question_that_was_not_sent_yet_is_never_sent_once_there_is_an_answer(office: Office) -> None:
    silent_pilot(office)
    office.until_asked("anna")
    wait_for(office, "bo")
    office.platform.refusing["dm:sven"] = [DeliveryError("busy", retry_after=7200.0)]
    while office.platform.refusing["dm:sven"]:
        office.until(office.now + HOUR)
    office.answers("anna", CALM)
    office.until(office.now + 2 * DAY)
    assert not asked(office, "sven"), "a second view may be asked; silence is not spoken of"


def test_an_owner_who_was_not_reached_is_not_told_on(office: Office) -> None:
    silent_pilot(office)
    office.platform.refusing["dm:anna"] = [DeliveryError("busy", retry_after=3600.0)] * 2000
    office.until(office.now + 30 * DAY)
    assert not any(asked(office, user) for user in ("bo", "sven", "lena"))


def test_an_absence_stops_the_ladder(office: Office) -> None:
    silent_pilot(office)
    mine = office.until_asked("anna")
    office.until(mine.state.closes_at + HOUR)
    office.runs("anna", "away until 1 January")
    office.until(office.now.replace(year=2026, month=12, day=31))
    assert not asked(office, "sven")


def test_the_deputy_takes_it_in_one_tap(office: Office) -> None:
    silent_pilot(office)
    mine = office.until_asked("anna")
    wait_for(office, "bo")
    office.presses("bo", "I answer it")
    assert [one.id for one in office.live("bo")] == [mine.id]
    office.answers("bo", CALM)
    assert office.read(lambda unit: unit.checkin(mine.id)).state.phase is Phase.DONE
    office.until(office.now + 6 * DAY)
    assert not asked(office, "sven")


def test_who_vouches_for_it_ends_it_and_the_owner_hears(office: Office) -> None:
    silent_pilot(office, deputy=None)
    office.until_asked("anna")
    wait_for(office, "sven")
    office.presses("sven", "Yes, it is")
    assert "Sven says it is running" in office.platform.inbox("anna")[-1].fallback
    office.until(office.now + 5 * DAY)
    assert not asked(office, "lena")


def test_the_sponsor_names_a_new_owner_or_pauses_it(office: Office) -> None:
    pilot = silent_pilot(office, deputy=None)
    office.until_asked("anna")
    wait_for(office, "sven")
    assert isinstance(office.presses("sven", "Pause it", {"until": "yesterday"}), Problems)
    office.presses("sven", "New owner", {"to": "Bo"})
    assert pilot_of(office, pilot).owner == who(office, "bo").id
    assert office.platform.inbox("bo")[-1].title == "Invoice matcher: is that you?"


@pytest.mark.parametrize(
    ("risk", "outcome"), [("high", "pause"), ("medium", "decide"), ("low", "note"), ("", "decide")]
)
def test_silence_to_the_end_has_the_outcome_that_was_chosen_and_said(
    office: Office, risk: str, outcome: str
) -> None:
    pilot = silent_pilot(office, risk=risk, deputy=None, sponsor=None)
    quick = replace(CONTENT.policy.escalation, days=dict.fromkeys(office.content.policy.escalation.days, 1))
    office.content = replace(CONTENT, policy=replace(office.content.policy, escalation=quick))
    office.until_asked("anna")
    while not office.events("silence.outcome"):
        office.until(office.now + DAY)
    [event] = office.events("silence.outcome")
    assert event.subject == outcome
    assert (pilot_of(office, pilot).stage == "paused") == (outcome == "pause")
    told = office.platform.inbox("anna")
    assert any("This is what I said would follow." in card.fallback for card in told)


def test_the_boss_hears_at_a_good_hour_of_their_own(office: Office) -> None:
    """The graces are counted in the owner's zone; at ten in the morning in Riga it is night in Los Angeles."""
    far = office.person("walter", zone="America/Los_Angeles")
    silent_pilot(office, deputy=None, sponsor=far.id)
    at = wait_for(office, "walter").astimezone(ZoneInfo("America/Los_Angeles"))
    assert at.weekday() < 4
    assert 8 <= at.hour < 18
