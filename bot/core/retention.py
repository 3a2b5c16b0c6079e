"""What is kept for a time only, and until when; it must not know where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.policy import Retention


class Kept(StrEnum):
    """Kinds of data that are nobody's record."""

    MESSAGES = "messages"
    DRAFTS = "drafts"
    RECEIPTS = "receipts"
    REMINDERS = "reminders"


def until(rules: Retention, now: datetime) -> Mapping[Kept, datetime]:
    """The moment before which each kind has been kept long enough."""
    return {kind: now - timedelta(days=getattr(rules, kind.value)) for kind in Kept}
