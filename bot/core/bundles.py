"""Several pilots of one person in one message: what stands in it; it must not know how it is worded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.card import Card

MOST = 5  # pilots in one message: what a phone shows without scrolling, with a button for each
TOGETHER = (
    "invite",
    "reminder",
    "wake",
    "closed",
    "handed",
)  # what is said by itself at one moment; slots begin so


class Lane(StrEnum):
    """What a message about several pilots is about: of each lane a person gets one at a moment."""

    QUESTIONS = "checkin"
    DECISIONS = "decision"  # apart from questions: what a decider is asked weighs more than a line among five
    NO_ANSWER = "request"
    RECORDS = "record"  # the yearly question; where questions go out at the same moment it stands among them


def host_of(lane: Lane, first: str) -> str:
    """The key of a message about several pilots, by the key that what stands first in it would have alone."""
    return f"bundle:{first}" if first.startswith(f"{lane}:") else f"bundle:{lane}:{first}"


def lane_of(host: str) -> Lane:
    """What such a message is about."""
    return Lane(host.split(":", 2)[1])


@dataclass(frozen=True, slots=True)
class Strip:
    """What the message of one check-in or request shows within another message, under the key it would have alone.

    `host` is the key of the message in which it stands.
    """

    host: str
    key: str
    card: Card
