"""Raw values and typed text -> a typed answer, or what is wrong in plain words; it must not know of platforms."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.core.days import parse_day
from bot.core.questionnaire import Kind, Option, Question
from bot.core.records import PersonId
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value

UNKNOWN, NOT_APPLICABLE, NONE = "unknown", "na", "none"
TEXT_LIMIT = 140  # characters of a one-line text that names no limit of its own
LONG_LIMIT = 500
LINK_LIMIT = 2000  # the shortest that every browser takes
READ_AT_MOST = 10_000  # characters looked at; more can only be too long
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)  # beyond these a date is a slip of the keyboard

_UNKNOWN_WORDS = frozenset(
    {"unknown", "i don't know", "i dont know", "don't know", "dont know", "not known", "?"}
)
_NONE_WORDS = frozenset(
    {"none", "no date", "no date yet", "not measured", "not measured yet", "not yet", "no"}
)
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[, '\u00a0\u202f]\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a value cannot be an answer, and what would be one."""

    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an answer may need: today's date where the person is, and who could be meant by a name."""

    today: date
    people: Mapping[PersonId, str] = field(default_factory=dict)


def read(question: Question, raw: Any, reading: Reading) -> Value | Wrong | None:
    """The answer in a raw value (text, list of texts, number, truth value), None where there is none."""
    if raw is None or raw in ("", [], ()):
        return None
    if isinstance(raw, (list, tuple)):
        return _several(question, [str(part)[:READ_AT_MOST] for part in raw])
    text = tidy(str(raw))
    if not text:
        return None
    match question.kind:
        case Kind.SINGLE:
            return _one(question.options, text)
        case Kind.MULTI:
            return _several(question, [part.strip() for part in text.split(",") if part.strip()])
        case Kind.YESNO:
            return _yes_or_no(text)
        case Kind.LEVEL:
            return _level(question, text)
        case Kind.TEXT | Kind.LONGTEXT:
            return _text(question, text)
        case Kind.NUMBER:
            return _number(question, text)
        case Kind.DATE:
            return _date(question, text, reading.today)
        case Kind.PERSON:
            return _person(text, reading.people)
        case Kind.LINK:
            return link_in(text)
        case Kind.INFO:
            return None


_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def tidy(text: str) -> str:
    """Text as people meant it: no control, zero-width or direction-override characters, single line ends.

    Line breaks stay; everything else that does not show goes, so that nothing hidden travels into a digest.
    """
    text = _LINE_ENDS.sub("\n", text[:READ_AT_MOST])
    kept = (c for c in text if c in "\n\t" or not unicodedata.category(c).startswith("C") or c == "\u200d")
    return "".join(kept).replace("\t", " ").strip()


def one_line(text: str) -> str:
    """The same for a name, which is on one line wherever it is shown."""
    return " ".join(tidy(text).split())


def _one(options: Sequence[Option], text: str) -> str | Wrong:
    """By slug, by label, by the start of exactly one label, or by its number in the list."""
    wanted = text.casefold()
    for option in options:
        if wanted in (option.slug, option.label.casefold()):
            return option.slug
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:4]) <= len(options):
        return options[int(wanted[:4]) - 1].slug
    starts = [option for option in options if option.label.casefold().startswith(wanted)]
    if len(starts) == 1:
        return starts[0].slug
    return Wrong(f"“{_short(text)}” is not one of the choices. Choose one: {_listed(options)}.")


def _several(question: Question, texts: Sequence[str]) -> tuple[str, ...] | Wrong:
    if question.kind is not Kind.MULTI:
        return Wrong("Only one answer fits here. Choose one.")
    chosen: list[str] = []
    for text in texts[: len(question.options) + 1]:
        found = _one(question.options, tidy(text))
        if isinstance(found, Wrong):
            return found
        chosen.append(found)
    if NONE in chosen and len(set(chosen)) > 1:
        label = next(option.label for option in question.options if option.slug == NONE)
        return Wrong(f"“{label}” does not go with the others. Choose either.")
    order = [option.slug for option in question.options]
    return tuple(sorted(set(chosen), key=order.index)) or Wrong("Choose at least one.")


def _yes_or_no(text: str) -> bool | Wrong:
    word = text.casefold().rstrip(".!")
    if word in _YES or word in _NO:
        return word in _YES
    return Wrong("Answer yes or no.")


