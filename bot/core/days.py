"""Days as people write them, read and written; it must not know what a day is for.

What can be read in two ways is never guessed. A day without its year is the next such day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.localtime import local

# English by hand: strftime follows the machine's locale.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
READ_AT_MOST = 60  # characters looked at: "the day after tomorrow" and every written date are shorter
_WORDS_AT_MOST = 6
_DAY = timedelta(days=1)


# --- written ------------------------------------------------------------------------------------------------


def day_words(day: date, today: date) -> str:
    """A day as people write it: "31 Mar", with the year when it is another one than today's."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1][:3]}{year}"


def dated(moment: datetime, now: datetime, zone: str) -> str:
    """A moment on the person's wall clock, with its date: "Tue 8 Dec 10:00". It is as true when read tomorrow."""
    here, today = local(moment, zone), local(now, zone).date()
    return f"{WEEKDAYS[here.weekday()][:3]} {day_words(here.date(), today)} {here:%H:%M}"


# --- read ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was read, and how many words it took."""

    on: date
    words: int


@dataclass(frozen=True, slots=True)
class Unclear:
    """It was meant as a day, but which? A whole sentence that says how to write it."""

    why: str


def parse_day(text: str, today: date) -> date | None:
    """The day that a whole text names; None when it names none, or not clearly."""
    words = text.split(maxsplit=_WORDS_AT_MOST)
    found = read_day(words, today)
    return found.on if isinstance(found, Day) and found.words == len(words) else None


def read_day(words: Sequence[str], today: date) -> Day | Unclear | None:
    """The day that these words begin with; None when they begin with something else."""
    text = " ".join(words[:_WORDS_AT_MOST])[:READ_AT_MOST].casefold()
    for pattern, read in _FORMS:
        if match := pattern.match(text):
            return _counted(read, match, today)
    return None


def _counted(read: _Reader, match: re.Match[str], today: date) -> Day | Unclear:
    try:
        found = read(match, today)
    except (ValueError, OverflowError):  # a day or a year that no calendar has
        return Unclear(f"There is no day “{match[0]}”. Write it like {today.isoformat()}.")
    return Day(found, len(match[0].split())) if isinstance(found, date) else found


# --- written with numbers ---------------------------------------------------------------------------------------


def _year_first(match: re.Match[str], _today: date) -> date:
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _day_first(match: re.Match[str], today: date) -> date:
    return _dated(match["d"], int(match["m"]), match["y"], today)


def _either_first(match: re.Match[str], today: date) -> date | Unclear:
    """`3/4` is 3 April or 4 March, depending on where one grew up; `31/3` and `3/3` can be only one."""
    first, second = int(match["d"]), int(match["m"])
    if first > 12 or second > 12:
        day, month = (first, second) if first > 12 else (second, first)
        return _dated(str(day), month, match["y"], today)
    a, b = (_dated(str(day), month, match["y"], today) for day, month in ((first, second), (second, first)))
    if a == b:
        return a
    return Unclear(f"“{match[0]}” can be {_long(a)} or {_long(b)}. Write {a.isoformat()} or {b.isoformat()}.")


def _long(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _dated(day: str, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    # Eight years: as long as 29 February can stay away (1896 to 1904).
    years = (each for each in range(today.year, today.year + 9) if int(day) <= monthrange(each, month)[1])
    found = next((found for each in years if (found := date(each, month, int(day))) >= today), None)
    if found is None:
        raise ValueError("no month has that many days")
    return found


# --- written with names -----------------------------------------------------------------------------------------


def _with_month(match: re.Match[str], today: date) -> date:
    return _dated(match["d"], _month(match["name"]), match["y"], today)


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, start=1) if month.casefold().startswith(name[:3]))


