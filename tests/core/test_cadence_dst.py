"""When the clocks change: a skipped hour is made up at once, a doubled one counts once, no weekday shifts."""

from datetime import date, datetime, time, timedelta

import pytest

from bot.core import cadence
from bot.core.localtime import wall
from tests.core.calendars import ANY_HOUR, FRI, MON, SUN, TUE, ZONES, asking, at, shown

LONDON, NEW_YORK, RIGA, LORD_HOWE = "Europe/London", "America/New_York", "Europe/Riga", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "day", "hour", "local_time", "utc"),
    [
        pytest.param(LONDON, "2026-03-29", 1, "02:00", "01:00", id="London skips 01:00: at 02:00"),
        pytest.param(LONDON, "2026-03-29", 2, "02:00", "01:00", id="London, the hour after the gap"),
        pytest.param(LONDON, "2026-03-29", 0, "00:00", "00:00", id="London, the hour before the gap"),
        pytest.param(LONDON, "2026-10-25", 1, "01:00", "00:00", id="London shows 01:00 twice: the first"),
        pytest.param(LONDON, "2026-10-25", 2, "02:00", "02:00", id="London, the hour after both"),
        pytest.param(RIGA, "2026-03-29", 3, "04:00", "01:00", id="Riga skips 03:00"),
        pytest.param(RIGA, "2026-10-25", 3, "03:00", "00:00", id="Riga shows 03:00 twice"),
        pytest.param(NEW_YORK, "2026-03-08", 2, "03:00", "07:00", id="New York skips 02:00"),
        pytest.param(NEW_YORK, "2026-11-01", 1, "01:00", "05:00", id="New York shows 01:00 twice"),
        pytest.param(LORD_HOWE, "2026-10-04", 2, "02:30", "15:30", id="Lord Howe skips half an hour"),
        pytest.param(
            LORD_HOWE, "2026-04-05", 1, "01:00", "14:00", id="Lord Howe shows 01:30 twice, 01:00 once"
        ),
        pytest.param("America/Havana", "2026-03-08", 0, "01:00", "05:00", id="Havana skips midnight"),
        pytest.param("Antarctica/Troll", "2026-03-29", 1, "03:00", "01:00", id="Troll skips two hours"),
        pytest.param("Africa/Casablanca", "2026-02-15", 2, "02:00", "01:00", id="Casablanca before Ramadan"),
    ],
)
def test_a_slot_on_the_day_the_clocks_change(
    zone: str, day: str, hour: int, local_time: str, utc: str
) -> None:
    chosen = date.fromisoformat(day)
    before = at(day, zone) - timedelta(hours=1)
    slot = cadence.next_slot(before, weekday=chosen.weekday(), hour=hour, weeks=1, zone=zone, asking=ANY_HOUR)
    assert shown(slot, zone)[4:] == f"{day} {local_time}"
    assert f"{slot:%H:%M}" == utc


@pytest.mark.parametrize(
    ("zone", "day", "hour"), [(LONDON, "2026-10-25", 1), (RIGA, "2026-10-25", 3), (NEW_YORK, "2026-11-01", 1)]
)
def test_a_doubled_hour_is_used_once(zone: str, day: str, hour: int) -> None:
    first = cadence.next_slot(at(day, zone), weekday=SUN, hour=hour, weeks=1, zone=zone, asking=ANY_HOUR)
    in_the_second_pass = first + timedelta(minutes=61)
    again = cadence.next_slot(in_the_second_pass, weekday=SUN, hour=hour, weeks=1, zone=zone, asking=ANY_HOUR)
    assert (again - first).days == 7


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("weekday", "hour"), [(MON, 10), (TUE, 0), (FRI, 23)])
def test_the_weekday_and_the_hour_never_shift_in_two_years_of_clock_changes(
    zone: str, weekday: int, hour: int
) -> None:
    slot = at("2026-01-01", zone)
    seen = set()
    for _ in range(104):
        slot = cadence.next_slot(slot, weekday=weekday, hour=hour, weeks=1, zone=zone, asking=ANY_HOUR)
        told = shown(slot, zone)
        seen.add((told[:3], told[-5:]))
    assert seen == {(("Mon", "Tue", "Fri")[(MON, TUE, FRI).index(weekday)], f"{hour:02}:00")}


def test_a_friday_digest_stays_on_friday_when_the_clocks_change() -> None:
    told = []
    slot = at("2026-10-16", LONDON)
    for _ in range(3):
        slot = cadence.digest_slot(slot, weekday=FRI, hour=0, zone=LONDON)
        told.append((shown(slot, LONDON), f"{slot:%H}"))
    assert told == [
        ("Fri 2026-10-23 00:00", "23"),  # the day before in UTC
        ("Fri 2026-10-30 00:00", "00"),
        ("Fri 2026-11-06 00:00", "00"),
    ]


def test_reminders_keep_the_hour_over_a_clock_change() -> None:
    week = asking(working=tuple(range(7)), never=())
    reminders, closes_at = cadence.ladder(at("2026-03-28 10:00", LONDON), zone=LONDON, asking=week)
    assert [shown(moment, LONDON) for moment in reminders] == ["Sun 2026-03-29 10:00", "Tue 2026-03-31 08:00"]
    assert shown(closes_at, LONDON) == "Tue 2026-03-31 10:00"


def test_an_hour_that_jumps_into_quiet_hours_waits_for_their_end() -> None:
    night = asking(working=tuple(range(7)), never=(), quiet=(3, 8))
    slot = cadence.next_slot(
        at("2026-03-29", RIGA) - timedelta(days=1), weekday=SUN, hour=2, weeks=1, zone=RIGA, asking=night
    )
    assert shown(slot, RIGA) == "Sun 2026-03-29 02:00"
    skipped = cadence.next_slot(
        at("2026-03-08", NEW_YORK) - timedelta(days=1),
        weekday=SUN,
        hour=2,
        weeks=1,
        zone=NEW_YORK,
        asking=night,
    )
    assert shown(skipped, NEW_YORK) == "Sun 2026-03-08 08:00"


def test_a_good_moment_in_the_second_pass_of_a_doubled_hour_does_not_go_back_in_time() -> None:
    night = asking(working=tuple(range(7)), never=(), quiet=(22, 2))
    second_pass = at("2026-10-25 00:59", "Antarctica/Troll") + timedelta(hours=2, minutes=31)  # 01:30 again
    found = cadence.good_moment(second_pass, zone="Antarctica/Troll", asking=night)
    assert shown(second_pass, "Antarctica/Troll") == "Sun 2026-10-25 01:30"
    assert (shown(found, "Antarctica/Troll"), found - second_pass) == (
        "Sun 2026-10-25 02:00",
        timedelta(minutes=30),
    )


def test_a_day_that_a_zone_skipped_altogether_is_made_up_at_its_end() -> None:
    # Samoa went to the other side of the date line: it had no 30 December 2011.
    moment = wall(date(2011, 12, 30), time(10), "Pacific/Apia")
    assert shown(moment, "Pacific/Apia") == "Sat 2011-12-31 00:00"
    assert moment == datetime.fromisoformat("2011-12-30T10:00+00:00")
