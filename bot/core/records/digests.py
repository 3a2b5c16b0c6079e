"""Which channel gets which digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.records.people import Channel, PersonId


@dataclass(frozen=True, slots=True)
class Slice:
    """Which pilots a digest is about: those of a group, at a stage, with a tag; what is empty narrows nothing."""

    group: str = ""
    stage: str = ""
    tag: str = ""


EVERYTHING = Slice()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that gets the weekly digest; `next_due_at` is its next one, `by` whoever set it up."""

    id: int
    channel: Channel
    next_due_at: datetime
    about: Slice = EVERYTHING
    by: PersonId | None = None
