"""Nobody is asked, reminded or closed upon on a public holiday, or on a free day of the organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.free_days import ByZone, FreeDays
from bot.core import cadence
from bot.core.localtime import local
from bot.core.ports import Store
from bot.service import people
from tests.core.calendars import asking, zones
from tests.fakes.office import CONTENT, Office

pytest_plugins = ["tests.databases"]

RIGA = ZoneInfo("Europe/Riga")
LATVIA = FreeDays("LV", own=frozenset({date(2026, 12, 28), date(2026, 12, 29)}))
DECEMBER = datetime(2026, 12, 14, 9, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN, NEW_YORK, JERUSALEM = "Europe/Berlin", "America/New_York", "Asia/Jerusalem"
JULY, OCTOBER = date(2028, 7, 4), date(2028, 10, 3)  # both a Tuesday, on which people are asked
BY_ZONE = replace(asking(), countries=ByZone())


@pytest.fixture
def office(any_store: Store) -> Office:
    """An organisation in Latvia that is closed over two more days after Christmas."""
    policy = CONTENT.policy
    kept = replace(policy, asking=replace(policy.asking, free=LATVIA))
    return Office(any_store, DECEMBER, content=replace(CONTENT, policy=kept))


def test_no_message_comes_on_a_holiday_over_christmas_and_new_year(office: Office) -> None:
    anna = office.person("anna")
    for number in range(3):
        office.pilot(f"Pilot {number}", anna)
    days = set()
    while office.now < DECEMBER + timedelta(days=35):
        before = len(office.platform.inbox("anna"))
        office.until(office.now + timedelta(hours=1))
        if len(office.platform.inbox("anna")) > before:
            days.add(office.now.astimezone(RIGA).date())
    assert days, "or the test proves nothing"
    assert not {day for day in days if day in LATVIA}
    closings = [event.at.astimezone(RIGA).date() for event in office.events("checkin.missed")]
    assert closings
    assert not [day for day in closings if day in LATVIA]


@pytest.mark.parametrize(
    ("holiday", "left_alone", "asked"), [(JULY, "ben", "anna"), (OCTOBER, "anna", "ben")]
)
def test_each_owner_is_left_alone_on_their_own_countrys_holiday_and_asked_on_the_others(
    any_store: Store, holiday: date, left_alone: str, asked: str
) -> None:
    office = company(any_store, holiday - DAY)
    for user, zone in (("anna", BERLIN), ("ben", NEW_YORK)):
        office.pilot(f"Pilot of {user}", office.person(user, zone=zone))
    came = days_of_messages(office, holiday + DAY)
    assert came == {asked: [holiday], left_alone: [holiday + DAY]}


def test_whoever_moves_to_another_country_has_its_holidays_from_then_on(any_store: Store) -> None:
    office = company(any_store, JULY - DAY)
    ben = office.person("ben", zone=BERLIN)
    office.pilot("Pilot of ben", ben)
    office.do(lambda work: people.set_zone(work, ben, NEW_YORK))
    assert days_of_messages(office, JULY + DAY)["ben"] == [JULY + DAY]


def company(store: Store, day: date) -> Office:
    """An organisation with people in several countries, at midnight of a day, where no reminder hides an invitation."""
    rules = replace(CONTENT.policy.asking, countries=ByZone(), reminders=0)
    kept = replace(CONTENT, policy=replace(CONTENT.policy, asking=rules))
    return Office(store, datetime.combine(day, time(), UTC), content=kept)


def days_of_messages(office: Office, until: date) -> dict[str, list[date]]:
    """The days, each person's own, on which a message came, by the account."""
    zones = {"anna": ZoneInfo(BERLIN), "ben": ZoneInfo(NEW_YORK)}
    came: dict[str, list[date]] = {user: [] for user in zones}
    while office.now.date() <= until:
        before = {user: len(office.platform.inbox(user)) for user in zones}
        office.until(office.now + timedelta(hours=2))
        for user, zone in zones.items():
            if len(office.platform.inbox(user)) > before[user]:
                came[user].append(office.now.astimezone(zone).date())
    return came


