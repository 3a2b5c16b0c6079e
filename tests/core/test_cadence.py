"""When people are asked, reminded and left alone: what the product promises about it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import cadence
from bot.core.localtime import is_zone, local, wall
from bot.core.policy import Asking, Cadence
from tests.core.calendars import (
    ANY_HOUR,
    FRI,
    MON,
    SAT,
    SUN,
    THU,
    TUE,
    WED,
    ZONES,
    asking,
    at,
    has_gap,
    hours,
    moments,
    policies,
    shown,
    weekdays,
    zones,
)

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
SHIPPED = asking()
RIGA = "Europe/Riga"

# The first use of a zone reads it from disk, so no single example is timed.
often, seldom = settings(max_examples=300, deadline=None), settings(max_examples=80, deadline=None)


def slots(start: datetime, until: datetime, **rhythm: Any) -> list[datetime]:
    """Every slot after a start, up to an end."""
    found = []
    slot = cadence.next_slot(start, **rhythm)
    while slot <= until:
        found.append(slot)
        slot = cadence.next_slot(slot, **rhythm)
    return found


# --- slots ------------------------------------------------------------------------------------------------------


def test_the_usual_slot_is_tuesday_at_ten_on_the_owners_own_clock() -> None:
    slot = cadence.next_slot(at("2026-11-19 12:00"), weekday=TUE, hour=10, weeks=1, zone=RIGA, asking=SHIPPED)
    assert shown(slot, RIGA) == "Tue 2026-11-24 10:00"


def test_a_slot_is_strictly_later_than_the_moment_asked_about() -> None:
    ten = at("2026-11-24 10:00", RIGA)
    rhythm = {"weekday": TUE, "hour": 10, "weeks": 1, "zone": RIGA, "asking": SHIPPED}
    assert cadence.next_slot(ten - timedelta(seconds=1), **rhythm) == ten
    assert shown(cadence.next_slot(ten, **rhythm), RIGA) == "Tue 2026-12-01 10:00"


@pytest.mark.parametrize(
    ("weekday", "hour", "expected"),
    [
        pytest.param(FRI, 10, "Mon 2026-11-23 10:00", id="never on Friday: the next working day"),
        pytest.param(SAT, 10, "Mon 2026-11-23 10:00", id="not on Saturday: Monday"),
        pytest.param(SUN, 10, "Mon 2026-11-23 10:00", id="not on Sunday: Monday"),
        pytest.param(WED, 6, "Wed 2026-11-25 08:00", id="before the working day: when quiet hours end"),
        pytest.param(
            WED, 22, "Wed 2026-11-25 08:00", id="in the evening: when quiet hours end, same weekday"
        ),
        pytest.param(WED, 18, "Wed 2026-11-25 08:00", id="the first quiet hour is quiet"),
        pytest.param(WED, 17, "Wed 2026-11-25 17:00", id="the last waking hour is not"),
        pytest.param(WED, 8, "Wed 2026-11-25 08:00", id="nor is the first"),
    ],
)
def test_a_day_or_an_hour_that_is_not_allowed_is_moved(weekday: int, hour: int, expected: str) -> None:
    slot = cadence.next_slot(
        at("2026-11-20 23:00"), weekday=weekday, hour=hour, weeks=1, zone=RIGA, asking=SHIPPED
    )
    assert shown(slot, RIGA) == expected


def test_a_working_week_from_sunday_to_thursday_is_respected() -> None:
    gulf = asking(working=(SUN, MON, TUE, WED, THU), never=())
    slot = cadence.next_slot(
        at("2026-11-19 12:00"), weekday=FRI, hour=10, weeks=1, zone="Asia/Dubai", asking=gulf
    )
    assert shown(slot, "Asia/Dubai") == "Sun 2026-11-22 10:00"


def test_every_second_week_is_counted_from_the_week_of_the_anchor() -> None:
    rhythm = {"weekday": TUE, "hour": 10, "weeks": 2, "zone": RIGA, "asking": SHIPPED}
    anchored = [date(2026, 11, 2), date(2026, 11, 8)]  # Monday and Sunday of one week
    found = {
        shown(cadence.next_slot(at("2026-11-04 00:00"), **rhythm, anchor=anchor), RIGA) for anchor in anchored
    }
    assert found == {"Tue 2026-11-17 10:00"}


def test_a_year_of_53_weeks_does_not_break_the_rhythm() -> None:
    rhythm = {
        "weekday": TUE,
        "hour": 10,
        "weeks": 2,
        "zone": "UTC",
        "asking": SHIPPED,
        "anchor": date(2026, 12, 8),
    }
    found = slots(at("2026-12-01 00:00"), at("2027-02-01 00:00"), **rhythm)
    assert {later - sooner for sooner, later in pairwise(found)} == {2 * WEEK}


def test_every_month_is_the_first_such_weekday_of_the_month() -> None:
    rhythm = {"weekday": TUE, "hour": 10, "months": 1, "zone": RIGA, "asking": SHIPPED}
    found = slots(at("2026-11-20 00:00"), at("2027-03-15 00:00"), **rhythm)
    assert [shown(slot, RIGA)[:14] for slot in found] == [
        "Tue 2026-12-01",
        "Tue 2027-01-05",
        "Tue 2027-02-02",
        "Tue 2027-03-02",
    ]


def test_every_quarter_is_counted_from_the_month_of_the_anchor() -> None:
    rhythm = {
        "weekday": MON,
        "hour": 9,
        "months": 3,
        "zone": "UTC",
        "asking": SHIPPED,
        "anchor": date(2026, 2, 20),
    }
    found = slots(at("2026-02-20 00:00"), at("2026-12-31 00:00"), **rhythm)
    assert [slot.month for slot in found] == [5, 8, 11]


def test_an_interval_must_be_weeks_or_months() -> None:
    with pytest.raises(ValueError, match="exactly one of them"):
        cadence.next_slot(at("2026-11-20"), weekday=TUE, hour=10, zone="UTC", asking=SHIPPED)
    with pytest.raises(ValueError, match="exactly one of them"):
        cadence.next_slot(
            at("2026-11-20"), weekday=TUE, hour=10, weeks=1, months=1, zone="UTC", asking=SHIPPED
        )


def test_a_moment_without_a_zone_is_refused_rather_than_taken_as_the_servers() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        cadence.digest_slot(datetime(2026, 11, 20), weekday=TUE, hour=9, zone="UTC")


@seldom
@given(start=moments, zone=zones, weekday=weekdays, hour=hours, weeks=st.integers(1, 4), rules=policies())
def test_a_year_of_slots_is_rising_allowed_and_complete(
    start: datetime, zone: str, weekday: int, hour: int, weeks: int, rules: Asking
) -> None:
    rhythm = {
        "weekday": weekday,
        "hour": hour,
        "weeks": weeks,
        "zone": zone,
        "asking": rules,
        "anchor": start.date(),
    }
    found = slots(start, start + 364 * DAY, **rhythm)
    assert all(sooner < later for sooner, later in pairwise([start, *found]))
    assert abs(len(found) - 52 / weeks) <= 1
    here = [local(slot, zone) for slot in found]
    plain = [moment for moment in here if not has_gap(moment.date(), zone)]
    assert all(cadence.may_ask(moment.date(), rules) for moment in here)
    assert not any(cadence.is_quiet(moment.hour, rules) for moment in plain)
    assert len({moment.time() for moment in plain}) <= 1
    assert len({moment.weekday() for moment in here}) == 1
    assert {(later.date() - sooner.date()).days for sooner, later in pairwise(here)} <= {7 * weeks}


@seldom
@given(start=moments, zone=zones, weekday=weekdays, hour=hours, months=st.integers(1, 12), rules=policies())
def test_monthly_slots_come_once_in_each_of_their_months(
    start: datetime, zone: str, weekday: int, hour: int, months: int, rules: Asking
) -> None:
    rhythm = {
        "weekday": weekday,
        "hour": hour,
        "months": months,
        "zone": zone,
        "asking": rules,
        "anchor": start.date(),
    }
    found = [local(slot, zone) for slot in slots(start, start + 730 * DAY, **rhythm)]
    counted = [moment.year * 12 + moment.month for moment in found]
    assert {later - sooner for sooner, later in pairwise(counted)} <= {months}
    assert abs(len(found) - 24 / months) <= 1
    assert all(cadence.may_ask(moment.date(), rules) and moment.day <= 13 for moment in found)


@seldom
@given(
    start=moments,
    zone=zones,
    weekday=weekdays,
    hour=hours,
    weeks=st.integers(1, 4),
    rules=policies(),
    thousandths=st.integers(0, 999),
)
def test_a_late_tick_anywhere_between_two_slots_finds_the_same_next_one(
    start: datetime, zone: str, weekday: int, hour: int, weeks: int, rules: Asking, thousandths: int
) -> None:
    rhythm = {"weekday": weekday, "hour": hour, "weeks": weeks, "zone": zone, "asking": rules}
    first = cadence.next_slot(start, **rhythm)
    second = cadence.next_slot(first, **rhythm)
    assert cadence.next_slot(first + (second - first) * thousandths / 1000, **rhythm) == second
    assert cadence.following(first, **rhythm) == second


# --- moving ------------------------------------------------------------------------------------------------------


def test_moving_from_tokyo_to_new_york_after_the_slot_does_not_ask_twice_that_week() -> None:
    rhythm = {"weekday": TUE, "hour": 10, "weeks": 1, "asking": SHIPPED}
    tokyo = at("2026-11-24 10:00", "Asia/Tokyo")
    again = cadence.following(tokyo, zone="America/New_York", **rhythm)
    assert shown(again, "America/New_York") == "Tue 2026-12-01 10:00"


def test_a_new_owner_on_the_other_side_of_the_date_line_is_asked_in_the_next_cycle() -> None:
    rhythm = {"weekday": MON, "hour": 9, "weeks": 2, "asking": SHIPPED, "anchor": date(2026, 11, 23)}
    monday = at("2026-11-23 09:00", "Pacific/Kiritimati")  # still Saturday or Sunday in most of the world
    for zone in ("Pacific/Niue", "America/New_York", "Europe/London"):
        assert shown(cadence.following(monday, zone=zone, **rhythm), zone) == "Mon 2026-12-07 09:00"


@pytest.mark.parametrize("weekday", [MON, TUE, WED, THU])
def test_choosing_another_weekday_asks_once_in_the_week_of_the_change_and_once_in_the_next(
    weekday: int,
) -> None:
    done = at("2026-11-24 10:00", RIGA)  # a Tuesday
    again = cadence.following(done, weekday=weekday, hour=15, weeks=1, zone=RIGA, asking=SHIPPED)
    assert local(again, RIGA).isocalendar()[1:] == (49, weekday + 1)


@often
@given(
    start=moments,
    homes=st.lists(zones, min_size=2, max_size=8),
    weekday=weekdays,
    weeks=st.integers(1, 4),
    rules=policies(),
)
def test_whoever_moves_between_slots_is_asked_exactly_once_a_cycle(
    start: datetime, homes: list[str], weekday: int, weeks: int, rules: Asking
) -> None:
    rhythm = {"weekday": weekday, "hour": 10, "weeks": weeks, "asking": rules, "anchor": start.date()}
    slot = cadence.next_slot(start, zone=homes[0], **rhythm)
    first = local(slot, homes[0]).date()
    for moves, home in enumerate(homes[1:], start=1):
        slot = cadence.following(slot, zone=home, **rhythm)
        assert (local(slot, home).date() - first).days == 7 * weeks * moves


# --- how often ---------------------------------------------------------------------------------------------------

PULSE = Cadence(
    "pulse", ("pilot", "hardening"), weeks=2, near_launch_weeks=1, near_launch_days=30, stuck_weeks=1
)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("stage", "days_to_target", "stuck", "override", "expected"),
    [
        pytest.param("pilot", None, False, None, (2, 0), id="every two weeks as a rule"),
        pytest.param(
            "pilot", 30, False, None, (2, 0), id="30 days before the target date it is not near yet"
        ),
        pytest.param("pilot", 29, False, None, (1, 0), id="29 days before it is"),
        pytest.param("pilot", -3, False, None, (1, 0), id="a date just missed is near"),
        pytest.param("pilot", -200, False, None, (2, 0), id="a date long gone is not"),
        pytest.param("pilot", None, True, None, (1, 0), id="weekly while Stuck"),
        pytest.param("pilot", 5, True, 4, (4, 0), id="a pilot's own interval wins"),
        pytest.param("idea", 5, True, 4, None, id="not asked in other stages"),
    ],
)
def test_how_often_a_pulse_is_asked(
    stage: str,
    days_to_target: int | None,
    stuck: bool,
    override: int | None,
    expected: tuple[int, int] | None,
) -> None:
    target = None if days_to_target is None else TODAY + days_to_target * DAY
    found = cadence.interval_weeks(
        PULSE, stage=stage, target=target, today=TODAY, stuck=stuck, override_weeks=override
    )
    assert found == expected


def test_monthly_questionnaires_stay_monthly_and_one_without_an_interval_is_not_scheduled() -> None:
    usual = {"stage": "pilot", "target": TODAY, "today": TODAY, "stuck": True, "override_weeks": None}
    assert cadence.interval_weeks(Cadence("review", ("pilot",), months=1), **usual) == (0, 1)
    assert cadence.interval_weeks(Cadence("kickoff", ("pilot",)), **usual) is None


def test_a_value_check_comes_30_and_90_days_after_launch_moved_to_good_days() -> None:
    rules = {"since": date(2026, 3, 4), "after_days": (90, 30), "hour": 10, "zone": RIGA, "asking": SHIPPED}
    first = cadence.milestone(at("2026-03-04 12:00"), **rules)
    assert first is not None
    assert shown(first, RIGA) == "Mon 2026-04-06 10:00"  # day 30 is a Friday
    second = cadence.milestone(first, **rules)
    assert second is not None
    assert shown(second, RIGA) == "Tue 2026-06-02 10:00"
    assert cadence.milestone(second, **rules) is None


# --- reminders and closing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "rules", "reminders", "closes"),
    [
        pytest.param(
            "2026-11-24 10:00",
            SHIPPED,
            ["Wed 2026-11-25 10:00", "Thu 2026-11-26 08:00"],
            "Fri 2026-11-27 10:00",
            id="Tuesday: next day, and the last call not on Friday but the day before",
        ),
        pytest.param(
            "2026-11-23 10:00",
            SHIPPED,
            ["Tue 2026-11-24 10:00", "Thu 2026-11-26 08:00"],
            "Thu 2026-11-26 10:00",
            id="Monday: next day, and two hours before closing",
        ),
        pytest.param(
            "2026-11-26 10:00",
            SHIPPED,
            ["Mon 2026-11-30 10:00", "Tue 2026-12-01 08:00"],
            "Tue 2026-12-01 10:00",
            id="Thursday: nobody is reminded on Friday or the weekend",
        ),
        pytest.param(
            "2026-11-24 09:00",
            asking(never=()),
            ["Wed 2026-11-25 09:00", "Fri 2026-11-27 08:00"],
            "Fri 2026-11-27 09:00",
            id="two hours before closing is quiet: when quiet hours end",
        ),
        pytest.param(
            "2026-11-23 22:30",
            SHIPPED,
            ["Tue 2026-11-24 08:00", "Wed 2026-11-25 08:00"],
            "Thu 2026-11-26 08:00",
            id="opened on demand late at night: reminded, and closed, in the morning",
        ),
        pytest.param(
            "2026-11-23 10:00",
            asking(open_days=1),
            ["Tue 2026-11-24 08:00"],
            "Tue 2026-11-24 10:00",
            id="open for a day: only the last call",
        ),
        pytest.param(
            "2026-11-24 08:00",
            asking(open_days=2),
            ["Wed 2026-11-25 08:00"],
            "Thu 2026-11-26 08:00",
            id="too close together for two: one",
        ),
        pytest.param("2026-11-23 10:00", asking(reminders=0), [], "Thu 2026-11-26 10:00", id="none wanted"),
    ],
)
def test_who_does_not_answer_is_reminded_at_most_twice(
    opened: str, rules: Asking, reminders: list[str], closes: str
) -> None:
    found, closes_at = cadence.ladder(at(opened, RIGA), zone=RIGA, asking=rules)
    assert ([shown(moment, RIGA) for moment in found], shown(closes_at, RIGA)) == (reminders, closes)


@often
@given(opened=moments, zone=zones, rules=policies())
def test_reminders_rise_keep_good_hours_and_end_before_closing(
    opened: datetime, zone: str, rules: Asking
) -> None:
    found, closes_at = cadence.ladder(opened, zone=zone, asking=rules)
    assert len(found) <= min(2, rules.reminders)
    assert all(sooner < later for sooner, later in pairwise([opened, *found, closes_at]))
    for moment in (local(reminder, zone) for reminder in found):
        assert cadence.may_ask(moment.date(), rules)
        assert not cadence.is_quiet(moment.hour, rules) or has_gap(moment.date(), zone)
    days = (local(opened, zone).date(), local(closes_at, zone).date())
    assert cadence.working_days_between(*days, rules) == rules.open_days


# --- good moments and outages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 10:07", "Tue 2026-11-24 10:07"),
        ("2026-11-24 03:00", "Tue 2026-11-24 08:00"),
        ("2026-11-24 21:00", "Wed 2026-11-25 08:00"),
        ("2026-11-26 21:00", "Mon 2026-11-30 08:00"),
        ("2026-11-27 10:00", "Mon 2026-11-30 08:00"),
        ("2026-11-29 10:00", "Mon 2026-11-30 08:00"),
    ],
)
def test_a_bad_moment_is_moved_to_the_next_good_one(moment: str, expected: str) -> None:
    assert shown(cadence.good_moment(at(moment, RIGA), zone=RIGA, asking=SHIPPED), RIGA) == expected


def test_a_day_does_not_begin_at_midnight_even_where_midnight_is_not_quiet() -> None:
    siesta = asking(quiet=(12, 14))
    monday = cadence.good_moment(at("2026-11-28 10:00", RIGA), zone=RIGA, asking=siesta)
    assert shown(monday, RIGA) == "Mon 2026-11-30 10:00"
    noon = cadence.good_moment(at("2026-11-24 12:30", RIGA), zone=RIGA, asking=siesta)
    assert shown(noon, RIGA) == "Tue 2026-11-24 14:00"


def test_a_policy_that_leaves_no_day_still_asks() -> None:
    nowhere = asking(working=(FRI,), never=(FRI,))
    assert [cadence.may_ask(date(2026, 11, 23) + n * DAY, nowhere) for n in range(7)] == [
        n != 4 for n in range(7)
    ]
    never = asking(working=(), never=tuple(range(7)))
    assert cadence.may_ask(date(2026, 11, 23), never)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 10:25", "2026-11-24 10:25"),  # within their hour
        ("2026-11-24 08:00", "2026-11-24 10:00"),
        ("2026-11-24 11:00", "2026-11-25 10:00"),
        ("2026-11-28 12:00", "2026-11-30 10:00"),  # a Saturday
    ],
)
def test_what_had_to_wait_comes_at_the_usual_hour(moment: str, expected: str) -> None:
    found = cadence.usual_hour(at(moment, RIGA), hour=10, zone=RIGA, asking=SHIPPED)
    assert found == at(expected, RIGA)


@often
@given(moment=moments, zone=zones, hour=hours, rules=policies())
def test_the_usual_hour_is_good_and_never_sooner(
    moment: datetime, zone: str, hour: int, rules: Asking
) -> None:
    found = cadence.usual_hour(moment, hour=hour, zone=zone, asking=rules)
    assert moment <= found <= moment + 9 * DAY
    assert cadence.good_moment(found, zone=zone, asking=rules) == found


@often
@given(moment=moments, zone=zones, rules=policies())
def test_a_good_moment_is_good_never_sooner_and_stays_where_it_is(
    moment: datetime, zone: str, rules: Asking
) -> None:
    found = cadence.good_moment(moment, zone=zone, asking=rules)
    here = local(found, zone)
    assert moment <= found <= moment + 8 * DAY
    assert cadence.may_ask(here.date(), rules)
    assert not cadence.is_quiet(here.hour, rules)
    assert cadence.good_moment(found, zone=zone, asking=rules) == found


DUE = at("2026-11-24 10:00", RIGA)
NEXT = at("2026-12-01 10:00", RIGA)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-24 10:00", "Tue 2026-11-24 10:00", id="on time: at once"),
        pytest.param("2026-11-24 13:59", "Tue 2026-11-24 13:59", id="a little late: at once"),
        pytest.param("2026-11-24 17:00", "Tue 2026-11-24 17:00", id="late, at a good hour: at once"),
        pytest.param("2026-11-24 23:50", "Wed 2026-11-25 08:00", id="never at midnight"),
        pytest.param(
            "2026-11-26 12:00", "Thu 2026-11-26 12:00", id="two days late: still nearer than the next"
        ),
        pytest.param("2026-11-26 20:00", None, id="the next good hour is nearer to the next slot: skipped"),
        pytest.param("2026-12-09 10:00", None, id="weeks late: skipped, no backlog"),
    ],
)
def test_after_an_outage_a_missed_slot_comes_at_a_good_hour_or_not_at_all(
    now: str, expected: str | None
) -> None:
    when = cadence.after_outage(DUE, at(now, RIGA), next_due=NEXT, zone=RIGA, asking=SHIPPED)
    assert (when and shown(when, RIGA)) == expected


def test_a_missed_slot_without_a_next_one_is_sent_however_late() -> None:
    when = cadence.after_outage(DUE, at("2026-12-26 10:00", RIGA), next_due=None, zone=RIGA, asking=SHIPPED)
    assert when is not None
    assert shown(when, RIGA) == "Mon 2026-12-28 08:00"


def test_too_late_begins_after_the_hours_of_the_policy() -> None:
    assert not cadence.too_late(DUE, DUE + 4 * HOUR, SHIPPED)
    assert cadence.too_late(DUE, DUE + 4 * HOUR + timedelta(seconds=1), SHIPPED)
    assert not cadence.too_late(DUE, DUE - DAY, SHIPPED)


@often
@given(
    due=moments,
    late=st.timedeltas(timedelta(0), 30 * DAY),
    zone=zones,
    rules=policies(),
    weeks=st.integers(1, 4),
)
def test_what_is_sent_after_an_outage_is_sent_before_the_next_slot(
    due: datetime, late: timedelta, zone: str, rules: Asking, weeks: int
) -> None:
    slot = cadence.next_slot(due, weekday=TUE, hour=10, weeks=weeks, zone=zone, asking=rules)
    then = cadence.next_slot(slot, weekday=TUE, hour=10, weeks=weeks, zone=zone, asking=rules)
    when = cadence.after_outage(slot, slot + late, next_due=then, zone=zone, asking=rules)
    assert when is None or slot + late <= when
    if cadence.too_late(slot, slot + late, rules):
        assert when is None or when - slot <= then - when


# --- working days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2026-11-24", "2026-11-24", 0),
        ("2026-11-24", "2026-11-25", 1),
        ("2026-11-20", "2026-11-23", 1),  # Friday to Monday
        ("2026-11-20", "2026-11-22", 0),  # into the weekend
        ("2026-11-24", "2026-12-08", 10),
        ("2026-11-25", "2026-11-24", 0),
    ],
)
def test_working_days_between_two_days(a: str, b: str, expected: int) -> None:
    assert cadence.working_days_between(date.fromisoformat(a), date.fromisoformat(b), SHIPPED) == expected


@often
@given(start=st.dates(date(2025, 1, 1), date(2030, 1, 1)), days=st.integers(0, 400), rules=policies())
def test_working_days_are_those_one_would_count(start: date, days: int, rules: Asking) -> None:
    counted = sum((start + n * DAY).weekday() in rules.working_days for n in range(1, days + 1))
    assert cadence.working_days_between(start, start + days * DAY, rules) == counted


# --- snoozing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "now", "expected"),
    [
        ("later_today", "2026-11-24 10:07", "Tue 2026-11-24 12:07"),
        ("later_today", "2026-11-24 16:30", None),  # 18:30 is quiet
        ("later_today", "2026-11-29 10:00", None),  # a Sunday
        ("tomorrow", "2026-11-24 10:07", "Wed 2026-11-25 10:00"),
        ("tomorrow", "2026-11-26 15:00", "Mon 2026-11-30 10:00"),  # tomorrow is a Friday
        ("three_days", "2026-11-23 10:07", "Thu 2026-11-26 10:00"),
        ("three_days", "2026-11-24 10:07", "Mon 2026-11-30 10:00"),
        ("next_week", "2026-11-23 10:07", "Mon 2026-11-30 10:00"),
        ("next_week", "2026-11-26 10:07", "Mon 2026-11-30 10:00"),
        ("next_year", "2026-11-26 10:07", None),
        ("", "2026-11-26 10:07", None),
    ],
)
def test_a_snooze_ends_at_a_good_moment(choice: str, now: str, expected: str | None) -> None:
    until = cadence.snooze_until(choice, at(now, RIGA), zone=RIGA, asking=SHIPPED)
    assert (until and shown(until, RIGA)) == expected


def test_a_snooze_is_no_longer_than_the_policy_allows() -> None:
    short = asking(snooze_days=2)
    until = cadence.snooze_until("next_week", at("2026-11-24 10:00", RIGA), zone=RIGA, asking=short)
    assert until is not None
    assert shown(until, RIGA) == "Thu 2026-11-26 10:00"
    weekend = cadence.snooze_until("tomorrow", at("2026-11-26 10:00", RIGA), zone=RIGA, asking=short)
    assert weekend is None  # Friday and Saturday are all it could be


@often
@given(choice=st.sampled_from(cadence.SNOOZES), now=moments, zone=zones, rules=policies())
def test_every_snooze_is_ahead_good_and_within_its_limit(
    choice: str, now: datetime, zone: str, rules: Asking
) -> None:
    until = cadence.snooze_until(choice, now, zone=zone, asking=rules)
    if until is None:
        return
    here = local(until, zone)
    assert until > now
    assert (here.date() - local(now, zone).date()).days <= rules.snooze_days or choice == "later_today"
    assert cadence.may_ask(here.date(), rules)
    assert not cadence.is_quiet(here.hour, rules) or has_gap(here.date(), zone)


def test_only_snoozes_that_end_before_closing_are_offered_each_moment_once() -> None:
    now, closes = at("2026-11-23 10:00", RIGA), at("2026-11-26 10:00", RIGA)
    offered = cadence.snooze_choices(now, zone=RIGA, asking=SHIPPED, closes_at=closes)
    assert [(each.choice, each.label) for each in offered] == [
        ("2026-11-23T10:00+00:00", "Mon 23 Nov 12:00"),
        ("2026-11-24T08:00+00:00", "Tue 24 Nov 10:00"),
    ]
    assert [cadence.snooze_of(each.choice) for each in offered] == [each.until for each in offered]
    far = cadence.snooze_choices(now, zone=RIGA, asking=SHIPPED, closes_at=closes + WEEK)
    assert [each.label for each in far][2:] == ["Thu 26 Nov 10:00", "Mon 30 Nov 10:00"]
    thursday = cadence.snooze_choices(
        at("2026-11-26 15:00", RIGA), zone=RIGA, asking=SHIPPED, closes_at=closes + WEEK
    )
    assert [each.label for each in thursday] == ["Thu 26 Nov 17:00", "Mon 30 Nov 10:00"]


@pytest.mark.parametrize(
    "odd",
    ["tomorrow", "", "2026-11-24", "2026-11-24T10:00", "2026-11-31T10:00+00:00", "9999-12-31T23:00-12:00"],
)
def test_what_names_no_moment_is_none(odd: str) -> None:
    assert cadence.snooze_of(odd) is None


# --- digests -----------------------------------------------------------------------------------------------------


def test_the_digest_comes_once_a_week_on_the_hour_chosen_even_a_friday_evening() -> None:
    first = cadence.digest_slot(at("2026-11-24 09:00", RIGA), weekday=TUE, hour=9, zone=RIGA)
    assert shown(first, RIGA) == "Tue 2026-12-01 09:00"
    friday = cadence.digest_slot(at("2026-11-24 09:00", RIGA), weekday=FRI, hour=19, zone=RIGA)
    assert shown(friday, RIGA) == "Fri 2026-11-27 19:00"


# --- zones -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "Europe", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "\0", "x" * 5000]
)
def test_a_zone_that_is_none_is_known_as_such_and_counts_as_utc(name: str) -> None:
    assert not is_zone(name)
    assert shown(wall(date(2026, 11, 24), datetime.min.time(), name), "UTC") == "Tue 2026-11-24 00:00"


@often
@given(moment=moments, zone=zones)
def test_the_wall_clock_is_read_back_as_it_was_shown(moment: datetime, zone: str) -> None:
    here = moment.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    back = wall(here.date(), here.time(), zone)
    assert back == here.replace(fold=0).astimezone(UTC)
    assert local(back, zone).replace(tzinfo=None) == here.replace(tzinfo=None)


def test_the_zones_tried_are_all_known() -> None:
    assert all(map(is_zone, ZONES))
    assert ANY_HOUR.never_on == ()
