"""The event log as a chain: each line of it is sealed with the one before; it must not know where they are kept.

A link's digest is taken over its number, the digest before it and its event. A changed, missing or moved event no
longer fits its link, a changed or missing link no longer fits its neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from bot.core.records import Event
from bot.core.values import Json

ORIGIN = "0" * 64  # what the first link of an organisation stands on


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log with its number in the database."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Link:
    """The seal of one event: the `number`th of its organisation. Digests are SHA-256 in hexadecimal digits."""

    number: int
    event: int
    previous: str
    digest: str

    @property
    def head(self) -> str:
        """The link in a line, to be written down where nobody who changes the database comes."""
        return f"{self.number}:{self.digest}"


def digest_of(number: int, previous: str, logged: Logged) -> str:
    """The digest of a link. What an event was before and after goes in as digests of its own, so that it can be taken
    out of the log one day without breaking the chain.
    """
    event = logged.event
    line: Json = [
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
    return _digest(line)


def _digest(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def forged(last: Link | None, events: Iterable[Logged]) -> Iterator[Link]:
    """The links of events that have none yet, behind the last one."""
    number, previous = (last.number, last.digest) if last else (0, ORIGIN)
    for logged in events:
        number += 1
        digest = digest_of(number, previous, logged)
        yield Link(number, logged.id, previous, digest)
        previous = digest


def flaws(before: Link | None, pairs: Iterable[tuple[Link, Logged | None]]) -> Iterator[str]:
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
        elif digest_of(link.number, link.previous, logged) != link.digest:
            yield f"Event {link.event} (seal {link.number}, {_about(logged.event)}): not as it was sealed."
        before = link


def _about(event: Event) -> str:
    return f"{event.kind} of {event.at.astimezone(UTC):%Y-%m-%d %H:%M}"


def holds(head: str, links: Sequence[Link]) -> bool:
    """Whether a head that was written down is still where it stood; `links` are those of its number."""
    return any(link.head == head.strip() for link in links)
