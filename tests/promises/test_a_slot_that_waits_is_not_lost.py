"""A question that is due and waits comes all the same when its pilot is changed meanwhile, or the log says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Store
from bot.core.records import Pilot
from bot.service import registry, schedules
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

RIGA = ZoneInfo("Europe/Riga")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone, every second week."""
    pulses = tuple(one for one in CONTENT.policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(CONTENT.policy, cadences=pulses)))


def change(office: Office, pilot: Pilot, **fields: Any) -> None:
    def changed(work: Any) -> None:
        registry.change_pilot(work, work.unit.pilot(pilot.id), fields, actor=None)

    office.do(changed)


def planned(office: Office, pilot: Pilot, form: str = "pulse") -> datetime | None:
    known = office.read(lambda unit: unit.schedules(pilot.id))
    found: datetime | None = next(one.next_due_at for one in known if one.questionnaire == form)
    return found


def plan(office: Office, pilot: Pilot, due: datetime) -> None:
    """The next pulse falls due then."""
    known = office.read(lambda unit: unit.schedules(pilot.id))
    pulse = next(one for one in known if one.questionnaire == "pulse")
    office.write(lambda unit: unit.save_schedule(replace(pulse, next_due_at=due)))


def waiting(office: Office) -> Pilot:
    """A pilot whose slot waits for its owner, who is away over it."""
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    slot = planned(office, pilot)
    assert slot is not None
    office.runs("anna", f"away until {slot + 2 * DAY:%Y-%m-%d}")
    office.until(slot + timedelta(minutes=1))
    assert planned(office, pilot) != slot
    return pilot


@pytest.mark.parametrize("what", ["target", "sponsor", "decider", "decide_by"])
def test_a_change_beside_it_leaves_it_where_it_is(office: Office, what: str) -> None:
    pilot = waiting(office)
    other = office.person("sven")
    before = planned(office, pilot)
    day = office.now.date() + 300 * DAY
    change(office, pilot, **{what: other.id if what in ("sponsor", "decider") else day})
    assert planned(office, pilot) == before
    office.until(before + DAY)
    assert len(office.live("anna")) == 1


def test_whoever_takes_the_pilot_over_is_asked_in_it(office: Office) -> None:
    pilot = waiting(office)
    before = planned(office, pilot)
    change(office, pilot, owner=office.person("ben").id, deputy=office.person("dita").id)
    assert planned(office, pilot) == before
    office.until(before + DAY)
    assert len(office.live("ben")) == 1


def test_one_that_fell_due_without_a_worker_is_asked_by_the_next_one(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    slot = planned(office, pilot)
    assert slot is not None
    office.now = slot + timedelta(hours=3)  # nobody looked since
    change(office, pilot, sponsor=office.person("sven").id, target=slot.date() + 20 * DAY)
    assert planned(office, pilot) == slot
    office.tick()
    assert [one.slot for one in office.live("anna")] == [slot]


def test_a_cadence_of_its_own_begins_with_the_one_after(office: Office) -> None:
    pilot = waiting(office)
    before = planned(office, pilot)
    office.do(lambda work: schedules.set_cadence(work, pilot, 5))
    assert planned(office, pilot) == before
    office.until(before + DAY)
    assert planned(office, pilot) > before + 3 * WEEK


def test_an_answer_to_the_check_in_before_it_counts_for_it(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    rhythm, soon = planned(office, pilot), office.now + timedelta(minutes=30)
    plan(office, pilot, soon)
    office.until(soon + timedelta(minutes=1))  # it waits until the first has closed
    waits = planned(office, pilot)
    assert waits is not None
    assert waits > soon
    office.answers("anna", CALM)
    assert planned(office, pilot) == rhythm
    (event,) = office.events("slot.skipped")
    assert (event.subject, event.after) == ("pulse", "answered lately")


def test_an_answer_brings_nothing_forward(office: Office) -> None:
    """After a holiday the next slot may be one further than the rhythm's next, which would come too soon."""
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    later = office.now + 4 * WEEK
    plan(office, pilot, later)
    office.answers("anna", CALM)
    assert planned(office, pilot) == later
    assert not office.events("slot.skipped")


@pytest.fixture
def monthly(any_store: Store) -> Office:
    """Pulses every second week, and a review each month."""
    asked = ("pulse", "review")
    both = tuple(one for one in CONTENT.policy.cadences if one.questionnaire in asked)
    return Office(any_store, content=replace(CONTENT, policy=replace(CONTENT.policy, cadences=both)))


def test_a_monthly_question_waits_for_a_week_of_its_own_and_comes(monthly: Office) -> None:
    office = monthly
    office.pilot("Invoice matcher", office.person("anna"))
    days = []
    while len(days) < 11:
        checkin = office.until_asked("anna")
        days.append((office.now.astimezone(RIGA), checkin.questionnaire))
        office.until(office.now + timedelta(hours=50 * (len(days) % 3)))  # at once, later, or too late
        office.answers("anna", CALM)
    assert {f"{day:%A %H:%M}" for day, _ in days} == {"Tuesday 10:00"}
    assert all(later - earlier >= WEEK - HOUR for (earlier, _), (later, _) in pairwise(days))
    assert [form for _, form in days].count("review") >= 3, "none starves"


def test_whoever_answered_the_day_before_is_not_asked_another_question(monthly: Office) -> None:
    office = monthly
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    review = planned(office, pilot, "review")
    assert review is not None
    office.until(review - DAY)
    office.runs("anna", "checkin invoice")
    office.answers("anna", CALM)
    office.until(review + DAY)
    assert not office.live("anna")
    assert planned(office, pilot, "review") == review + WEEK
    assert office.until_asked("anna").questionnaire == "review"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"stage": "production"}, "not asked at this stage"),
        ({"stage": "paused", "paused_until": date(2027, 1, 20)}, "paused"),
        ({"owner": None}, "nobody to ask"),
    ],
)
def test_what_is_left_out_is_in_the_log_with_its_reason(
    office: Office, fields: dict[str, Any], why: str
) -> None:
    pilot = waiting(office)
    change(office, pilot, **fields)
    (event,) = office.events("slot.skipped")
    assert (event.pilot, event.subject, event.after) == (pilot.id, "pulse", why)


def test_what_is_only_planned_follows_its_new_owner_and_leaves_no_line(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    ben = office.person("ben", weekday=3, hour=14)
    change(office, pilot, owner=ben.id)
    moved = planned(office, pilot)
    assert moved is not None
    assert (moved.weekday(), moved.hour) == (3, 12), "Thursday at 14:00 in Riga"
    assert not office.events("slot.skipped")


def test_the_weekly_question_about_a_stuck_pilot_is_not_put_off_by_a_change_beside_it(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))
    known = next(
        one for one in office.read(lambda unit: unit.schedules(pilot.id)) if one.questionnaire == "pulse"
    )
    sooner = known.next_due_at - WEEK
    office.write(lambda unit: unit.save_schedule(replace(known, next_due_at=sooner)))
    change(office, pilot, sponsor=office.person("sven").id)
    assert planned(office, pilot) == sooner
