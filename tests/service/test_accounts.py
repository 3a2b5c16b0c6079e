"""People as their accounts change: who moves, is renamed, leaves or comes back, and what becomes of their check-ins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Changed, Inbound, Left, Nothing, Place, Sender, Store, Unit
from bot.core.records import Identity, Pilot
from bot.core.state import Phase
from bot.service import receive, registry, schedules
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

WEEK = timedelta(weeks=1)
TUESDAY = 1


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def changes(office: Office, user: str, *, name: str = "", zone: str = "", is_open: bool = True) -> None:
    """Slack, or another platform, tells of an account."""
    office.acts += 1
    who = Sender("local", "local", user, name=name, zone=zone)
    told = Inbound(f"act{office.acts}", who, Changed(open=is_open), Place(f"dm:{user}"))
    assert receive.receive(office.store, office.content, told, office.now) == Nothing()
    office.deliver()


def person(office: Office, user: str) -> Any:
    return office.read(lambda unit: unit.person_of(office.connection.id, user))


def slots(office: Office, pilot: Any, since: datetime) -> list[datetime]:
    """When the pilot was asked its pulse, the oldest first."""
    asked = office.read(lambda unit: unit.history(pilot.id, questionnaire="pulse", limit=50))
    return sorted(one.slot for one in asked if one.slot >= since)


def test_name_and_zone_follow_the_account(office: Office) -> None:
    office.person("anna")
    changes(office, "anna", name="Anna  Berzina", zone="America/New_York")
    found = person(office, "anna")
    assert (found.name, found.zone) == ("Anna Berzina", "America/New_York")
    assert {event.kind for event in office.events()} == {"person.name", "person.zone"}


def test_a_change_that_changes_nothing_leaves_no_trace(office: Office) -> None:
    office.person("anna")
    for _ in range(3):
        changes(office, "anna", name="Anna", zone="Europe/Riga")
    assert office.events() == []


def test_an_account_without_a_zone_keeps_the_one_that_is_known(office: Office) -> None:
    office.person("anna", zone="Asia/Tokyo")
    office.person("guest", zone="")
    changes(office, "anna", name="Anna")
    changes(office, "guest", name="Guest", zone="Not/A-Zone")
    assert person(office, "anna").zone == "Asia/Tokyo"
    assert person(office, "guest").zone == "", "which is the organisation's"


@pytest.mark.parametrize("is_open", [True, False])
def test_an_account_that_is_nobody_of_ours_makes_nobody(office: Office, *, is_open: bool) -> None:
    changes(office, "stranger", name="Somebody Else", zone="Europe/Riga", is_open=is_open)
    office.act("another", Left())
    assert office.read(lambda unit: list(unit.people())) == []


def test_whoever_leaves_gets_nothing_more_and_their_deputy_takes_over(office: Office) -> None:
    anna, dita = office.person("anna"), office.person("dita")
    pilot = office.pilot("Invoice matcher", anna, deputy=dita.id)
    checkin = office.until_asked("anna")
    sent = len(office.platform.inbox("anna"))
    changes(office, "anna", is_open=False)
    [theirs] = office.live("dita")
    assert theirs.id == checkin.id
    assert "Invoice matcher" in office.platform.inbox("dita")[-1].fallback
    office.until(office.now + 2 * WEEK)
    assert len(office.platform.inbox("anna")) == sent
    office.answers("dita")
    asked = office.read(lambda unit: unit.history(pilot.id, limit=9))
    assert {one.person for one in asked} == {dita.id}


def test_where_nobody_answers_beside_them_the_check_in_ends_and_is_not_missed(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    changes(office, "anna", is_open=False)
    closed = office.read(lambda unit: unit.checkin(checkin.id)).state
    assert closed.phase is Phase.CLOSED
    assert not office.events("checkin.missed")
    assert not person(office, "anna").active
    office.until(office.now + 3 * WEEK)
    assert office.live("anna") == []


def test_a_question_handed_to_whoever_leaves_goes_back(office: Office) -> None:
    anna, rita = office.person("anna"), office.person("rita")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    office.presses("anna", "Ask a colleague", {"question": "pulse.sure", "to": str(rita.id)})
    assert office.live("rita")
    changes(office, "rita", is_open=False)
    state = office.read(lambda unit: unit.checkin(checkin.id)).state
    assert "pulse.sure" in state.asking
    assert not state.handed


def test_whoever_can_be_reached_elsewhere_has_not_left(office: Office) -> None:
    anna = office.person("anna")
    elsewhere = Identity(anna.id, "anna2", office.address("anna2"))
    office.write(lambda unit: unit.save_identity(elsewhere))
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    changes(office, "anna", is_open=False)
    assert person(office, "anna").active
    assert office.live("anna")
    address = office.read(lambda unit: registry.address_of(unit, anna.id))
    assert address.conversation == "dm:anna2"


def test_whoever_comes_back_is_asked_again(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    changes(office, "anna", is_open=False)
    office.until(office.now + 2 * WEEK)
    assert office.platform.inbox("anna") == []
    changes(office, "anna", name="Anna", is_open=True)
    office.until_asked("anna")
    assert office.platform.inbox("anna")


def test_whoever_acts_is_back_even_if_nobody_said_so(office: Office) -> None:
    office.person("anna")
    changes(office, "anna", is_open=False)
    office.says("anna", "help")
    assert person(office, "anna").active


# --- moving ---------------------------------------------------------------------------------------------------------

ZONES = [
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Pacific/Kiritimati",
]  # 10 hours behind Riga, 7 and 12 ahead of it
MOMENTS = [
    timedelta(days=7, minutes=-1),  # just before the next slot
    timedelta(days=7, hours=9),  # after it was used
]


@pytest.mark.parametrize("there", ZONES)
@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_who_moves_in_mid_cycle_is_asked_once_each_week(office: Office, there: str, at: timedelta) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.do(lambda work: schedules.set_cadence(work, pilot, 1))
    office.write(lambda unit: _asked_pulses_alone(unit, pilot))
    first = office.until_asked("anna").slot
    _answer(office)

    def answered_until(moment: datetime) -> None:
        while office.now < moment:
            office.until(min(office.now + timedelta(hours=8), moment))
            _answer(office)

    answered_until(first + at)
    changes(office, "anna", zone=there)
    answered_until(first + 4 * WEEK - timedelta(days=2))
    asked = slots(office, pilot, first)
    assert len(asked) == 4, asked
    assert [slot.isocalendar().week for slot in asked] == [
        (first + n * WEEK).isocalendar().week for n in range(4)
    ]
    shown = [slot.astimezone(ZoneInfo(there)) for slot in asked[2:]]
    assert {(slot.weekday(), slot.hour) for slot in shown} == {(TUESDAY, 10)}


def _answer(office: Office) -> None:
    values = CALM | {"pulse.date": "none"}
    for _ in range(5):
        if office.live("anna"):
            office.answers("anna", values)
            values = {}


def _asked_pulses_alone(unit: Unit, pilot: Pilot) -> None:
    for schedule in unit.schedules(pilot.id):
        if schedule.questionnaire != "pulse":
            unit.save_schedule(replace(schedule, next_due_at=None))
