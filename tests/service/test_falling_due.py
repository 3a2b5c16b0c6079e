"""What happens by itself when time passes: check-ins open once, at a good hour, to whoever is responsible."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Inbound, Place, Sender, Store, Wrote
from bot.core.records import Schedule, Subscription
from bot.service import people, receive, registry, schedules, tick
from tests.databases import on_both
from tests.fakes.office import CALM, MONDAY, Office


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def test_owners_are_asked_on_tuesday_at_ten_of_their_own_day(office: Office) -> None:
    zones = {"anna": "Europe/Riga", "noor": "Asia/Singapore", "jo": "America/New_York"}
    for user, zone in zones.items():
        office.pilot(f"Pilot of {user}", office.person(user, zone=zone))
    for user, zone in zones.items():
        opened = office.until_asked(user).state.opened_at.astimezone(ZoneInfo(zone))
        assert (opened.weekday(), opened.hour, opened.minute) == (1, 10, 0)


def next_slot(office: Office) -> datetime:
    """When the first pilot is next asked something."""
    due = office.read(lambda unit: [one.next_due_at for one in unit.schedules(1) if one.next_due_at])
    return min(due)


@on_both
def test_a_slot_is_opened_once_whatever_number_of_workers_tick(office: Office) -> None:
    for number in range(6):
        office.pilot(f"Pilot {number}", office.person(f"owner{number}"))
    office.now = next_slot(office)

    def work(_: int) -> None:
        for job in list(tick.due(office.store, office.content, office.now)):
            tick.run(office.store, office.content, job, office.now)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert len(office.events("checkin.opened")) == 6
    assert [len(office.live(f"owner{number}")) for number in range(6)] == [1] * 6


@on_both
def test_the_cadence_goes_on_every_second_week(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna, target=MONDAY.date() + timedelta(days=300))
    slots = []
    while len(slots) < 4:
        slots.append(office.until_asked("anna").slot)
        office.answers("anna", CALM | {"pulse.date": "2027-09-01"})
        office.until(office.now + timedelta(hours=1))
        while office.live("anna"):  # a review that follows
            office.until(office.now + timedelta(days=1))
    pulses = [
        asked.slot
        for asked in reversed(office.read(lambda unit: unit.history(1, questionnaire="pulse", limit=20)))
    ]
    assert {later - earlier for earlier, later in pairwise(pulses)} == {timedelta(days=14)}


def test_an_owner_who_is_away_is_not_asked_and_the_deputy_is(office: Office) -> None:
    anna = office.person("anna", away_until=MONDAY.date() + timedelta(days=60))
    bo = office.person("bo")
    office.pilot("Invoice matcher", anna, deputy=bo.id)
    assert office.until_asked("bo").state.person == bo.id
    assert office.platform.inbox("anna") == []


def test_a_pilot_without_anybody_to_ask_is_noted_not_crashed_over(office: Office) -> None:
    anna = office.person("anna")
    office.write(lambda unit: unit.switch_off(office.address("anna")))
    office.pilot("Invoice matcher", anna)
    office.until(MONDAY + timedelta(days=20))
    assert {event.after for event in office.events("slot.skipped")} == {"nobody to ask"}
    assert office.platform.posts == []


def test_whoever_answered_lately_is_left_alone(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    due = next_slot(office)
    office.until(due - timedelta(days=1))
    office.runs("anna", "checkin invoice")
    office.answers("anna")
    office.until(due)
    pulses = office.read(lambda unit: unit.history(1, questionnaire="pulse"))
    assert [asked.slot for asked in pulses] == [due - timedelta(days=1)]
    assert "answered lately" in {event.after for event in office.events("slot.skipped")}


@on_both
def test_after_an_outage_nothing_is_sent_at_night_and_no_backlog_builds_up(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    due = next_slot(office)
    office.now = due.replace(hour=23) + timedelta(hours=1)  # 02:00 in Riga, everything was down until now
    office.tick()
    assert office.platform.posts == []
    office.until_asked("anna")
    assert 8 <= office.now.astimezone(ZoneInfo("Europe/Riga")).hour < 18
    office.now += timedelta(days=90)  # down for three months
    office.tick()
    office.until(office.now + timedelta(days=1))
    pulses = [one for one in office.live("anna") if one.questionnaire == "pulse"]
    assert len(pulses) <= 1


def test_after_an_outage_a_slot_waits_a_minute_for_the_closing_of_the_one_before(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.now = office.until_asked("anna").slot + timedelta(days=14)  # nobody looked since
    due, *_ = office.read(lambda unit: unit.due_schedules(office.now, limit=9))
    office.do(lambda work: tick.open_due(work, due))  # another worker is about to close what is open
    assert next_slot(office) == office.now + timedelta(minutes=1)
    office.until(office.now + timedelta(minutes=1))
    assert [one.state.opened_at for one in office.live("anna")] == [office.now]


def test_a_pause_asks_nothing_and_ends_by_itself(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    until = MONDAY.date() + timedelta(days=40)
    office.do(lambda work: registry.pause(work, pilot, until, actor=anna.id))
    office.until(MONDAY + timedelta(days=39))
    assert office.platform.posts == []
    office.until(MONDAY + timedelta(days=60))
    again = office.read(lambda unit: unit.pilot(pilot.id))
    assert (again.stage, again.paused_until, again.stage_since) == ("pilot", None, pilot.stage_since)
    assert office.platform.inbox("anna")


def test_while_one_request_is_open_the_next_waits(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    for _ in range(30):
        assert len(office.live("anna")) <= 1
        office.until(office.now + timedelta(hours=12))


@on_both
def test_a_newer_check_in_closes_the_one_nobody_answered(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    first = office.until_asked("anna")
    office.until(first.slot + timedelta(days=15))
    past = {asked.id: asked for asked in office.read(lambda unit: unit.history(1, questionnaire="pulse"))}
    assert (past[first.id].phase, past[first.id].outcome) == ("closed", "missed")
    shown = [post.card.fallback for post in office.platform.posts if f":{first.id}:" in post.key]
    assert "a newer one has been sent" in shown[-1]


@on_both
def test_the_digest_is_posted_weekly_once_with_its_details_beneath(office: Office) -> None:
    office.person("lena", standing="lead")
    anna = office.person("anna")
    office.pilot("Old and undated", anna, stage_since=MONDAY.date() - timedelta(days=300))
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.until(datetime(2026, 12, 16, tzinfo=UTC))
    posts = office.platform.channel("ai-pilots")
    roots = [post for post in posts if not post.thread]
    assert len(roots) == 4
    assert all("stuck" in root.card.fallback for root in roots)
    assert {post.thread for post in posts if post.thread} <= {root.key for root in roots}
    assert any("Stuck" in post.card.title for post in posts if post.thread)


def test_a_week_with_nothing_to_say_says_so_in_three_lines(office: Office) -> None:
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.until(MONDAY + timedelta(days=2))
    (post,) = office.platform.channel("ai-pilots")
    assert "Nothing needs a decision this week." in post.card.fallback
    assert len(post.card.body) == 3


def test_a_digest_that_is_days_late_is_dropped_not_sent(office: Office) -> None:
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    (one,) = office.read(lambda unit: unit.subscriptions())
    past = replace(one, next_due_at=MONDAY)

    def make_due(unit: object) -> Subscription:
        return unit.save_subscription(past)  # type: ignore[attr-defined,no-any-return]  # a Unit

    office.write(make_due)
    jobs = list(tick.due(office.store, office.content, MONDAY))
    for job in jobs:
        tick.run(office.store, office.content, job, MONDAY)
    office.now = MONDAY + timedelta(days=3)
    office.deliver()
    assert office.platform.channel("ai-pilots") == []


def test_a_new_time_zone_moves_what_is_planned(office: Office) -> None:
    anna = office.person("anna", zone="Europe/Riga")
    pilot = office.pilot("Invoice matcher", anna)

    def planned() -> dict[str, datetime | None]:
        return {one.questionnaire: one.next_due_at for one in office.read(lambda u: u.schedules(pilot.id))}

    before = planned()["pulse"]
    office.do(lambda work: people.set_zone(work, anna, "America/New_York"))
    west = planned()["pulse"]
    assert before is not None
    assert west == before + timedelta(hours=7)
    sender = Sender("local", "local", "anna", zone="Europe/Riga")
    said = Inbound("zone", sender, Wrote("help"), Place("dm:anna", direct=True))
    receive.receive(office.store, office.content, said, office.now)
    assert planned()["pulse"] == before


def test_a_cadence_of_its_own_plans_anew_and_leaves_an_event(office: Office) -> None:
    pilot = office.pilot("Invoice matcher", office.person("anna"))

    def pulse() -> Schedule:
        known: list[Schedule] = office.read(lambda unit: unit.schedules(pilot.id))
        return next(one for one in known if one.questionnaire == "pulse")

    usual = pulse().next_due_at
    office.do(lambda work: schedules.set_cadence(work, pilot, 5))
    planned = pulse()
    assert planned.next_due_at is not None
    _, following = office.do(
        lambda work: schedules.around(work, pilot, planned, planned.next_due_at, stuck=True)
    )
    assert following - planned.next_due_at == timedelta(weeks=5)
    events = office.read(lambda unit: unit.events(limit=100))
    assert [(one.before, one.after) for one in events if one.kind == "pilot.cadence"] == [(None, 5)]
    office.do(lambda work: schedules.set_cadence(work, pilot, None))
    assert (pulse().weeks, pulse().next_due_at) == (None, usual)
