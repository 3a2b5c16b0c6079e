"""Answers in words, as a person would say them; it must not know where they are shown."""

from __future__ import annotations

from datetime import date

from bot.core.context import Context
from bot.core.questionnaire import Kind, Question
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value

UNKNOWN_LABEL = "I don't know"
NOT_APPLICABLE_LABEL = "Does not apply"


def previous_words(question: Question, context: Context) -> str:
    """Last time's answer as a grey line, empty where there is none."""
    last = context.last.get(question.id)
    if last is None:
        return ""
    when = f", {context.words(context.last_on)}" if context.last_on else ""
    again = (
        f" ({context.blocked_for} times in a row)"
        if question.id == "pulse.block" and context.blocked_for > 1
        else ""
    )
    return f"Last time{when}: {answer_words(question, last, context)}{again}"


def answer_words(question: Question, value: Value, context: Context) -> str:
    """An answer as a person would say it."""
    match value:
        case NotKnown():
            return UNKNOWN_LABEL
        case NotApplicable(reason):
            return f"{NOT_APPLICABLE_LABEL}: {reason}" if reason else NOT_APPLICABLE_LABEL
        case NoneYet():
            return question.none_label or "None yet"
        case bool():
            return "Yes" if value else "No"
        case date():
            return context.words(value)
        case tuple():
            return "; ".join(_label(question, part) for part in value)
        case int() | float() if question.kind is Kind.LEVEL:
            return f"{value} · {_label(question, str(value))}"
        case int() | float():
            return f"{value:,}"
    if question.kind is Kind.PERSON:
        return context.name(int(value)) if value.isdigit() else value
    return _label(question, value)


def _label(question: Question, slug: str) -> str:
    option = question.option(slug)
    return option.label if option else slug


def fill(text: str, context: Context) -> str:
    """A text with its `{placeholders}` filled; one that is not known becomes an ellipsis."""
    for name, value in context.placeholders.items():
        text = text.replace("{" + name + "}", value)
    return text
