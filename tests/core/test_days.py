"""Days as people write them: read when there is one meaning, asked back when there are two, never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.days import Day, Unclear, dated, day_words, parse_day, read_day
from tests.core.calendars import at

TODAY = date(2026, 11, 23)  # a Monday
RIGA = "Europe/Riga"
days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-31", "2026-03-31"),
        ("2026/3/31", "2026-03-31"),
        ("31.3.2026", "2026-03-31"),
        ("31. 3. 2026", "2026-03-31"),
        ("31.3.27", "2027-03-31"),
        ("31.3.", "2027-03-31"),
        ("31.12", "2026-12-31"),
        ("31/3/2027", "2027-03-31"),
        ("3/31/2027", "2027-03-31"),
        ("3/3/2027", "2027-03-03"),
        ("31 March", "2027-03-31"),
        ("31 MAR 2028", "2028-03-31"),
        ("31st of March, 2028", "2028-03-31"),
        ("March 31", "2027-03-31"),
        ("Dec. 3", "2026-12-03"),
        ("31-Mar-2027", "2027-03-31"),
        ("the 1st of December", "2026-12-01"),
        ("23 November", "2026-11-23"),
        ("29 February", "2028-02-29"),
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("the day after tomorrow", "2026-11-25"),
        ("yesterday", "2026-11-22"),
        ("in 2 weeks", "2026-12-07"),
        ("two weeks", "2026-12-07"),
        ("for another 3 days", None),
        ("in a month", "2026-12-23"),
        ("3 months", "2027-02-23"),
        ("in one year", "2027-11-23"),
        ("3 weeks ago", "2026-11-02"),
        ("monday", "2026-11-30"),
        ("next monday", "2026-11-30"),
        ("Friday", "2026-11-27"),
        ("on friday", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("last friday", "2026-11-20"),
        ("Thurs", "2026-11-26"),
        ("next week", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("end of the month", "2026-11-30"),
        ("end of quarter", "2026-12-31"),
        ("end of March", "2027-03-31"),
        ("end of February 2028", "2028-02-29"),
        ("tomorrow.", "2026-11-24"),
        ("tomorrow or so", None),
        ("tomorrow,or so", None),
        ("1.5 weeks", None),
        ("soon", None),
        ("March 2027", None),
        ("march", None),
        ("", None),
    ],
)
def test_a_day_is_read_the_way_people_write_it(text: str, expected: str | None) -> None:
    found = parse_day(text, TODAY)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize("text", ["3/4/2026", "3-4-2026", "3/4/26", "3/4"])
def test_a_day_that_can_be_two_is_asked_back_with_both_spelled_out(text: str) -> None:
    found = read_day(text.split(), TODAY)
    assert isinstance(found, Unclear)
    assert "3 April or 4 March. Write 20" in found.why
    assert parse_day(text, TODAY) is None


@pytest.mark.parametrize(
    "text", ["31.2.2026", "30 February", "32 May", "0/0", "in 9999 years", "0000-01-01", "2026-13-40"]
)
def test_a_day_that_no_calendar_has_is_named_as_such(text: str) -> None:
    found = read_day(text.split(), TODAY)
    assert isinstance(found, Unclear)
    assert found.why == f"There is no day “{text.casefold()}”. Write it like 2026-11-23."


def test_the_end_of_a_month_is_not_passed_when_months_are_counted() -> None:
    assert parse_day("in 1 month", date(2026, 1, 31)) == date(2026, 2, 28)
    assert parse_day("in a year", date(2028, 2, 29)) == date(2029, 2, 28)


def test_only_the_words_that_name_the_day_are_taken() -> None:
    assert read_day("31 March 2027 because legal is slow".split(), TODAY) == Day(date(2027, 3, 31), 3)
    assert read_day("tomorrow, because".split(), TODAY) == Day(date(2026, 11, 24), 1)
    assert read_day("in 2 weeks or later".split(), TODAY) == Day(date(2026, 12, 7), 3)


@given(day=days, today=days)
def test_every_written_form_of_a_day_is_that_day(day: date, today: date) -> None:
    month = "January February March April May June July August September October November December".split()[
        day.month - 1
    ]
    for text in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day:02}-{month[:3]}-{day.year}",
    ):
        assert parse_day(text, today) == day
    unclear = day.day <= 12 and day.day != day.month
    assert parse_day(f"{day.day}/{day.month}/{day.year}", today) == (None if unclear else day)


@given(day=days, today=days)
def test_a_day_without_its_year_is_the_next_such_day(day: date, today: date) -> None:
    found = parse_day(f"{day.day}.{day.month}.", today)
    assert found is not None
    assert (found.day, found.month) == (day.day, day.month)
    assert found >= today
    if (day.day, day.month) != (29, 2):
        assert (found - today).days < 366


@given(st.text() | st.text(alphabet="0123456789./- marchinoftwek"), days)
def test_reading_a_day_never_fails(text: str, today: date) -> None:
    parse_day(text, today)
    read_day(text.split(), today)


def test_reading_a_day_looks_at_no_more_than_a_day_can_need() -> None:
    for text in ("9" * 100_000, "2026-03-31" + " " * 100_000 + "x", "next " * 20_000, "1/" * 50_000):
        assert parse_day(text, TODAY) is None


# --- written


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24 10:00", "Tue 24 Nov 10:00"),
        ("2026-12-08 10:00", "Tue 8 Dec 10:00"),
        ("2027-03-31 10:00", "Wed 31 Mar 2027 10:00"),
    ],
)
def test_a_moment_is_told_on_the_persons_own_clock(moment: str, words: str) -> None:
    assert dated(at(moment, RIGA), at("2026-11-24 08:00", RIGA), RIGA) == words


def test_the_day_is_the_persons_own() -> None:
    now = at("2026-11-24 23:30")
    assert dated(now, now, "Asia/Tokyo") == "Wed 25 Nov 08:30"
    assert dated(at("2026-11-25 01:00"), now, "Europe/London") == "Wed 25 Nov 01:00"


def test_a_day_is_told_with_its_year_only_when_that_is_another() -> None:
    assert day_words(date(2026, 3, 31), date(2026, 11, 24)) == "31 Mar"
    assert day_words(date(2027, 3, 31), date(2026, 11, 24)) == "31 Mar 2027"
