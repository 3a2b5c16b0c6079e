"""What people type into a date column -> a day, or why not; it must not know of columns' names or of pilots."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from bot.service.importing.faults import Remark, rejected, repaired
from bot.service.importing.text import explains_empty, is_empty, visible

FIRST_YEAR, LAST_YEAR = 1990, 2100  # beyond these a date is a slip of the keyboard or of a spreadsheet
SERIALS = range(36526, 73051)  # a spreadsheet's day numbers of 2000-01-01 to 2099-12-31
SERIAL_ZERO = date(1899, 12, 30)  # spreadsheets count 29 February 1900, which never was
LONGEST = 40  # characters; a longer text in a date column is a sentence
LONGEST_REMARK = 300  # characters of a date with its explanation; the patterns see no longer text

NO_DATE = "not a date"
EMPTY = "says that there is no date: left empty"
SERIAL = "a spreadsheet's day number"
YEAR_ONLY = "only the year is given"
MONTH_ONLY = "only the month is given"
QUARTER_ONLY = "only the quarter is given"
OTHER_ORDER = "day and month stand in the other order than in the rest of the column"
REMARKED = "the words behind the date were left out"
TIMED = "the time of day was left out"
FAR = "the year cannot be right"
SPREAD_YEAR = "a year that a spreadsheet turned into a day of 1905"
SEVERAL = "more than one date"
NO_YEAR = "either a day without its year or a month"
NO_DAY = "a day that is not in the calendar"
WRITE = "Write it like 2024-10-01."

_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(),
        start=1,
    )
    for length in (3, 4, len(name))
    if len(name) >= length
}
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-\s./]+([a-z]+)\.?,?[-\s./]+(\d{4}|\d{2})")
_MONTH_DAY_YEAR = re.compile(r"([a-z]+)\.?[-\s./]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s./]+(\d{4})")
_MONTH_YEAR = re.compile(r"([a-z]+)\.?,?[-\s./']*(\d{4}|(?<=[-/'\s])\d{2})")
_BARE = re.compile(r"(\d{1,2})[-\s./]([a-z]+)\.?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.\s](\d{1,2}|[a-z]+)")
_MONTH_SLASH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"q([1-4])[-\s/]*(\d{4})|(\d{4})[-\s/]*q([1-4])")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_TIME = re.compile(
    r"[t\s]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*([ap]\.?m\.?)?\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)
_REMARK = re.compile(r"(.*\d)\s*[(\[;].*", re.S)
_ANY_DATE = re.compile(r"\b\d{4}[-/.]\d{1,2}|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\b(?:19|20)\d{2}\b")
_A_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the dates of one column are read. `ahead`: of a month the last day is meant, else the first."""

    day_first: bool = False
    year_first: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a text can mean, and what has to be said about it."""

    first: date
    last: date
    reason: str = ""


def day_of(text: str, how: Reading) -> tuple[date | None, tuple[Remark, ...]]:
    """The day a cell means; no day with a remark when it was refused, or says that there is none."""
    shown = " ".join(visible(text).split()).lstrip("'").casefold()
    if not shown:
        return None, ()
    if is_empty(shown) or explains_empty(shown):
        return None, (repaired(EMPTY, ""),)
    if len(shown) > LONGEST_REMARK:
        return None, (_no_date(shown[:LONGEST_REMARK]),)
    core, said = _trimmed(shown)
    span = _span(core, how)
    if isinstance(span, Remark):
        return None, (span,)
    fault = _implausible(span)
    if fault is not None:
        return None, (fault,)
    day = span.last if how.ahead else span.first
    reasons = [reason for reason in (span.reason, *said) if reason]
    return day, tuple(repaired(reason, day.isoformat()) for reason in reasons)


def _trimmed(text: str) -> tuple[str, list[str]]:
    """The text without a time of day and without a remark behind the date, and what was left out."""
    said: list[str] = []
    remark = _REMARK.fullmatch(text)
    if remark and len(_ANY_DATE.findall(text)) == 1:
        text = remark[1]
        said.append(REMARKED)
    time = _TIME.search(text)
    if time:
        text = text[: time.start()]
        if time[1].strip("0:.") and (time[1], time[2]) not in (("12:00", "am"), ("12:00:00", "am")):
            said.append(TIMED)
    return text.strip(), said


def _span(text: str, how: Reading) -> Span | Remark:
    if len(text) > LONGEST:
        return _no_date(text)
    try:
        return _numbers(text, how) or _words(text, how) or _no_date(text)
    except ValueError:  # 31 February, month 13
        return rejected(NO_DAY, WRITE)


def _numbers(text: str, how: Reading) -> Span | None:
    if found := _ISO.fullmatch(text):
        return _one(int(found[1]), int(found[3]), int(found[4]))
    if found := NUMERIC.fullmatch(text):
        return _triple(int(found[1]), int(found[3]), _full_year(found[4]), how)
    if found := _COMPACT.fullmatch(text):
        return _one(int(found[1]), int(found[2]), int(found[3]))
    if (found := _SERIAL.fullmatch(text)) and int(found[1]) in SERIALS:
        day = SERIAL_ZERO + timedelta(days=int(found[1]))
        return Span(day, day, SERIAL)
    if found := _MONTH_SLASH_YEAR.fullmatch(text):
        return _month(int(found[2]), int(found[1]))
    if found := _YEAR.fullmatch(text):
        return Span(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31), YEAR_ONLY)
    return None


def _words(text: str, how: Reading) -> Span | Remark | None:
    if (found := _DAY_MONTH_YEAR.fullmatch(text)) and found[2] in _MONTHS:
        return _one(_full_year(found[3]), _MONTHS[found[2]], int(found[1]))
    if (found := _MONTH_DAY_YEAR.fullmatch(text)) and found[1] in _MONTHS:
        return _one(int(found[3]), _MONTHS[found[1]], int(found[2]))
    if (found := _MONTH_YEAR.fullmatch(text)) and found[1] in _MONTHS:
        return _month(_full_year(found[2]), _MONTHS[found[1]])
    if (found := _YEAR_MONTH.fullmatch(text)) and (found[2].isdigit() or found[2] in _MONTHS):
        return _month(int(found[1]), _MONTHS.get(found[2]) or int(found[2]))
    if (found := _BARE.fullmatch(text)) and found[2] in _MONTHS:
        return _bare(found[1], _MONTHS[found[2]], how)
    if found := _QUARTER.fullmatch(text):
        return _quarter(int(found[2] or found[3]), int(found[1] or found[4]))
    return None


def _one(year: int, month: int, day: int) -> Span:
    found = date(year, month, day)
    return Span(found, found)


def _triple(one: int, two: int, year: int, how: Reading) -> Span:
    day, month = (one, two) if how.day_first else (two, one)
    if month <= 12:
        return _one(year, month, day)
    found = date(year, day, month)
    return Span(found, found, OTHER_ORDER)


def _month(year: int, month: int, reason: str = MONTH_ONLY) -> Span:
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), reason)


def _quarter(year: int, quarter: int) -> Span:
    start, end = _month(year, 3 * quarter - 2), _month(year, 3 * quarter)
    return Span(start.first, end.last, QUARTER_ONLY)


def _bare(number: str, month: int, how: Reading) -> Span | Remark:
    if how.year_first and len(number) == 2:
        return _month(_full_year(number), month)
    return rejected(
        NO_YEAR, f"{WRITE} Or, if 24-Aug means August 2024 in this file, say `year_first: true` in the map."
    )


def _full_year(text: str) -> int:
    """Two digits are of this century up to 69, as everywhere else (POSIX strptime)."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


def _implausible(span: Span) -> Remark | None:
    if FIRST_YEAR <= span.first.year < LAST_YEAR:
        return None
    number = (span.first - SERIAL_ZERO).days
    if FIRST_YEAR <= number < LAST_YEAR:  # 7/16/1905 is day number 2024
        return rejected(SPREAD_YEAR, f"It was probably the year {number}: write {number}, or the whole date.")
    return rejected(FAR, f"Years from {FIRST_YEAR} to {LAST_YEAR - 1} are taken. {WRITE}")


def _no_date(text: str) -> Remark:
    if len(_ANY_DATE.findall(text)) > 1 or len(_A_YEAR.findall(text)) > 1:
        return rejected(SEVERAL, f"Keep the one that counts. {WRITE}")
    return rejected(NO_DATE, f"{WRITE} Leave the cell empty when there is none.")
