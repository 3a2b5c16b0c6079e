"""Pilots and answers as rows, and rows as CSV or JSON lines, one by one; it must not know where they are written.

CSV is RFC 4180 with the escaping of OWASP ASVS 5.0, 1.2.10: a text that a spreadsheet would run as a formula gets an
apostrophe in front. The import takes it off again, so an exported file imports without a change.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.core.pilotmap import FIELDS
from bot.core.ports import Unit
from bot.core.questionnaire import FREE_TEXT, Kind, Question, Questionnaire
from bot.core.records import Asked, Given, Person, PersonId, Pilot, PilotId
from bot.core.values import Json, NoneYet, NotApplicable, NotKnown, Value, encode
from bot.log import safe
from bot.service.importing.cells import in_words

Cell = None | bool | int | float | str | date | tuple[str, ...] | list[Json] | dict[str, Json]
Row = Mapping[str, Cell]

PILOT_COLUMNS: Mapping[str, str] = {name: field.heading for name, field in FIELDS.items()}
ANSWER_COLUMNS: Mapping[str, str] = {
    "pilot": "Pilot key",
    "pilot_name": "Pilot",
    "questionnaire": "Questionnaire",
    "checkin": "Check-in",
    "slot": "Due",
    "question": "Question id",
    "question_text": "Question",
    "value": "Value",
    "words": "Answer",
    "person": "Answered by",
    "at": "Answered at",
    "revision": "Revision",
    "superseded": "Superseded",
    "withheld": "Text withheld",
}
DECISION_COLUMNS: Mapping[str, str] = {
    "pilot": "Pilot key",
    "pilot_name": "Pilot",
    "at": "Decided at",
    "choice": "Decision",
    "reason": "Reason",
    "person": "Decided by",
    "role": "As",
    "due": "Was due",
    "until": "Until",
    "text": "In their words",
    "lesson": "Learned",
    "reuse": "Reusable",
    "closed": "Switched off",
    "into": "Merged into",
    "suggested": "Suggested",
    "stage_before": "Stage before",
    "stage_after": "Stage after",
    "overall": "Readiness",
    "dimensions": "By dimension",
    "signals": "Signals",
    "form": "Questionnaire",
    "policy": "Policy version",
    "model": "Model version",
    "withheld": "Text withheld",
}
BOM = "\ufeff"  # tells Excel that the file is UTF-8
EVERYTHING = 1_000_000  # check-ins of one pilot: a weekly one needs 19,000 years for it
TAKEN_BACK = "(taken back)"

# The characters of ASVS 1.2.10, line feeds, and the wide forms that East Asian spreadsheets take for the same. Leading
# apostrophes count too, so that what is put in front can be told from what was there.
_STEERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_RUNS = re.compile(r"'*[=+\-@\t\r\n\x00＝＋－＠]")


def pilots_rows(unit: Unit) -> Iterator[dict[str, Cell]]:
    """Every pilot by name: field -> value, the fields of `PILOT_COLUMNS`."""
    people = {person.id: person for person in unit.people()}
    for pilot in unit.pilots():
        yield {name: _field(pilot, name, people) for name in FIELDS}


def _field(pilot: Pilot, name: str, people: Mapping[PersonId, Person]) -> Cell:
    role, email, _ = name.partition("_email")
    value = getattr(pilot, role)
    if FIELDS[name].sort == "person":
        person = people.get(value)
        return None if person is None else (person.email or None) if email else person.name
    return None if value == date.min else value  # an unknown day


def decisions_rows(unit: Unit, *, with_texts: bool = False) -> Iterator[dict[str, Cell]]:
    """Every decision with what it rests on, the oldest first: the fields of `DECISION_COLUMNS`.

    A lesson was written for others to read; what was written to the pilot's people only comes `with_texts`.
    """
    people = {person.id: person.name for person in unit.people()}
    pilots = {pilot: (key, name) for pilot, key, name in unit.pilot_names()}
    for made in reversed(unit.decisions(limit=EVERYTHING)):
        key, name = pilots.get(made.pilot, ("", ""))
        hidden = bool(made.text) and not with_texts
        plain = ("choice", "reason", "role", "due", "until", "lesson", "reuse", "closed", "into", "suggested")
        yield {
            "pilot": key,
            "pilot_name": name,
            "at": made.at.isoformat(),
            "person": people.get(made.by, ""),
            **{field: getattr(made, field) for field in plain},
            **{
                field: getattr(made, field) for field in ("stage_before", "stage_after", "overall", "signals")
            },
            **{field: getattr(made, field) for field in ("form", "policy", "model")},
            "dimensions": dict(made.dimensions),
            "text": "" if hidden else made.text,
            "withheld": hidden,
        }


def answers_rows(
    unit: Unit, *, with_texts: bool = False, pilot: PilotId | None = None, questionnaire: str = ""
) -> Iterator[dict[str, Cell]]:
    """Every answer ever given, by pilot and time: the fields of `ANSWER_COLUMNS`.

    What people wrote in their own words is left out, and said to be, unless `with_texts`: it was given in confidence.
    """
    people = {person.id: person.name for person in unit.people()}
    forms: dict[tuple[str, int], Questionnaire | None] = {}
    for found in [unit.pilot(pilot)] if pilot is not None else unit.pilots():
        history = unit.history(found.id, questionnaire=questionnaire, limit=EVERYTHING) if found else ()
        for asked in reversed(history):
            edition = asked.questionnaire, asked.version
            if edition not in forms:
                forms[edition] = unit.form(*edition)
            for row in _answers(asked, unit.given(asked.id), forms[edition], people, with_texts=with_texts):
                yield {"pilot": found.key if found else "", "pilot_name": found.name if found else "", **row}


def _answers(
    asked: Asked,
    given: Sequence[Given],
    form: Questionnaire | None,
    people: Mapping[PersonId, str],
    *,
    with_texts: bool,
) -> Iterator[dict[str, Cell]]:
    last = {answer.question: number for number, answer in enumerate(given)}
    for number, answer in enumerate(given):
        question = form.question(answer.question) if form else None
        hidden = not with_texts and _in_own_words(question, answer.value)
        yield {
            "questionnaire": f"{asked.questionnaire}@{asked.version}",
            "checkin": asked.id,
            "slot": asked.slot.isoformat(),
            "question": answer.question,
            "question_text": question.text if question else "",
            "value": None if hidden else _raw(answer.value),
            "words": "" if hidden else value_in_words(question, answer.value, people),
            "person": people.get(answer.by, ""),
            "at": answer.at.isoformat(),
            "revision": answer.revision,
            "superseded": last[answer.question] != number,
            "withheld": hidden,
        }


def _in_own_words(question: Question | None, value: Value | None) -> bool:
    """Free text, the reason why something does not apply, and every text whose question is no longer known."""
    if isinstance(value, NotApplicable):
        return bool(value.reason)
    if value is None or isinstance(value, (NotKnown, NoneYet)):
        return False
    return isinstance(value, (str, tuple)) if question is None else question.kind in FREE_TEXT


def _raw(value: Value | None) -> Cell:
    return None if value is None else encode(value)


def value_in_words(question: Question | None, value: Value | None, people: Mapping[PersonId, str]) -> str:
    """An answer as the person saw it: the labels of options, names of people, plain words."""
    match value:
        case None:
            return TAKEN_BACK
        case NotKnown():
            return "I don't know"
        case NotApplicable(reason):
            return f"Does not apply: {reason}" if reason else "Does not apply"
        case NoneYet():
            return (question.none_label if question else "") or "None yet"
        case tuple():
            return "; ".join(_label(question, part) for part in value)
        case str() if question is not None and question.kind is Kind.PERSON:
            return people.get(int(value), value) if value.isdecimal() else value
        case str():
            return _label(question, value)
        case int() if question is not None and question.kind is Kind.LEVEL:
            return _label(question, str(value))
        case _:
            return in_words(value)


def _label(question: Question | None, slug: str) -> str:
    option = question.option(slug) if question else None
    return option.label if option else slug


# --- writing --------------------------------------------------------------------------------------------------------


def csv_lines(rows: Iterable[Row], columns: Mapping[str, str], *, bom: bool = False) -> Iterator[str]:
    """RFC 4180 records, each with its line end: a header, then a record for each row. `bom` is for Excel."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    if bom:
        line.write(BOM)
    for record in _records(rows, columns):
        writer.writerow(record)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _records(rows: Iterable[Row], columns: Mapping[str, str]) -> Iterator[Sequence[str | int | float]]:
    yield [neutral(heading) for heading in columns.values()]
    for row in rows:
        yield [_csv_cell(row.get(name)) for name in columns]


def _csv_cell(value: Cell) -> str | int | float:
    """Numbers stay numbers, even negative ones; every text is made harmless."""
    match value:
        case bool():
            return in_words(value)
        case int() | float():
            return value
        case list() | dict():
            return neutral(json.dumps(value, ensure_ascii=False))
        case _:
            return neutral(in_words(value))


def neutral(text: str) -> str:
    """A text that no spreadsheet runs as a formula, and that steers no terminal the file is shown in."""
    shown = _STEERS.sub("", text)
    return f"'{shown}" if _RUNS.match(shown) else shown


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object a line; texts stay as they are, and what a terminal might obey is escaped."""
    for row in rows:
        found = {name: _json_cell(value) for name, value in row.items()}
        yield safe(json.dumps(found, ensure_ascii=False)) + "\n"


def _json_cell(value: Cell) -> Json:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value
