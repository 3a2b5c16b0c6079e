"""Which screens and questions apply, in order; derived from the answers every time and never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from bot.core.questionnaire import (
    All,
    AnyOf,
    Check,
    Condition,
    Kind,
    Not,
    Question,
    QuestionId,
    Questionnaire,
    Scalar,
    Screen,
    Source,
    Test,
)
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value

Answers = Mapping[QuestionId, Value]
Fact = Scalar | date | tuple[str, ...]

WHY_NOT = ".why_not"  # added to the id of a level question answered "Does not apply": asks the reason
WHY_NOT_LIMIT = 140  # characters, as for every one-line text


@dataclass(frozen=True, slots=True)
class Record:
    """What conditions may look at beside the answers.

    `pilot` holds the pilot's fields by name, `last` the answers of the check-in before, `focus` the readiness items
    picked, `role` what the person asked is to the pilot.
    """

    pilot: Mapping[str, Fact] = field(default_factory=dict)
    last: Answers = field(default_factory=dict)
    focus: frozenset[str] = frozenset()
    role: str = ""


def path(form: Questionnaire, answers: Answers, record: Record) -> tuple[Screen, ...]:
    """The screens that apply under these answers, each with just the questions that apply.

    A condition sees answers of earlier screens alone, and only of questions that are themselves on the path: an
    answer that a correction has hidden steers nothing.
    """
    screens: list[Screen] = []
    seen: dict[QuestionId, Value] = {}
    for screen in form.screens:
        if not holds(screen.when, seen, record):
            continue
        questions = tuple(question for question in screen.questions if holds(question.when, seen, record))
        for part in (replace(screen, questions=questions), _why_not(screen, questions, answers)):
            if any(question.kind is not Kind.INFO for question in part.questions):
                screens.append(part)
                seen |= {q.id: answers[q.id] for q in part.questions if q.id in answers}
    return tuple(screens)


def on_path(screens: tuple[Screen, ...]) -> dict[QuestionId, Question]:
    """The answerable questions of a path by id, in the order asked."""
    return {q.id: q for screen in screens for q in screen.questions if q.kind is not Kind.INFO}


def holds(condition: Condition | None, answers: Answers, record: Record) -> bool:
    """Whether a condition is true. A test of a value that is not there never holds, except `given: false`."""
    match condition:
        case None:
            return True
        case All(parts):
            return all(holds(part, answers, record) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers, record) for part in parts)
        case Not(part):
            return not holds(part, answers, record)
        case Check():
            return _check(condition, answers, record)
    assert_never(condition)


def _check(check: Check, answers: Answers, record: Record) -> bool:
    if check.source is Source.FOCUS:
        return (check.name in record.focus) is bool(check.operand)
    if check.source is Source.ROLE:
        return _compare(check, record.role, record)
    found = _found(check, answers, record)
    if check.test is Test.GIVEN:
        return (found is not None) is bool(check.operand)
    return found is not None and _compare(check, found, record)


def _found(check: Check, answers: Answers, record: Record) -> Value | None:
    if check.source is Source.ANSWER:
        return answers.get(check.name)
    if check.source is Source.LAST:
        return record.last.get(check.name)
    return record.pilot.get(check.name)


def _compare(check: Check, value: Value, record: Record) -> bool:
    match check.test:
        case Test.IS | Test.ANY_OF:
            return _among(value, check.operand)
        case Test.IS_NOT | Test.NONE_OF:
            return not _among(value, check.operand)
        case Test.AT_LEAST:
            return _number(value) is not None and _number(value) >= check.operand  # type: ignore[operator]  # lint proves operands of AT_LEAST are numbers
        case Test.AT_MOST:
            return _number(value) is not None and _number(value) <= check.operand  # type: ignore[operator]  # as above
        case Test.GIVEN:
            return bool(check.operand)
        case Test.LATER_BY_DAYS:
            return _later(value, record.pilot.get(check.than), check.operand)
        case Test.SAME_AS_LAST:
            return (record.last.get(check.name) == value) is bool(check.operand)
        case Test.FALLS_BY:
            return _moved(value, record.last.get(check.name), check.operand, down=True)
        case Test.RISES_BY:
            return _moved(value, record.last.get(check.name), check.operand, down=False)
    assert_never(check.test)


def _among(value: Value, operand: Scalar | tuple[Scalar, ...]) -> bool:
    wanted = operand if isinstance(operand, tuple) else (operand,)
    if isinstance(value, tuple):
        return any(part in wanted for part in value)
    return _plain(value) in wanted


def _plain(value: Value) -> Scalar | None:
    """A value as a condition writes it: the special answers go by the words unknown, na and none."""
    match value:
        case NotKnown():
            return "unknown"
        case NotApplicable():
            return "na"
        case NoneYet():
            return "none"
        case date():
            return value.isoformat()
        case tuple():
            return None
    return value


def _number(value: Value | None) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _later(value: Value, than: Fact | None, days: Scalar | tuple[Scalar, ...]) -> bool:
    if not isinstance(value, date) or not isinstance(than, date) or not isinstance(days, (int, float)):
        return False
    return (value - than).days > days


def _moved(value: Value, last: Value | None, by: Scalar | tuple[Scalar, ...], *, down: bool) -> bool:
    now, before = _number(value), _number(last)
    if now is None or before is None or not isinstance(by, (int, float)):
        return False
    return (before - now if down else now - before) >= by


def _why_not(screen: Screen, questions: tuple[Question, ...], answers: Answers) -> Screen:
    """The screen that asks why, for every "Does not apply" of `questions` that came without a reason."""
    bare = [
        q for q in questions if isinstance(given := answers.get(q.id), NotApplicable) and not given.reason
    ]
    asked = tuple(
        Question(
            id=q.id + WHY_NOT,
            kind=Kind.TEXT,
            text=f"Why does this not apply? ({q.text})",
            required=True,
            limit=WHY_NOT_LIMIT,
            private=True,
        )
        for q in bare
    )
    return Screen(screen.id + WHY_NOT, screen.title, asked)
