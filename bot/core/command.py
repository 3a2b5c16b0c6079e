"""What can be asked of the bot in words, as values; it must not know how people phrase it or what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.core.records import EVERYTHING, Slice

MINE = "mine"  # an owner in a filter: whoever asks

# What `why` can be asked of: its word -> the part that is explained.
WHY_PARTS = {
    "signals": "signals",
    "state": "signals",
    "stuck": "signals",
    "readiness": "readiness",
    "score": "readiness",
    "gate": "gate",
}

# What `list` can be narrowed to beside stages: the word in a filter -> what it keeps.
LIST_STATES = {
    "stuck": "pilots that are Stuck",
    "at_risk": "pilots that are At risk",
    "moving": "pilots that move",
    "unknown": "pilots of which too little is known",
    "quiet": "pilots that missed their last check-ins",
    "late": "pilots past their target date",
    "blocked": "pilots with an open blocker",
    "waiting": "pilots whose check-in is open",
    "unowned": "pilots without an owner",
}


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked; `topic` is the command to explain, or whatever was typed instead of one."""

    topic: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """How one pilot stands, or the whole portfolio when none is named."""

    pilot: str = ""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which pilots; an empty field does not narrow.

    `stage` is one of STAGES or SIDE_STAGES, `state` one of LIST_STATES, `owner` MINE or a name as typed; `text` is
    what is left over: part of a name.
    """

    stage: str = ""
    state: str = ""
    group: str = ""
    tag: str = ""
    owner: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """The pilots that a filter keeps."""

    where: ListFilter = ListFilter()


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is stored about whoever asks."""


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits for whoever asks."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened to one pilot."""

    pilot: str


@dataclass(frozen=True, slots=True)
class Why:
    """What made a pilot's state, its score, or the result of its next gate; `part` is one of WHY_PARTS."""

    pilot: str
    part: str = "signals"


@dataclass(frozen=True, slots=True)
class Known:
    """A signal is acknowledged until a day, for a reason; what is missing is empty."""

    pilot: str
    signal: str = ""
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CheckinNow:
    """A check-in now instead of at the next slot; an empty `questionnaire` is the usual one of the pilot's stage.

    `full`: all of its items, not those that it would pick.
    """

    pilot: str
    questionnaire: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Decide:
    """The decision form of one pilot."""

    pilot: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate before one pilot: what is missing, who has yet to confirm what."""

    pilot: str


@dataclass(frozen=True, slots=True)
class Add:
    """A new pilot; the name may still be missing."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """No more check-ins until a day, which may still be missing."""

    pilot: str
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """The end of a pause."""

    pilot: str


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody, or whoever asks where `person` is empty, is away up to and with a day, which may still be missing."""

    person: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody, or whoever asks where `person` is empty, is back."""

    person: str = ""


@dataclass(frozen=True, slots=True)
class Delegate:
    """`to` answers up to and with a day in place of `person`, or of whoever asks where that is empty."""

    to: str
    until: date
    person: str = ""


@dataclass(frozen=True, slots=True)
class AskMe:
    """The weekday (Monday 0) and hour at which whoever asks wants to be asked; None for as usual."""

    weekday: int | None = None
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses a pilot: `people` as typed take the place of those named before; None asks who they are."""

    pilot: str
    people: tuple[str, ...] | None = None


LOOKING = ("show", "quarter")  # actions of a digest that change nothing


@dataclass(frozen=True, slots=True)
class DigestNow:
    """The digest: shown now, or sent weekly to the channel it was asked in, or no longer; of a slice or of all.

    `quarter`: that of the last quarter that is over, shown now.
    """

    action: Literal["show", "quarter", "subscribe", "unsubscribe"] = "show"
    about: Slice = EVERYTHING


@dataclass(frozen=True, slots=True)
class Proof:
    """A link that proves a readiness item; `about` is the pilot, or "pilot for item"; either may be missing."""

    about: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No command. `word` is the one not known, `suggestions` are names of commands it may have meant, likeliest
    first; `text` is the whole line, which may be the name of a pilot.
    """

    word: str
    suggestions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A command that lacks something: `missing` asks for it in a whole sentence, `example` shows it complete.

    `pick` is the command with `{}` for the pilot, where a pilot is all that it lacks.
    """

    command: str
    missing: str
    example: str
    pick: str = ""


Command = (
    Help
    | Status
    | List
    | Todo
    | History
    | Why
    | Known
    | CheckinNow
    | Decide
    | Gate
    | Add
    | Pause
    | Resume
    | Away
    | Back
    | Delegate
    | AskMe
    | DigestNow
    | Users
    | Proof
    | Privacy
    | Unknown
    | Incomplete
)
