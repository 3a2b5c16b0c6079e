"""Single cells: what people type for dates, numbers, stages and texts, and what is said about it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pilotmap import FIELDS, Field, Sort
from bot.core.questionnaire import SIDE_STAGES, STAGE_NAMES, STAGES
from bot.service.importing.cells import in_words, parse
from bot.service.importing.days import Reading, day_of
from bot.service.importing.words import HEADINGS
from tests.service.sheets import TODAY

OCTOBER = date(2023, 10, 1)


def said(field: Field, text: str) -> list[str]:
    return [f"{r.verdict.value}: {r.reason}" for r in parse(field, text, today=TODAY, days=Reading()).remarks]


def value(name: str, text: str) -> object:
    return parse(FIELDS[name], text, today=TODAY, days=Reading()).value


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2023-10-01", "2023/10/1", "2023.10.01", "20231001", "10/1/2023", "10/1/23", "10-01-2023"),
        *(
            "1 Oct 2023",
            "1. October 2023",
            "1st October, 2023",
            "01-Oct-23",
            "Oct 1, 2023",
            "October 1st 2023",
        ),
        *(
            "2023-10-01T00:00:00Z",
            "2023-10-01 00:00",
            "10/1/2023 12:00:00 AM",
            "  2023-10-01\u00a0",
            "'2023-10-01",
        ),
    ],
)
def test_a_day_has_many_forms_that_need_no_word(text: str) -> None:
    assert day_of(text, Reading()) == (OCTOBER, ())


@pytest.mark.parametrize(
    ("text", "day", "reason"),
    [
        ("Oct-23", OCTOBER, "only the month is given"),
        ("October 2023", OCTOBER, "only the month is given"),
        ("2023-10", OCTOBER, "only the month is given"),
        ("10/2023", OCTOBER, "only the month is given"),
        ("Q4 2023", OCTOBER, "only the quarter is given"),
        ("2023", date(2023, 1, 1), "only the year is given"),
        ("45200", OCTOBER, "a spreadsheet's day number"),
        ("45200.75", OCTOBER, "a spreadsheet's day number"),
        ("2023-10-01 14:30", OCTOBER, "the time of day was left out"),
        ("2023-10-01 (first formal action)", OCTOBER, "the words behind the date were left out"),
        (
            "13/10/2023",
            date(2023, 10, 13),
            "day and month stand in the other order than in the rest of the column",
        ),
    ],
)
def test_a_day_that_is_less_than_a_day_is_repaired(text: str, day: date, reason: str) -> None:
    found, remarks = day_of(text, Reading())
    assert (found, [remark.reason for remark in remarks]) == (day, [reason])
    assert remarks[0].now == day.isoformat()


def test_of_a_month_to_come_the_last_day_is_meant() -> None:
    assert day_of("Oct-23", Reading(ahead=True))[0] == date(2023, 10, 31)
    assert day_of("Q1 2024", Reading(ahead=True))[0] == date(2024, 3, 31)
    assert day_of("2024", Reading(ahead=True))[0] == date(2024, 12, 31)


def test_the_day_can_come_first() -> None:
    assert day_of("10/1/2023", Reading(day_first=True))[0] == date(2023, 1, 10)


NO_DATES = (
    "N/A",
    "n/a ",
    "none",
    "TBD",
    "-",
    "—",
    "?",
    "#N/A",
    "To Be Determined (calendar 2025)",
    "N/A - merged",
)


@pytest.mark.parametrize("text", NO_DATES)
def test_words_for_no_date_leave_the_cell_empty_and_say_so(text: str) -> None:
    day, [remark] = day_of(text, Reading())
    assert (day, remark.verdict.value) == (None, "repaired")


def test_an_empty_cell_needs_no_word() -> None:
    assert day_of(" \u00a0\t", Reading()) == (None, ())


@pytest.mark.parametrize(
    ("text", "reason", "fix"),
    [
        ("7/16/1905", "a year that a spreadsheet turned into a day of 1905", "It was probably the year 2024"),
        ("1/1/1905", "the year cannot be right", "Years from 1990 to 2099 are taken"),
        ("2203-10-01", "the year cannot be right", "Years from 1990 to 2099 are taken"),
        ("31/02/2023", "a day that is not in the calendar", "Write it like 2024-10-01"),
        ("2023-13-01", "a day that is not in the calendar", "Write it like"),
        (
            "24-Aug",
            "either a day without its year or a month",
            "Write it like 2024-10-01. Or, if 24-Aug means August 2024",
        ),
        ("2015-2022", "more than one date", "Keep the one that counts"),
        ("2024-02-15 (kick-off); 2024-08-23 (signed)", "more than one date", "Keep the one"),
        ("10/12023", "not a date", "Write it like"),
        ("Q4FY25", "not a date", "Write it like"),
        ("As soon as the data team has finished what it is doing", "not a date", "Write it like"),
        ("12345678", "a day that is not in the calendar", "Write it like"),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(text: str, reason: str, fix: str) -> None:
    day, [remark] = day_of(text, Reading())
    assert (day, remark.verdict.value, remark.reason) == (None, "rejected", reason)
    assert remark.fix.startswith(fix)


def test_24_aug_is_a_month_where_the_map_says_so() -> None:
    assert day_of("24-Aug", Reading(year_first=True))[0] == date(2024, 8, 1)


def test_a_day_that_should_be_over_is_not_in_the_future() -> None:
    assert value("stage_since", "2025-03-14") == TODAY
    assert value("stage_since", "2025-03-15") is None
    assert said(FIELDS["created"], "2030-01-01") == ["rejected: in the future, though it should be over"]
    assert value("target", "2030-01-01") == date(2030, 1, 1)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.booleans())
def test_every_day_is_read_as_it_was_written(day: date, day_first: bool) -> None:
    slashed = f"{day.day}/{day.month}/{day.year}" if day_first else f"{day.month}/{day.day}/{day.year}"
    assert day_of(day.isoformat(), Reading()) == (day, ())
    assert day_of(slashed, Reading(day_first=day_first)) == (day, ())
    assert day_of(day.strftime("%d %B %Y"), Reading()) == (day, ())


# --- other sorts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES + SIDE_STAGES)
def test_stages_are_known_by_slug_and_by_name(stage: str) -> None:
    for text in (stage, STAGE_NAMES[stage], STAGE_NAMES[stage].upper(), f" {stage} "):
        found = parse(FIELDS["stage"], text, today=TODAY, days=Reading())
        assert (found.value, found.remarks) == (stage, ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        ("-3.5", -3.5),
        ("1,250", 1250.0),
        ("1 250 000.5", 1250000.5),
        ("12,5", 12.5),
        ("1.250,75", 1250.75),
        (".5", 0.5),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    found = parse(FIELDS["baseline"], text, today=TODAY, days=Reading())
    assert (found.value, found.remarks) == (number, ())


@pytest.mark.parametrize(
    ("text", "number"), [("85 %", 85.0), ("€ 1,200", 1200.0), ("~40", 40.0), ("$3", 3.0)]
)
def test_a_number_with_its_unit_is_repaired(text: str, number: float) -> None:
    found = parse(FIELDS["goal"], text, today=TODAY, days=Reading())
    assert found.value == number
    assert [remark.reason for remark in found.remarks] == ["read as a plain number"]


@pytest.mark.parametrize("text", ["many", "1e999", "inf", "nan", "1,2,3", "12-15", "9" * 39, "１２ and more"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert said(FIELDS["baseline"], text) == ["rejected: not a number"]


def test_a_number_of_users_is_whole_and_not_negative() -> None:
    assert value("intended_users", "1,200") == 1200
    assert said(FIELDS["intended_users"], "1.5") == ["rejected: not a whole number of 0 or more"]
    assert said(FIELDS["intended_users"], "-2") == ["rejected: not a whole number of 0 or more"]


def test_tags_are_split_and_each_kept_once() -> None:
    assert value("tags", "cash, OCR , Cash,n/a") == ("cash", "OCR")
    assert value("tags", "Sales, North; Service") == ("Sales, North", "Service")
    assert value("tags", in_words(("a, b",))) == ("a, b",)


def test_texts_keep_their_lines_and_names_do_not() -> None:
    assert value("work", "one\r\ntwo\t x \n") == "one\ntwo  x"
    assert value("name", "one\r\n two") == "one two"
    assert said(FIELDS["name"], "one\n two") == [
        "repaired: line breaks and runs of blanks became single blanks"
    ]


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=60))
def test_any_text_gives_a_value_or_a_reason_and_the_value_reads_as_itself(name: str, text: str) -> None:
    field = FIELDS[name]
    found = parse(field, text, today=TODAY, days=Reading())
    if found.value is None:
        assert (
            found.remarks
            or not text.strip()
            or all(not c.isprintable() or c.isspace() for c in text)
            or found.remarks
        )
    elif field.sort is not Sort.PERSON:
        again = parse(field, in_words(found.value), today=TODAY, days=Reading())
        assert again.value in (found.value, None)


def test_every_field_has_its_own_heading_and_no_heading_means_two_things() -> None:
    assert HEADINGS.keys() == FIELDS.keys()
    words = [word for group in HEADINGS.values() for word in group]
    assert len(words) == len(set(words))
    for name, field in FIELDS.items():
        assert " ".join(field.heading.lower().split("-")) in HEADINGS[name]
