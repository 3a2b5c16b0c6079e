"""The event log as a chain: each line of it is sealed with the one before; it must not know where they are kept.

A link's digest is taken over its number, the digest before it and its event. A changed, missing or moved event no
longer fits its link, a changed or missing link no longer fits its neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from itertools import repeat

from bot.core.erasure import REDACTED
from bot.core.records import Event
from bot.core.values import Json

ORIGIN = "0" * 64  # what the first link of an organisation stands on
UNSALTED = repeat("")
Remnants = Mapping[int, str]  # the digest of what is left of an event, by its number
NOTHING_TAKEN: Remnants = {}


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log with its number in the database."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Link:
    """The seal of one event: the `number`th of its organisation. Digests are SHA-256 in hexadecimal digits.

    `salt` goes into the digest and is forgotten with a text that is taken out: nobody can try guesses against what is
    left. Links of before have none.
    """

    number: int
    event: int
    previous: str
    digest: str
    salt: str = ""

    @property
    def head(self) -> str:
        """The link in a line, to be written down where nobody who changes the database comes."""
        return f"{self.number}:{self.digest}"


def digest_of(number: int, previous: str, logged: Logged, salt: str = "") -> str:
    """The digest of a link."""
    event = logged.event
    line: list[Json] = [
        number,
        previous,
        logged.id,
        event.kind,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.pilot,
        event.subject,
        _digest(event.before),
        _digest(event.after),
    ]
    return _digest([*line, salt] if salt else line)


def remnant_of(logged: Logged) -> str:
    """The digest of what is left of an event that something was taken out of."""
    return digest_of(0, "", logged)


def _digest(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def forged(last: Link | None, events: Iterable[Logged], salts: Iterator[str] = UNSALTED) -> Iterator[Link]:
    """The links of events that have none yet, behind the last one; each takes one of the `salts`."""
    number, previous = (last.number, last.digest) if last else (0, ORIGIN)
    for logged in events:
        number, salt = number + 1, next(salts)
        digest = digest_of(number, previous, logged, salt)
        yield Link(number, logged.id, previous, digest, salt)
        previous = digest


def is_sealed(link: Link, logged: Logged, remnants: Remnants) -> bool:
    """Whether an event is as it was sealed, or as it was left when a person was erased."""
    if link.event != logged.id:
        return False
    if digest_of(link.number, link.previous, logged, link.salt) == link.digest:
        return True
    return logged.id in remnants and remnant_of(logged) == remnants[logged.id]


def remnants_in(events: Iterable[Event], what: str = "events") -> dict[int, str]:
    """What the log says is left of its lines, or of `decisions`, by number; `events` in the order of time."""
    found: dict[int, str] = {}
    for event in events:
        if event.kind == REDACTED and isinstance(event.after, dict):
            listed = event.after.get(what)
            for one in listed if isinstance(listed, list) else ():
                match one:
                    case [int(number), str(digest)]:
                        found[number] = digest
    return found


def flaws(
    before: Link | None, pairs: Iterable[tuple[Link, Logged | None]], remnants: Remnants = NOTHING_TAKEN
) -> Iterator[str]:
    """What is wrong with links behind `before`, in whole sentences that name the row; nothing where all is well."""
    for link, logged in pairs:
        expected = before.number + 1 if before else 1
        if link.number != expected:
            gone = (
                f"Seal {expected}"
                if link.number == expected + 1
                else f"Seals {expected} to {link.number - 1}"
            )
            yield f"{gone}: missing."
        elif link.previous != (before.digest if before else ORIGIN):
            yield f"Seal {link.number}: does not follow the one before it; one of the two was changed or moved."
        if logged is None:
            yield f"Event {link.event} (seal {link.number}): missing."
        elif not is_sealed(link, logged, remnants):
            yield f"Event {link.event} (seal {link.number}, {_about(logged.event)}): not as it was sealed."
        before = link


def _about(event: Event) -> str:
    return f"{event.kind} of {event.at.astimezone(UTC):%Y-%m-%d %H:%M}"


def holds(head: str, links: Sequence[Link]) -> bool:
    """Whether a head that was written down is still where it stood; `links` are those of its number."""
    return any(link.head == head.strip() for link in links)
