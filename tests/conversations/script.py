"""Reads a conversation file: who did and saw what, line by line; it must not know how any of it is done.

# a comment
form pulse@1, owner in Europe/Riga          the form that the file is about; the owner is `anna`
start 2026-11-23 09:00                      when it begins, on the owner's clock; that Monday where it is not said
person bo Bo Berg in Asia/Tokyo, lead       somebody else; the zone is the owner's and the standing a member's
channel ai-pilots
pilot Invoice matcher: stage=pilot days=14 sponsor=bo target=2027-06-01     anna's, unless owner=... says
levels: all=3 value.cost=1                  what was claimed of the first pilot, each with a link; `levels of NAME:`
tick 2026-11-24 10:00                       time passes until then, on the owner's clock

| moved=worked block=nothing                send the newest form, with what stands in it and these values
| [Snooze] until=2026-11-25T08:00+00:00     press the button of that name, on the newest message that has it
| <Claims triage> [Not mine] to=@bo         ... of those that say so; `@bo` is bo, picked from the list of people
| (again)                                   press the very same once more; (resent): the same press, delivered twice
> Lindqvist                                 type that; `{x*500}` is 500 times x, `{u+202e}` that character
< Thank you                                 said to her because of it; (nothing), (not) ... and (shown) ... as well
! users: is not a number                    wrong with that field; without its name: with any, or the whole
bo> status                                  bo types; so with | < and !
lena in #ai-pilots> digest subscribe        ... in a channel

answers: pulse.moved=worked users=12        all answers that stand in the newest check-in of the form
answers of Claims triage: moved=worked      ... of that pilot
kept who: bo, (taken back)                  everything ever answered to that question, in order
state: done answered late                   its phase, its outcome, and whether it came late
record: stage=paused sponsor=bo             what the pilot's record says; `record of NAME:` for another than the first
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWNER = "anna"
ACT = re.compile(r"(?:(?P<who>[a-z]+)(?: in #(?P<place>[\w-]+))?)?(?P<mark>[|<>!])(?: (?P<rest>.*))?")
PRESS = re.compile(r"(?:<(?P<on>[^>]+)> ?)?(?:\[(?P<label>[^]]+)\] ?)?(?P<values>.*)")
TIMES = re.compile(r"\{([^{}*]+)\*(\d+)\}")
CHARACTER = re.compile(r"\{u\+([0-9a-f]{4,6})\}")
WORD = re.compile(r"(?P<word>[a-z]+):? ?(?P<rest>.*)")


@dataclass(frozen=True)
class Line:
    """One line: `mark` is | > < or ! for what people do and see, else empty and `word` says what it sets or checks."""

    number: int
    text: str
    mark: str = ""
    who: str = OWNER
    place: str = ""
    word: str = ""
    rest: str = ""


def lines(file: Path) -> Iterator[Line]:
    """Every line that says something."""
    for number, raw in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        text = raw.strip()
        if text and not text.startswith("#"):
            yield _line(number, text)


def _line(number: int, text: str) -> Line:
    act = ACT.fullmatch(text)
    if act:
        who, place = act["who"] or OWNER, act["place"] or ""
        return Line(number, text, act["mark"], who, place, rest=expanded(act["rest"] or ""))
    told = WORD.fullmatch(text)
    return Line(number, text, word=told["word"] if told else "", rest=told["rest"] if told else text)


def expanded(text: str) -> str:
    """`{x*500}` and `{u+202e}` as what they stand for."""
    text = CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)
    return TIMES.sub(lambda found: found[1] * int(found[2]), text)


@dataclass(frozen=True)
class Press:
    """Which control: the one labelled so, or the form's own; on a message that says `on`; with these values."""

    label: str
    on: str
    values: dict[str, str]


def press(rest: str) -> Press:
    """What stands behind a bar."""
    found = PRESS.fullmatch(rest)
    assert found, rest
    return Press(found["label"] or "", found["on"] or "", pairs(found["values"]))


def pairs(text: str) -> dict[str, str]:
    """`name=value` words, values in quotes where they have spaces."""
    words = shlex.split(text)
    bare = [word for word in words if "=" not in word]
    if bare:
        raise ValueError(f"{bare[0]!r} is no name=value")
    return dict(word.split("=", 1) for word in words)
