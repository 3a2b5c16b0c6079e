"""One cell's text -> the value of a field, with every repair and refusal said; it must not know of rows or pilots."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from bot.core.pilotmap import Field, Sort
from bot.core.questionnaire import SIDE_STAGES, STAGE_NAMES, STAGES
from bot.service.importing.days import Reading, day_of
from bot.service.importing.faults import Remark, Verdict, listed, nearest, rejected, repaired
from bot.service.importing.text import (
    fold,
    is_empty,
    many_lines,
    one_line,
    slug,
    unguarded,
    visible,
    word_fold,
)
from bot.service.importing.words import NO_WORDS, RISK_WORDS, STAGE_WORDS, YES_WORDS

Value = str | int | float | bool | date | tuple[str, ...]

EMPTY = "stands for nothing: left empty"
NOT_OVER = "in the future, though it should be over"
LARGEST = 1e15  # beyond this a float no longer holds every whole number
TAGS = 20  # tags on one pilot; more is a text in the wrong column
NUMBER_LENGTH = 40

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:[, '’\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_COMMA_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:[.' \u00a0\u202f]\d{3})+|\d+),\d{1,2}")
_UNITS = re.compile(r"^[~≈$€£¥\s]+|[\s%$€£¥]+$")
_STAGES = {
    **{word: stage for stage, words in STAGE_WORDS.items() for word in words},
    **{word_fold(name): stage for stage, name in STAGE_NAMES.items()},
    **{stage: stage for stage in STAGES + SIDE_STAGES},
}
_RISKS = {word: risk for risk, words in RISK_WORDS.items() for word in (risk, *words)}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell gave: no value when it was empty or refused."""

    value: Value | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something was in the cell that could not be taken."""
        return any(remark.verdict is Verdict.REJECTED for remark in self.remarks)


def parse(field: Field, text: str, *, today: date, days: Reading) -> Parsed:
    """The value of a cell. `today` refuses days that should be over, `days` says how the column's dates are read."""
    match field.sort:
        case Sort.PAST | Sort.AHEAD:
            return _day(field, text, today, days)
        case Sort.TEXT | Sort.LINE | Sort.KEY | Sort.PERSON | Sort.TAGS:
            return _empty(text) or _words(field, text)
        case Sort.STAGE:
            return _empty(text) or _choice(text, _STAGES, STAGE_NAMES)
        case Sort.RISK:
            return _empty(text) or _choice(text, _RISKS, {risk: risk for risk in RISK_WORDS})
        case Sort.NUMBER | Sort.COUNT:
            return _empty(text) or _number(text, whole=field.sort is Sort.COUNT)
        case Sort.YESNO:
            return _empty(text) or _yes_or_no(text)
    assert_never(field.sort)


def _empty(text: str) -> Parsed | None:
    """A cell in which nothing is, or that says so in words; None for every other."""
    shown = visible(unguarded(text, [])).strip() if len(text) < NUMBER_LENGTH else text
    if not shown:
        return Parsed()
    return Parsed(None, (repaired(EMPTY, ""),)) if len(shown) < NUMBER_LENGTH and is_empty(shown) else None


def _words(field: Field, text: str) -> Parsed:
    remarks: list[Remark] = []
    value: Value
    match field.sort:
        case Sort.TEXT:
            value = many_lines(text, field.limit, remarks)
        case Sort.KEY:
            value = _key(text, field.limit, remarks)
        case Sort.TAGS:
            value = _tags(text, field.limit, remarks)
        case _:
            value = one_line(text, field.limit, remarks)
    return Parsed(value or None, tuple(remarks))


def _key(text: str, limit: int, remarks: list[Remark]) -> str:
    key = slug(text, limit)
    if not key:
        remarks.append(rejected("no short name", "Use letters, digits and hyphens, such as fraud-check."))
    elif key != text.strip():
        remarks.append(repaired("a short name has small letters, digits and hyphens", key))
    return key


def split_tags(text: str) -> list[str]:
    """The parts of a list of tags: between semicolons or bars where there are any, else commas or line breaks."""
    return re.split(r"[;|]" if re.search(r"[;|]", text) else r"[,\n]", text)


def _tags(text: str, limit: int, remarks: list[Remark]) -> tuple[str, ...]:
    """Each tag once, however it is written."""
    tags: dict[str, str] = {}
    for part in split_tags(text):
        tag = one_line(part, limit, remarks)
        if tag and not is_empty(tag):
            tags.setdefault(fold(tag), tag)
    if len(tags) > TAGS:
        remarks.append(
            repaired(f"more than {TAGS} tags: the rest was left out", "; ".join(list(tags.values())[:TAGS]))
        )
    return tuple(list(tags.values())[:TAGS])


def _choice(text: str, words: Mapping[str, str], names: Mapping[str, str]) -> Parsed:
    folded = word_fold(text[:200])
    found = words.get(folded)
    if found is None:
        near = words.get(nearest(folded, words), "")
        fix = f"Did you mean {near}? " if near else ""
        choices = listed(names)
        return Parsed(
            None,
            (rejected("not one of the words known here", f"{fix}Use {choices}, or list it in the map."),),
        )
    if folded in (found, word_fold(names[found])):
        return Parsed(found)
    return Parsed(found, (repaired(f"read as {names[found]}", found),))


def _number(text: str, *, whole: bool) -> Parsed:
    shown = visible(text).strip().lstrip("'")
    bare = _UNITS.sub("", shown[:NUMBER_LENGTH])
    number = _plain_number(bare) if len(shown) <= NUMBER_LENGTH else None
    if number is None or not math.isfinite(number) or abs(number) > LARGEST:
        return Parsed(None, (rejected("not a number", "Write digits only, such as 1250 or 12.5."),))
    if whole and (number < 0 or number != int(number)):
        return Parsed(None, (rejected("not a whole number of 0 or more", "Write digits only, such as 120."),))
    value = int(number) if whole else number
    said = (repaired("read as a plain number", in_words(value)),) if bare != shown else ()
    return Parsed(value, said)


def _plain_number(text: str) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(re.sub(r"[^\d.+-]", "", text))
    if _COMMA_NUMBER.fullmatch(text):
        return float(re.sub(r"[^\d,+-]", "", text).replace(",", "."))
    try:
        return float(text) if re.fullmatch(r"[-+]?\d+(\.\d+)?[eE][-+]?\d{1,3}", text) else None
    except ValueError:
        return None


def _yes_or_no(text: str) -> Parsed:
    word = visible(text[:NUMBER_LENGTH]).strip().casefold()
    if word in YES_WORDS or word in NO_WORDS:
        return Parsed(word in YES_WORDS)
    return Parsed(None, (rejected("neither yes nor no", "Write yes or no."),))


def _day(field: Field, text: str, today: date, days: Reading) -> Parsed:
    day, remarks = day_of(text, days)
    if day is not None and field.sort is Sort.PAST and day > today:
        return Parsed(
            None, (rejected(NOT_OVER, f"{day.isoformat()} is to come. Put plans into the target date."),)
        )
    return Parsed(day, remarks)


def in_words(value: object) -> str:
    """A value as an export writes it and a report shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case float():
            return repr(value).removesuffix(".0")
        case tuple():
            joined = "; ".join(value)
            return f"{joined};" if len(value) == 1 and "," in joined else joined
        case _:
            return str(value)