def _level(question: Question, text: str) -> Value | Wrong:
    word = text.casefold().replace("’", "'").rstrip(".!")
    if word in _UNKNOWN_WORDS:
        return NotKnown()
    first, _, reason = text.partition(":")
    if first.casefold().strip() in (NOT_APPLICABLE, "does not apply"):
        return _not_applicable(question, reason.strip())
    if re.fullmatch(r"[0-4]", word):
        return int(word)
    found = next((option for option in question.options if option.label.casefold() == word), None)
    if found is not None:
        return int(found.slug)
    return Wrong("Choose a level from 0 to 4, or “I don't know”.")


def _not_applicable(question: Question, reason: str) -> Value | Wrong:
    if not question.may_not_apply:
        return Wrong(
            "This one must be met before production, so it always applies. Choose a level, or “I don't know”."
        )
    return NotApplicable(reason[:TEXT_LIMIT])


def _text(question: Question, text: str) -> str | Wrong:
    limit = question.limit or (LONG_LIMIT if question.kind is Kind.LONGTEXT else TEXT_LIMIT)
    if question.kind is Kind.TEXT:
        text = " ".join(text.split())
    if len(text) > limit:
        over = f"{len(text):,}" if len(text) < READ_AT_MOST else f"more than {READ_AT_MOST:,}"
        return Wrong(f"Please shorten this to {limit} characters; it has {over}.")
    return text


def _number(question: Question, text: str) -> Value | Wrong:
    if question.none_label and text.casefold() in (*_NONE_WORDS, question.none_label.casefold()):
        return NoneYet()
    number = number_in(text)
    if number is None:
        also = f", or “{question.none_label}”" if question.none_label else ""
        return Wrong(f"“{_short(text)}” is not a number. Write digits, for example 12{also}.")
    if question.low is not None and number < question.low:
        return Wrong(f"The smallest number that fits is {question.low:g}.")
    if question.high is not None and number > question.high:
        return Wrong(f"The largest number that fits is {question.high:g}.")
    return int(number) if number.is_integer() else number


def number_in(text: str) -> float | None:
    """The number in a text, with a decimal point or comma and with or without thousands marks."""
    text = text.strip().rstrip("%").strip()
    if len(text) > 24:  # longer than any count or amount somebody types by hand
        return None
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[, '\u00a0\u202f]", "", text)
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def _date(question: Question, text: str, today: date) -> Value | Wrong:
    if question.none_label and text.casefold() in (*_NONE_WORDS, question.none_label.casefold()):
        return NoneYet()
    day = parse_day(text, today)
    if not isinstance(day, date):
        return Wrong(f"“{_short(text)}” is not a date that I can read. Write it like {today.isoformat()}.")
    if not EARLIEST <= day < LATEST:
        return Wrong(f"{day.isoformat()} cannot be meant. Check the year.")
    return _within(question, day, today)


def _within(question: Question, day: date, today: date) -> date | Wrong:
    """The day, if the question's bounds (days from today) allow it."""
    ahead = (day - today).days
    if question.low is not None and ahead < question.low:
        return Wrong(f"The earliest day that fits is {(today + timedelta(days=question.low)).isoformat()}.")
    if question.high is not None and ahead > question.high:
        return Wrong(f"The latest day that fits is {(today + timedelta(days=question.high)).isoformat()}.")
    return day


def _person(text: str, people: Mapping[PersonId, str]) -> str | Wrong:
    wanted = text.lstrip("@").strip()
    if wanted.isascii() and wanted.isdigit() and int(wanted[:18]) in people:
        return wanted
    by_name = {person: name.casefold() for person, name in people.items()}
    exact = [person for person, name in by_name.items() if name == wanted.casefold()]
    near = exact or [person for person, name in by_name.items() if wanted.casefold() in name]
    if len(near) == 1:
        return str(near[0])
    if near:
        names = ", ".join(sorted(people[person] for person in near)[:5])
        return Wrong(f"Several people fit “{_short(wanted)}”: {names}. Write the whole name.")
    return Wrong(f"I know nobody called “{_short(wanted)}”. Write the name as it stands in the chat.")


def link_in(text: str) -> str | Wrong:
    """The web address in a text that holds nothing else."""
    if " " in text or "\n" in text:
        return Wrong("Give the link alone, without other words.")
    address = text if "://" in text else f"https://{text}"
    try:
        scheme, host = urlsplit(address).scheme, urlsplit(address).hostname or ""
    except ValueError:
        scheme, host = "", ""
    if scheme not in ("http", "https") or "." not in host or len(address) > LINK_LIMIT:
        return Wrong("That is not a web link. It starts with https:// and names a site.")
    return address


def _listed(options: Sequence[Option]) -> str:
    return "; ".join(option.label for option in options[:6]) + (
        "; …" if len(options) > 6 else ""
    )  # a message must stay readable


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"  # enough to recognise one's own words
