"""The first release in words: how far it goes, and what two people fear of it, side by side; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.card import Button
from bot.core.compose import words
from bot.core.records import PilotId
from bot.core.tokens import About, Token, encode

SAY = "say"  # the verb of About.GATE that opens the questionnaire
OWNER, OPERATIONS = "owner", "operations"  # as what somebody answers
UNSAID, WITHHELD = "not said yet", "shown once you have said yours"
UNLIMITED = "all_at_once"  # the option of gate.limit that needs a reason where the risk is not low
NOT_NEXT = "The production gate is asked about while a pilot is in Hardening, so nothing was sent."
NOBODY_LEFT = "Both have answered, have the questions before them or cannot be reached, so nothing was sent."
WITH_A_COLLEAGUE = "Your part is done; a colleague still has a question."
NOT_YOURS = "What could go wrong is asked of its owner, of the deputy and of operations."


@dataclass(frozen=True, slots=True)
class Fear:
    """What one of the two says could still go wrong: `who` is their name, empty for nobody named."""

    role: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Release:
    """What is said before the production gate.

    `limit` is the label of how far it goes, `reason` why to everybody at once. `reader` is the role in which its
    reader was asked, empty for whoever only reads. `fears` are the owner's and that of operations.
    """

    limit: str = ""
    reason: str = ""
    fears: tuple[Fear, ...] = ()
    reader: str = ""

    @property
    def unsaid(self) -> bool:
        """Whether the reader was asked and has said nothing yet."""
        return any(one.role == self.reader and not one.text for one in self.fears)


def rows(release: Release) -> Iterator[tuple[str, str]]:
    """Name and value of each part. Neither of the two reads the other before they have spoken: two views, not one."""
    yield "First release", _limit(release)
    for one in release.fears:
        who = f"{one.who}, {words.role_name(one.role)}" if one.who else f"nobody named for {one.role}"
        withheld = release.unsaid and one.role != release.reader and one.text
        yield f"Could go wrong ({who})", WITHHELD if withheld else one.text or UNSAID


def _limit(release: Release) -> str:
    if not release.limit:
        return UNSAID
    return f"{release.limit}: {release.reason}" if release.reason else release.limit


def say_button(pilot: PilotId) -> Button:
    """Opens the questionnaire for one of the two."""
    return Button("Say what could go wrong", encode(Token(About.GATE, pilot, SAY)))


def asked(people: Iterable[str]) -> str:
    """Who was asked, each apart."""
    return f"I have asked {words.listed(people)}, each apart."
