"""Seals the event log in batches, behind those who write, and verifies it; it must not know what is logged."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core import chain
from bot.core.chain import Link
from bot.core.erasure import REDACTED
from bot.core.ports import Store, Unit
from bot.core.records import OrganisationId
from bot.service.work import again

BATCH = 500  # events in one transaction: a few milliseconds of a writer's time
EVERY = timedelta(minutes=1)  # how long an event may wait for its seal


def seal(store: Store) -> int:
    """Seal what was logged since the last time, in every organisation; how many events."""
    return sum(seal_one(store, organisation.id) for organisation in store.organisations())


def seal_one(store: Store, organisation: OrganisationId) -> int:
    """The same in one organisation."""
    done = 0
    while store.read(organisation, lambda unit: unit.unsealed(limit=1)):
        done += again(lambda: store.write(organisation, _seal_some))
    return done


def _seal_some(unit: Unit) -> int:
    links = tuple(chain.forged(unit.last_link(), unit.unsealed(limit=BATCH), iter(_salt, "")))
    unit.add_links(links)
    return len(links)


def _salt() -> str:
    """128 bits that nobody can guess."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Proof:
    """What verifying a log found: how many events are sealed, how many wait for it, the last link, and what is wrong.

    `redacted` are those that lost what named an erased person, as a later event says. `head_holds` is whether the link
    that was written down is still there; None where none was given.
    """

    sealed: int
    waiting: int
    last: Link | None
    flaws: tuple[str, ...]
    redacted: int = 0
    head_holds: bool | None = None

    @property
    def good(self) -> bool:
        """Whether the log is as it was written, as far as can be told."""
        return not self.flaws and self.head_holds is not False


def verify(unit: Unit, *, head: str = "") -> Proof:
    """Recompute every link of an organisation. ValueError where `head` is none."""
    found: list[str] = []
    last, sealed = None, 0
    remnants = chain.remnants_in(logged.event for _, logged in unit.trail_of_kind(REDACTED))
    for batch in _batches(unit):
        found += chain.flaws(last, batch, remnants)
        last, sealed = batch[-1][0], sealed + len(batch)
    holds = _holds(unit, head) if head else None
    return Proof(sealed, len(unit.unsealed(limit=BATCH)), last, tuple(found), len(remnants), holds)


def _batches(unit: Unit) -> Iterator[list[tuple[Link, chain.Logged | None]]]:
    after = 0
    while batch := list(unit.sealed(after=after, limit=BATCH)):
        yield batch
        after = batch[-1][0].number


def _holds(unit: Unit, head: str) -> bool:
    number = int(head.partition(":")[0])
    return chain.holds(head, [link for link, _ in unit.sealed(after=number - 1, limit=1)])
