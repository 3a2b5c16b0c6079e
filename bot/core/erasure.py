"""What is taken out of a text when a person is erased, and what stands there instead; it must not know any table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.core.card import ELLIPSIS
from bot.core.records import PersonId
from bot.core.values import Json

REMOVED = "[removed]"  # in the place of a text they wrote, and of an address
SOMEBODY = "a former colleague"  # in the place of their name
NAME = "Removed person {}"  # what they are called where they stay on record; with their number
REDACTED = (
    "log.redacted"  # an event: lines of the log that lost what named somebody, and what is left of each
)
ERASED = "person.erased"  # an event: the last that is logged of somebody
OF_PEOPLE = ("person.", "account.")  # kinds of events that are about a person: their subject is the number
# Characters. What is shorter ("ok", "fine") is found only where it is the whole text: it stands in many sentences.
LONG = 12
CUT = 16  # of a text that was shown shortened, so much of its beginning was shown at least
WORD = re.compile(
    r"[a-z][a-z0-9_]*"
)  # a text of one small word cannot be told from a choice, a stage, a state
# What the program writes itself: a stage, a kind of event, the name of a field or a button. A name that is one small
# word is not taken out of it: whoever is called "pilot" or "sent" would take the log and the state of messages along.
OURS = re.compile(r"[a-z][a-z0-9_.:]*")
PLAIN_HANDLE = re.compile(r"[A-Za-z]{1,20}|.{1,5}")  # an account of the local chat looks like a word


@dataclass(frozen=True, slots=True)
class Marks:
    """By what somebody is found: their names, their addresses and accounts, and the texts that they wrote.

    `lanes` are the conversations in which only they and the bot are.
    """

    person: PersonId
    names: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """As JSON, for as long as the work lasts."""
        found: dict[str, Json] = {"person": self.person}
        for name in ("names", "handles", "lanes", "texts"):
            found[name] = list(getattr(self, name))
        return found

    @classmethod
    def from_json(cls, raw: Mapping[str, Sequence[str]]) -> Marks:
        """What `to_json` wrote."""
        lists = {name: tuple(raw[name]) for name in ("names", "handles", "lanes", "texts")}
        return cls(int(str(raw["person"])), **lists)


@dataclass(frozen=True, slots=True)
class Remnant:
    """What is left of a row that proves itself, as the log is to hold it: events and decisions with their digests."""

    events: tuple[tuple[int, str], ...] = ()
    decisions: tuple[tuple[int, str], ...] = ()

    def to_json(self) -> Json:
        """As the event REDACTED holds it."""
        return {
            "events": [list(one) for one in self.events],
            "decisions": [list(one) for one in self.decisions],
        }


class Scrub:
    """Takes somebody's marks out of texts."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        texts = {text.strip() for text in marks.texts if not WORD.fullmatch(text.strip())} - {""}
        lines = {" ".join(text.split()) for text in texts}  # as a text is shown where there is one line
        wanted = sorted(texts | lines, key=len, reverse=True)
        self._whole = frozenset(wanted)
        self._long = tuple(text for text in wanted if len(text) >= LONG)
        names = _longest(marks.names)
        self._names = _any(map(_name, names))
        self._clear_names = _any(_name(name) for name in names if not WORD.fullmatch(name))
        self._handles = _any(map(_handle, _longest(marks.handles)))
        found = (*marks.names, *marks.handles, *(text[:CUT] for text in wanted))
        self._needles = tuple(json.dumps(one, ensure_ascii=False)[1:-1].casefold() for one in found if one)

    def touches(self, raw: str) -> bool:
        """Whether a stored text, JSON as it is written included, may hold a mark: quick, and wrong only with yes."""
        folded = raw.casefold()
        return any(needle in folded for needle in self._needles)

    def text(self, text: str, *, written: bool = False) -> str:
        """The text without their marks; a short one of theirs goes only where people's own words are kept."""
        if (written or len(text) >= LONG) and text.strip() in self._whole:
            return REMOVED
        for known in self._long:
            text = _without(text, known)
        names = self._clear_names if OURS.fullmatch(text) else self._names
        return self._handles.sub(REMOVED, names.sub(SOMEBODY, text))

    def value(self, value: Json, *, written: bool = False) -> Json:
        """The same of JSON: each text in it, names of fields too."""
        match value:
            case str():
                return self.text(value, written=written)
            case list():
                return [self.value(one, written=written) for one in value]
            case dict():
                return {self.text(name): self.value(one, written=written) for name, one in value.items()}
            case _:
                return value


def _longest(texts: Iterable[str]) -> list[str]:
    return sorted({text.strip() for text in texts} - {""}, key=len, reverse=True)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)")


def _name(name: str) -> str:
    """A whole name in any case; one of a single word only as it is written, for it may be a word as well."""
    whole = rf"(?<!\w){re.escape(name)}(?!\w)"
    return f"(?i:{whole})" if " " in name else whole


def _handle(handle: str) -> str:
    """An address or account wherever it stands; what looks like a word only beside a colon, as in `local:ann`."""
    found = re.escape(handle)
    if PLAIN_HANDLE.fullmatch(handle):
        return rf"(?<=:){found}(?=:|\Z)|\A{found}(?=:)"
    return rf"(?<!\w)(?i:{found})(?!\w)"


def _without(text: str, written: str) -> str:
    """The text without something written in it, whole or cut short and ended by an ellipsis."""
    text = text.replace(written, REMOVED)
    start = text.find(written[:CUT])
    while start >= 0:
        end = start + _shared(text[start:], written)
        if text[end:].lstrip().startswith(ELLIPSIS):
            text = text[:start] + REMOVED + text[end:]
        start = text.find(written[:CUT], start + 1)
    return text


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