@pytest.mark.parametrize(
    ("zone", "around", "day"),
    [
        (BERLIN, OCTOBER, "2028-10-04"),
        (NEW_YORK, OCTOBER, "2028-10-03"),
        (BERLIN, JULY, "2028-07-04"),
        (NEW_YORK, JULY, "2028-07-05"),
        ("UTC", JULY, "2028-07-04"),
        (JERUSALEM, OCTOBER, "2028-10-03"),
    ],
)
def test_one_slot_is_on_another_day_where_a_tuesday_is_free(zone: str, around: date, day: str) -> None:
    rule = {"weekday": 1, "hour": 10, "zone": zone, "asking": BY_ZONE.where(zone), "weeks": 1}
    monday = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(hours=20)
    assert local(cadence.next_slot(monday, **rule), zone).date().isoformat() == day


def test_what_would_come_on_a_friday_in_israel_comes_on_sunday() -> None:
    friday = datetime(2028, 7, 7, 8, tzinfo=UTC)
    soonest = {
        zone: f"{local(cadence.good_moment(friday, zone=zone, asking=BY_ZONE.where(zone)), zone):%a %H:%M}"
        for zone in (BERLIN, JERUSALEM)
    }
    assert soonest == {BERLIN: "Mon 08:00", JERUSALEM: "Sun 08:00"}


def test_a_check_in_stays_open_over_a_holiday() -> None:
    rules = replace(asking(), free=LATVIA)
    opened = datetime(2026, 12, 22, 8, tzinfo=UTC)  # Tuesday, 10:00 in Riga; 24 to 29 December are free
    reminders, closes = cadence.ladder(opened, zone="Europe/Riga", asking=rules)
    assert [moment.date() for moment in reminders] == [date(2026, 12, 23), date(2027, 1, 4)]
    assert closes.date() == date(2027, 1, 4), "23 and 30 December and 4 January are the three working days"


def test_holidays_that_push_one_slot_beside_the_next_leave_one() -> None:
    closed = frozenset(date(2026, 12, 21) + timedelta(days=n) for n in range(14))  # Monday to Sunday week
    rules = replace(asking(), free=closed)
    rule = {"weekday": 1, "hour": 10, "zone": "Europe/Riga", "asking": rules, "weeks": 1}
    slots = [cadence.next_slot(datetime(2026, 12, 14, tzinfo=UTC), **rule)]
    for _ in range(3):
        slots.append(cadence.following(slots[-1], **rule))
    assert [slot.date().isoformat() for slot in slots] == [
        "2026-12-15",
        "2027-01-04",  # what was due on 22 and 29 December, and on 5 January
        "2027-01-12",
        "2027-01-19",
    ]


def test_a_slot_pushed_to_a_few_days_before_the_next_is_that_one_too() -> None:
    rules = replace(asking(), free=frozenset({date(2026, 12, 10)}))  # a Thursday; Fridays are never asked
    rule = {"weekday": 3, "hour": 10, "zone": "Europe/Riga", "asking": rules, "weeks": 1}
    pushed = cadence.next_slot(datetime(2026, 12, 8, tzinfo=UTC), **rule)
    assert pushed.date() == date(2026, 12, 14)
    assert cadence.following(pushed, **rule).date() == date(2026, 12, 24), "not three days later"


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(at=moments, zone=zones, country=st.sampled_from(["LV", "IL", "JP", "CN", "US", "SA"]))
def test_every_slot_reminder_and_closing_keeps_the_holidays(at: datetime, zone: str, country: str) -> None:
    rules = replace(asking(), free=FreeDays(country))
    slot = cadence.next_slot(at, weekday=1, hour=10, zone=zone, asking=rules, weeks=1)
    later = cadence.following(slot, weekday=1, hour=10, zone=zone, asking=rules, weeks=1)
    reminders, closes = cadence.ladder(slot, zone=zone, asking=rules)
    assert slot < later
    assert not [
        moment for moment in (slot, later, *reminders, closes) if local(moment, zone).date() in rules.free
    ]


@given(start=st.dates(date(2026, 1, 1), date(2027, 12, 31)), days=st.integers(0, 60))
def test_a_holiday_is_no_working_day(start: date, days: int) -> None:
    rules = replace(asking(), free=LATVIA)
    counted = [start + timedelta(days=n) for n in range(1, days + 1)]
    working = [day for day in counted if day.weekday() < 5 and day not in LATVIA]
    assert cadence.working_days_between(start, start + timedelta(days=days), rules) == len(working)
