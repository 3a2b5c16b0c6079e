"""What a button carries: encode and decode; it must not know whether the one who presses it may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

VERSION = "r1"
SIGNATURE = 20  # characters that `signing` puts before a token
LIMIT = 250 - SIGNATURE  # characters; Slack's action_id ends at 255
SEPARATOR = "|"
ENTERED = "entered"  # the field of a command's button whose text is typed behind the command


class About(StrEnum):
    """What the number in a token counts."""

    CHECKIN = "checkin"
    PILOT = "pilot"
    REQUEST = "request"
    DIGEST = "digest"
    PROOF = "proof"  # of the pilot of that number; `arg` is the readiness item
    GATE = "gate"  # before the pilot of that number
    COMMAND = "command"  # `arg` is a command as it would be typed


@dataclass(frozen=True, slots=True)
class Token:
    """One button: what it is about, which one, what to do, and at which step of it the button was drawn."""

    about: About
    id: int
    verb: str
    step: int = 0
    arg: str = ""


def encode(token: Token) -> str:
    """The token as text of at most LIMIT characters; ValueError for one that is longer."""
    parts = (VERSION, token.about.value, str(token.id), str(token.step), token.verb, token.arg)
    text = SEPARATOR.join(parts)
    if len(text) > LIMIT or SEPARATOR in token.verb:
        raise ValueError(f"a button cannot carry {token.verb!r} with {len(token.arg)} characters")
    return text


def decode(text: str) -> Token | None:
    """The token in a text, or None for anything that `encode` does not write."""
    if len(text) > LIMIT:
        return None
    parts = text.split(SEPARATOR, 5)
    if len(parts) != 6 or parts[0] != VERSION or parts[1] not in set(About):
        return None
    number, step = _whole(parts[2]), _whole(parts[3])
    if number is None or step is None:
        return None
    token = Token(About(parts[1]), number, parts[4], step, parts[5])
    return token if encode(token) == text else None


def command(text: str) -> str:
    """A button that runs a command; the command is cut where it would not fit."""
    token = Token(About.COMMAND, 0, "run")
    room = LIMIT - len(encode(token))
    return encode(replace(token, arg=text[:room]))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