def _weekday(match: re.Match[str], today: date) -> date:
    """`Friday` is the next one after today, `next Friday` the one of next week, `last Friday` the one before today."""
    weekday = next(n for n, name in enumerate(WEEKDAYS) if name.casefold().startswith(match["name"][:3]))
    if match["which"] == "next":
        return today + (7 - today.weekday() + weekday) * _DAY
    if match["which"] == "last":
        return today - ((today.weekday() - weekday - 1) % 7 + 1) * _DAY
    return today + ((weekday - today.weekday() - 1) % 7 + 1) * _DAY


def _month_end(match: re.Match[str], today: date) -> date:
    month = _month(match["name"])
    year = int(match["y"] or today.year)
    end = _end_of(year, month)
    return end if match["y"] or end >= today else _end_of(year + 1, month)


# --- counted from today -----------------------------------------------------------------------------------------

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()


def _away(match: re.Match[str], today: date) -> date:
    count = match["n"]
    number = int(count) if count.isdigit() else _NUMBERS.index(count) + 1 if count in _NUMBERS else 1
    number = -number if match["ago"] else number
    match match["unit"]:
        case "day":
            return today + number * _DAY
        case "week":
            return today + number * 7 * _DAY
        case "month":
            return _months_later(today, number)
        case _:
            return _months_later(today, number * 12)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


_NAMED: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "tomorrow": lambda today: today + _DAY,
    "yesterday": lambda today: today - _DAY,
    "day after tomorrow": lambda today: today + 2 * _DAY,
    "next week": lambda today: today + (7 - today.weekday()) * _DAY,
    "next month": lambda today: _months_later(today.replace(day=1), 1),
    "next year": lambda today: date(today.year + 1, 1, 1),
    "end of week": lambda today: (
        today + (4 - today.weekday()) % 7 * _DAY
    ),  # Friday, as people at work mean it
    "end of month": lambda today: _end_of(today.year, today.month),
    "end of quarter": lambda today: _end_of(today.year, (today.month + 2) // 3 * 3),
    "end of year": lambda today: _end_of(today.year, 12),
}


def _named(match: re.Match[str], today: date) -> date:
    return _NAMED[match["named"].replace("the ", "").replace("this ", "")](today)


# --- the forms, each tried at the start of the text -------------------------------------------------------------

_Reader = Callable[[re.Match[str], date], date | Unclear]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = (
    r"(?P<name>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
_UNIT = r"(?P<unit>day|week|month|year)s?"
_COUNT = rf"(?P<n>[0-9]{{1,4}}|an?|{'|'.join(_NUMBERS)})"
_D, _M, _Y = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4}|[0-9]{2})"


def _form(pattern: str, read: _Reader) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(rf"(?:(?:on|by) )?(?:the )?(?:{pattern})(?=[.,;:!?)]*(?: |$))"), read


_FORMS = (
    _form(rf"(?P<y>[0-9]{{4}})[-/.]{_M}[-/.]{_D}", _year_first),
    _form(rf"{_D}\. ?{_M}(?:\. ?{_Y}|\.)?(?! {_UNIT})", _day_first),
    _form(rf"{_D}/{_M}(?:/{_Y})?", _either_first),
    _form(rf"{_D}-{_M}-{_Y}", _either_first),
    _form(rf"{_D}(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH}\.?(?:,?[ -](?P<y>[0-9]{{4}}))?", _with_month),
    _form(rf"{_MONTH}\.? {_D}(?:st|nd|rd|th)?(?:,? (?P<y>[0-9]{{4}}))?", _with_month),
    _form(rf"end of {_MONTH}(?: (?P<y>[0-9]{{4}}))?", _month_end),
    _form(rf"(?:(?:in|for|another) )?{_COUNT} {_UNIT}(?P<ago> ago)?", _away),
    _form(rf"(?P<named>{'|'.join(name.replace('of ', 'of (?:the |this )?') for name in _NAMED)})", _named),
    _form(rf"(?:(?P<which>next|this|coming|last) )?{_WEEKDAY}", _weekday),
)
