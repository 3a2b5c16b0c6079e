"""What is kept for a time only, and until when; it must not know where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.erasure import REMOVED
from bot.core.policy import Retention
from bot.core.questionnaire import Kind, Question
from bot.core.values import NotApplicable, Value

TYPED = frozenset({Kind.TEXT, Kind.LONGTEXT})  # a link is proof, and stays with what it proves
# Questionnaires whose texts are the record: what a pilot is, and why something was decided.
RECORD = frozenset({"kickoff", "decision"})


class Kept(StrEnum):
    """Kinds of data that are nobody's record, and what is in people's own words in the record."""

    MESSAGES = "messages"
    DRAFTS = "drafts"
    RECEIPTS = "receipts"
    REMINDERS = "reminders"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one step of forgetting came to: rows that lost something, and whether there may be more."""

    rows: int
    more: bool


def until(rules: Retention, now: datetime) -> Mapping[Kept, datetime]:
    """The moment before which each kind has been kept long enough."""
    return {kind: now - timedelta(days=getattr(rules, kind.value)) for kind in Kept}


def without_words(questionnaire: str, question: Question | None, value: Value) -> Value:
    """What stays of an answer that was kept long enough: that there was one, and everything but somebody's words."""
    if questionnaire in RECORD or question is None:
        return value
    if isinstance(value, NotApplicable):
        return NotApplicable(REMOVED)
    return REMOVED if question.kind in TYPED and isinstance(value, str) else value
