"""The weekly digest: one short card for a channel and its details for the thread; it must not compute what is in it.

The order is that of content.md section 6: headline, decide, stuck, moved, shared blocker, decided, learned, quiet. What
concerns all pilots together stands in the thread, with its act. Never here: a ranking of people, an average score, more
than two numbers in a line of the channel below the headline, a state without its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.core.card import Card, spoken
from bot.core.compose.digest.channel import NOTHING, channel
from bot.core.compose.digest.posted import amended
from bot.core.compose.digest.thread import DETAILS_SHOWN, thread
from bot.core.compose.digest.view import (
    DigestView,
    Due,
    Moved,
    Quiet,
    Ruled,
    SharedBlocker,
    Stuck,
    Waits,
    headcount,
    longest_first,
    of_slice,
)
from bot.core.policy import Digesting

__all__ = [
    "DETAILS_SHOWN",
    "NOTHING",
    "Digest",
    "DigestView",
    "Due",
    "Moved",
    "Quiet",
    "Ruled",
    "SharedBlocker",
    "Stuck",
    "Waits",
    "amended",
    "digest",
    "headcount",
    "longest_first",
    "of_slice",
    "word_count",
]


@dataclass(frozen=True, slots=True)
class Digest:
    """What is posted: a card to the channel, and the cards of its thread in order."""

    channel: Card
    thread: tuple[Card, ...] = ()


def digest(view: DigestView, limits: Digesting) -> Digest:
    """The channel's card in at most `limits.words` words, and everything it leaves out in the thread."""
    view = _in_order(view)
    sizes = ((most, reasons) for most in range(limits.shown, 0, -1) for reasons in (2, 1, 0))
    fitting = (size for size in sizes if word_count(channel(view, *size)) <= limits.words)
    most, reasons = next(fitting, (0, 0))
    return Digest(channel(view, most, reasons), tuple(thread(view, most)))


def word_count(card: Card) -> int:
    """Words that a reader reads: of the title and the body, not of the buttons."""
    return len(re.findall(r"\w[\w'’.,-]*", f"{card.title}\n{spoken(card.body)}"))


def _in_order(view: DigestView) -> DigestView:
    """The longest overdue first; of the stuck those that are stuck most recently; the rest by name."""
    return replace(
        view,
        due=tuple(sorted(view.due, key=longest_first)),
        stuck=tuple(sorted(view.stuck, key=_newest_first)),
        moved=tuple(sorted(view.moved, key=lambda moved: (not moved.stage, moved.name.casefold()))),
        quiet=tuple(sorted(view.quiet, key=lambda quiet: quiet.name.casefold())),
    )


def _newest_first(stuck: Stuck) -> tuple[int, str]:
    return -(stuck.since or date.min).toordinal(), stuck.name.casefold()
