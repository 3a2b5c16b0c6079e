"""Questions that can never be asked, because conditions exclude each other; it must not know what they ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from bot.content.conditions import RISKS, SEVERAL, specials
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
Cases = tuple[Case, ...]  # one of these: the ways in which something can come about
Questions = Mapping[QuestionId, Question]
MOST = 2000  # more ways than this to reach a question: it is taken as reachable
ALWAYS: Cases = ((),)


def check(page: Page, draft: Draft) -> None:
    """Note every screen and question that no answers lead to; those with other problems are passed over."""
    reached: dict[QuestionId, Cases] = {}
    questions = {question.id: question for question in draft.form.questions()}
    for screen in draft.form.screens:
        shown = _ways(screen.when, reached, questions)
        if not shown:
            _note(page, draft, f"screen:{screen.id}", when=screen.when, reached=reached)
        asked: dict[QuestionId, Cases] = {}
        for question in screen.questions:
            own = _ways(question.when, reached, questions)
            asked[question.id] = _possible(_joined(shown, own), questions)
            if shown and not asked[question.id]:
                _note(page, draft, f"question:{question.id}", when=question.when, reached=reached)
        reached |= asked


def _note(
    page: Page, draft: Draft, place: str, *, when: Condition | None, reached: Mapping[QuestionId, Cases]
) -> None:
    looked_at = {each.name for each in checks(when) if each.source is Source.ANSWER}
    if looked_at & draft.broken:
        return
    never = sorted(name for name in looked_at if reached.get(name) == ())
    why = f"{listed([quote(name) for name in never], 'and')} can never be answered" if never else ""
    what, _, name = place.partition(":")
    said = f"{what} {quote(name)} can never be {'asked' if what == 'question' else 'shown'}"
    page.note(draft.lines[place], said, f"change its condition: {why or 'its parts exclude each other'}")


def _ways(condition: Condition | None, reached: Mapping[QuestionId, Cases], questions: Questions) -> Cases:
    """How a condition can come to hold, with all that it takes to be asked what it looks at."""
    found: list[Case] = []
    for case in _spread(condition, wanted=True):
        ways: Cases = (case,)
        for each, wanted in case:
            if each.source is Source.ANSWER and wanted is not _absent(each):
                ways = _joined(ways, reached.get(each.name, ALWAYS))
        found += ways
    return _possible(_few(found), questions)


def _absent(each: Check) -> bool:
    """Whether the check holds of an answer that is not there: it alone needs no answer, and its opposite does."""
    return each.test is Test.GIVEN and not each.operand


def _spread(condition: Condition | None, *, wanted: bool) -> Cases:
    """The condition as alternatives of single checks (disjunctive normal form), `not` pushed down to them."""
    match condition:
        case None:
            return ALWAYS
        case Check():
            return (((condition, wanted),),)
        case Not(part):
            return _spread(part, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            spread = [_spread(part, wanted=wanted) for part in parts]
            if isinstance(condition, All) is wanted:
                return _all(spread)
            return _few([case for cases in spread for case in cases])


def _all(spread: Iterable[Cases]) -> Cases:
    cases = ALWAYS
    for more in spread:
        cases = _joined(cases, more)
    return cases


def _few(cases: Sequence[Case]) -> Cases:
    """The cases; when they are too many to look at, nothing is held against the condition."""
    return tuple(cases) if len(cases) <= MOST else ALWAYS


def _joined(left: Sequence[Case], right: Sequence[Case]) -> Cases:
    """Every pair together; when there are too many, nothing is held against them."""
    if len(left) * len(right) > MOST:
        return ALWAYS
    return tuple(tuple(dict.fromkeys((*one, *other))) for one, other in product(left, right))


def _possible(cases: Iterable[Case], questions: Questions) -> Cases:
    return tuple(case for case in cases if _consistent(case, questions))


def _consistent(case: Case, questions: Questions) -> bool:
    """Whether one value of each thing looked at satisfies all that is asked of it."""
    by_thing: dict[tuple[Source, str], list[Literal]] = {}
    for literal in case:
        by_thing.setdefault((literal[0].source, literal[0].name), []).append(literal)
    return all(_satisfiable(literals, questions) for literals in by_thing.values())


def _satisfiable(literals: Sequence[Literal], questions: Questions) -> bool:
    holding = {check for check, wanted in literals if wanted}
    if holding & {check for check, wanted in literals if not wanted}:
        return False
    first = literals[0][0]
    question = questions.get(first.name) if first.source in (Source.ANSWER, Source.LAST) else None
    if (question is not None and question.kind is Kind.MULTI) or first.name in SEVERAL:
        return True  # several options at once: only a check against its own opposite is found
    values = _values(first, [check for check, _ in literals], question)
    return any(all(_holds(check, value) in (wanted, None) for check, wanted in literals) for value in values)


def _values(first: Check, asked: Iterable[Check], question: Question | None) -> Sequence[Scalar | None]:
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
