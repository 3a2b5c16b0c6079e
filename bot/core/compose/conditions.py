"""A condition of a questionnaire in words, for its authors; it must not know how conditions are written or tested."""

from __future__ import annotations

from typing import assert_never

from bot.core.questionnaire import All, AnyOf, Check, Condition, Not, Scalar, Source, Test


def condition_words(condition: Condition | None) -> str:
    """`pulse.moved is blocked and the pilot's stage is pilot or hardening`; empty where there is none."""
    match condition:
        case None:
            return ""
        case Check():
            return _check(condition)
        case All(parts):
            return " and ".join(_part(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_part(part) for part in parts)
        case Not(part):
            return f"not ({condition_words(part)})"
    assert_never(condition)


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """Both of two conditions, of which either may be missing."""
    if first is None or second is None:
        return first or second
    return first if first == second else All((first, second))


def _part(condition: Condition) -> str:
    words = condition_words(condition)
    return f"({words})" if isinstance(condition, All | AnyOf) else words


def _check(check: Check) -> str:
    match check.source:
        case Source.ANSWER:
            return f"{check.name} {_test(check)}"
        case Source.LAST:
            return f"last time's {check.name} {_test(check)}"
        case Source.PILOT:
            return f"the pilot's {check.name} {_test(check)}"
        case Source.ROLE:
            return f"the person asked {_test(check)}"
        case Source.FOCUS:
            return f"{check.name} {'was' if check.operand else 'was not'} picked for this check-in"
    assert_never(check.source)


def _test(check: Check) -> str:
    operand = check.operand
    match check.test:
        case Test.IS | Test.ANY_OF:
            return f"is {_either(operand)}"
        case Test.IS_NOT | Test.NONE_OF:
            return f"is not {_either(operand)}"
        case Test.AT_LEAST:
            return f"is at least {_said(operand)}"
        case Test.AT_MOST:
            return f"is at most {_said(operand)}"
        case Test.GIVEN:
            return "is there" if operand else "is empty"
        case Test.LATER_BY_DAYS:
            return f"is more than {_said(operand)} days after the pilot's {check.than}"
        case Test.SAME_AS_LAST:
            return "is the same as last time" if operand else "is not the same as last time"
        case Test.FALLS_BY:
            return f"is at least {_said(operand)} lower than last time"
        case Test.RISES_BY:
            return f"is at least {_said(operand)} higher than last time"
    assert_never(check.test)


def _either(operand: Scalar | tuple[Scalar, ...]) -> str:
    *rest, last = [_said(part) for part in operand] if isinstance(operand, tuple) else [_said(operand)]
    return f"{', '.join(rest)} or {last}" if rest else last


def _said(operand: Scalar | tuple[Scalar, ...]) -> str:
    match operand:
        case bool():
            return "yes" if operand else "no"
        case float():
            return f"{operand:g}"
        case tuple():
            return _either(operand)
    return str(operand)
