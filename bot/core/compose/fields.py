"""Questions as fields of a form; it must not know what else the form says."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from bot.core.card import (
    Choice,
    Date,
    Field,
    Link,
    Number,
    Offer,
    Person,
    Text,
)
from bot.core.compose.answered import NOT_APPLICABLE_LABEL, UNKNOWN_LABEL, fill, previous_words
from bot.core.context import Context
from bot.core.questionnaire import Kind, Question
from bot.core.state import State
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value


def field_of(question: Question, context: Context, state: State) -> Field:
    """The control that asks a question. Only what was entered in this very check-in is filled in."""
    label = fill(question.text, context)
    entered = state.drafts.get(question.id, state.answers.get(question.id))
    previous = "" if question.blind else previous_words(question, context)
    initial = "" if entered is None else _entered(entered)
    hint, required = fill(question.hint, context), question.required
    match question.kind:
        case Kind.SINGLE | Kind.LEVEL | Kind.YESNO | Kind.MULTI:
            chosen = entered if isinstance(entered, tuple) else (initial,) if initial else ()
            many = question.kind is Kind.MULTI
            return Choice(
                question.id, label, _open(question, context), many, chosen, hint, required, previous
            )
        case Kind.TEXT | Kind.LONGTEXT:
            lines = question.kind is Kind.LONGTEXT
            return Text(question.id, label, lines, question.limit, initial, hint, required, previous)
        case Kind.NUMBER:
            bounds = (question.low, question.high, question.low == 0)
            return Number(question.id, label, *bounds, question.none_label, initial, hint, required, previous)
        case Kind.DATE:
            keep = context.record.pilot.get("target_date") if question.id == "pulse.date" else None
            day = keep if isinstance(keep, date) else None
            return Date(question.id, label, day, question.none_label, initial, hint, required, previous)
        case Kind.PERSON:
            return Person(question.id, label, initial, hint, required, previous)
        case Kind.LINK:
            return Link(question.id, label, initial, hint, required, previous)
        case Kind.INFO:
            raise ValueError(f"{question.id} is shown, not asked")
    assert_never(question.kind)


def _open(question: Question, context: Context) -> tuple[Offer, ...]:
    """The options without those that are refused this time."""
    refused = context.refused.get(question.id, {})
    return tuple(offer for offer in offers(question) if offer.value not in refused)


def offers(question: Question) -> tuple[Offer, ...]:
    """The options of a closed question, with the special answers where they are allowed."""
    if question.kind is Kind.YESNO:
        return (Offer("yes", "Yes"), Offer("no", "No"))
    plain = tuple(Offer(option.slug, option.label) for option in question.options)
    if question.kind is not Kind.LEVEL:
        return plain
    levels = tuple(Offer(option.slug, f"{option.slug} · {option.label}") for option in question.options)
    unknown = (Offer("unknown", UNKNOWN_LABEL),)
    return levels + unknown + ((Offer("na", NOT_APPLICABLE_LABEL),) if question.may_not_apply else ())


def _entered(value: Value) -> str:
    match value:
        case NotKnown():
            return "unknown"
        case NotApplicable():
            return "na"
        case NoneYet():
            return "none"
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case tuple():
            return ",".join(value)
    return str(value)
