"""Questions that can never be asked: conditions against themselves, worked out; it must not know what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from bot.content.conditions import RISKS, specials
from bot.content.forms import Draft
from bot.content.problem import Page, listed, quote
from bot.core.questionnaire import (
    LEVELS,
    ROLES,
    SIDE_STAGES,
    STAGES,
    All,
    AnyOf,
    Check,
    Condition,
    Kind,
    Not,
    Question,
    QuestionId,
    Scalar,
    Source,
    Test,
    checks,
)

Literal = tuple[Check, bool]  # a check, and whether it has to hold
Case = tuple[Literal, ...]  # all of these at once
Values = Sequence[Scalar | None]  # None stands for "not answered"
CASES = 2000  # more ways than this to reach a question: it is taken as reachable
BLANK: tuple[Case, ...] = ((),)


def check(page: Page, draft: Draft) -> None:
    """Note every screen and question that no answers lead to. Questions with other problems are passed over."""
    reached: dict[QuestionId, tuple[Case, ...]] = {}
    questions = {question.id: question for question in draft.form.questions()}
    for screen in draft.form.screens:
        screen_cases = _cases(screen.when, reached, questions)
        if not screen_cases and not _clouded(screen.when, draft):
            fix = f"change its condition{_because(screen.when, reached, questions)}"
            page.note(
                draft.lines[f"screen:{screen.id}"], f"screen {quote(screen.id)} can never be shown", fix
            )
        found: dict[QuestionId, tuple[Case, ...]] = {}
        for question in screen.questions:
            own = _cases(question.when, reached, questions)
            found[question.id] = cases = _possible(_joined(screen_cases, own), questions)
            if screen_cases and not cases and not _clouded(question.when, draft):
                fix = f"change its condition{_because(question.when, reached, questions)}"
                line = draft.lines[f"question:{question.id}"]
                page.note(line, f"question {quote(question.id)} can never be asked", fix)
        reached |= found


def _clouded(condition: Condition | None, draft: Draft) -> bool:
    """Whether it looks at something that has a problem of its own."""
    return any(each.name in draft.broken for each in checks(condition))


def _because(
    condition: Condition | None,
    reached: Mapping[QuestionId, tuple[Case, ...]],
    questions: Mapping[QuestionId, Question],
) -> str:
    names = {each.name for each in checks(condition) if each.source is Source.ANSWER}
    never = sorted(name for name in names if reached.get(name) == ())
    if never:
        return f": {listed(map(quote, never), 'and')} can never be answered"
    return ": its parts exclude each other" if questions else ""


def _cases(
    condition: Condition | None,
    reached: Mapping[QuestionId, tuple[Case, ...]],
    questions: Mapping[QuestionId, Question],
) -> tuple[Case, ...]:
    """The ways in which a condition can hold, each with what it takes to be asked what it looks at."""
    cases: list[Case] = []
    for case in _spread(condition, wanted=True):
        ways = [case]
        for each, wanted in case:
            if wanted and each.source is Source.ANSWER and not _absent(each):
                ways = list(_joined(ways, reached.get(each.name, BLANK)))
        cases += ways
    return _possible(cases, questions)


def _absent(each: Check) -> bool:
    return each.test is Test.GIVEN and not each.operand


def _spread(condition: Condition | None, *, wanted: bool) -> tuple[Case, ...]:
    """The condition as alternatives of single checks (disjunctive normal form), `not` pushed down to the checks."""
    match condition:
        case None:
            return BLANK
        case Check():
            return (((condition, wanted),),)
        case Not(part):
            return _spread(part, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            spread = [_spread(part, wanted=wanted) for part in parts]
            if isinstance(condition, All) is wanted:
                return _all(spread)
            return tuple(case for cases in spread for case in cases)


def _all(spread: Iterable[tuple[Case, ...]]) -> tuple[Case, ...]:
    cases: tuple[Case, ...] = BLANK
    for more in spread:
        cases = _joined(cases, more)
    return cases


def _joined(left: Sequence[Case], right: Sequence[Case]) -> tuple[Case, ...]:
    """Every pair together; when there are too many, nothing is held against them."""
    if len(left) * len(right) > CASES:
        return BLANK
    return tuple(tuple(dict.fromkeys((*one, *other))) for one, other in product(left, right))


def _possible(cases: Iterable[Case], questions: Mapping[QuestionId, Question]) -> tuple[Case, ...]:
    return tuple(case for case in cases if _consistent(case, questions))


def _consistent(case: Case, questions: Mapping[QuestionId, Question]) -> bool:
    """Whether one value of each thing looked at satisfies all that is asked of it."""
    by_thing: dict[tuple[Source, str], list[Literal]] = {}
    for literal in case:
        by_thing.setdefault((literal[0].source, literal[0].name), []).append(literal)
    return all(_satisfiable(literals, questions) for literals in by_thing.values())


def _satisfiable(literals: Sequence[Literal], questions: Mapping[QuestionId, Question]) -> bool:
    holding = {check for check, wanted in literals if wanted}
    if holding & {check for check, wanted in literals if not wanted}:
        return False
    first = literals[0][0]
    question = questions.get(first.name) if first.source in (Source.ANSWER, Source.LAST) else None
    if question is not None and question.kind is Kind.MULTI:
        return True  # several options at once: only a check against its own opposite is found
    values = _values(first, [check for check, _ in literals], question)
    return any(all(_holds(check, value) in (wanted, None) for check, wanted in literals) for value in values)


def _values(first: Check, asked: Iterable[Check], question: Question | None) -> Values:
    """Values worth trying: every option there is, or those around the operands."""
    if question is not None and question.kind is Kind.LEVEL:
        return (None, *LEVELS, *specials(question))
    if question is not None and question.options:
        return (None, *(option.slug for option in question.options))
    if question is not None and question.kind is Kind.YESNO:
        return (None, True, False)
    if first.source is Source.ROLE:
        return ROLES
    if first.source is Source.PILOT and first.name in ("stage", "risk"):
        return (None, *STAGES, *SIDE_STAGES) if first.name == "stage" else (None, *RISKS)
    bounds = (question.low, question.high) if question else (None, None)
    return (
        None,
        "some other text",
        *_numbers(asked, bounds),
        *_texts(asked),
        *(specials(question) if question else ()),
    )


def _texts(asked: Iterable[Check]) -> Iterator[Scalar]:
    for check in asked:
        yield from (operand for operand in _operands(check) if isinstance(operand, str))


def _numbers(asked: Iterable[Check], bounds: tuple[float | None, float | None]) -> Iterator[Scalar]:
    """Numbers at and just beside every operand, within the question's bounds."""
    low, high = bounds
    for check in asked:
        for operand in _operands(check):
            if isinstance(operand, int | float) and not isinstance(operand, bool):
                near = (operand - 0.5, operand, operand + 0.5)
                yield from (n for n in near if (low is None or n >= low) and (high is None or n <= high))


def _operands(check: Check) -> tuple[Scalar, ...]:
    return check.operand if isinstance(check.operand, tuple) else (check.operand,)


def _holds(check: Check, value: Scalar | None) -> bool | None:
    """Whether a check holds for a value, as `bot.core.routing` reads it; None where the value does not tell."""
    if check.source is Source.FOCUS:
        return None
    if check.test is Test.GIVEN:
        return (value is not None) is bool(check.operand)
    if value is None:
        return False
    match check.test:
        case Test.IS | Test.ANY_OF:
            return value in _operands(check)
        case Test.IS_NOT | Test.NONE_OF:
            return value not in _operands(check)
        case Test.AT_LEAST | Test.AT_MOST | Test.FALLS_BY | Test.RISES_BY:
            return _compares(check, value)
        case Test.LATER_BY_DAYS | Test.SAME_AS_LAST:
            return None


def _compares(check: Check, value: Scalar) -> bool:
    bound = _operands(check)[0]
    if isinstance(value, str | bool) or isinstance(bound, str):
        return False
    match check.test:
        case Test.AT_LEAST:
            return value >= bound
        case Test.AT_MOST:
            return value <= bound
        case Test.FALLS_BY:
            return value <= max(LEVELS) - bound
        case _:
            return value >= bound
