"""What every piece of service is given: a transaction, what is asked and computed, and the present moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from bot.core.bundles import Lane
from bot.core.card import Card
from bot.core.localtime import local
from bot.core.policy import Asking
from bot.core.ports import Message, Unit
from bot.core.questionnaire import Content
from bot.core.records import CheckinId, Person, PersonId, Pilot
from bot.service import Conflict

T = TypeVar("T")
TRIES = 3  # a lost race is run again; three in a row mean that something else is wrong


@dataclass(frozen=True, slots=True)
class Concluded:
    """A pilot about which nobody answered to the end: since when, what came of it and who hears of that.

    `checkin` is the one with which the silence began, `until` the last day of a pause.
    """

    pilot: Pilot
    checkin: CheckinId
    since: datetime
    outcome: str
    until: date
    hear: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A message that waits for others of its lane, with its line for a message of several."""

    message: Message
    line: Card
    lane: Lane


@dataclass(slots=True)
class Gathered:
    """What is held back in a unit of work until all that one message may say is known.

    `said` are new messages; `changed` maps the key of a message that
    shows several to that of its next state; `concluded` are ends of silences of which nobody was told yet.
    """

    said: list[Held] = field(default_factory=list)
    changed: dict[str, Message] = field(default_factory=dict)
    concluded: list[Concluded] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work at one moment (`now`, aware, UTC), under one content.

    Where something is `gathered`, several check-ins of one person are about to be asked in one message.
    """

    unit: Unit
    content: Content
    now: datetime
    gathered: Gathered | None = None

    def zone(self, person: Person | None) -> str:
        """The zone of a person; the organisation's where their own is not known."""
        return (person.zone if person else "") or self.unit.organisation.zone

    def asking(self, person: Person | None = None) -> Asking:
        """The rules of asking with the days of a person's country, where the policy keeps those; else everybody's."""
        return self.content.policy.asking.where(self.zone(person))

    def today(self, person: Person | None = None) -> date:
        """The day where a person is, or where the organisation is."""
        return self.day(self.now, person)

    def is_away(self, person: Person) -> bool:
        """Whether somebody is away on this day of theirs."""
        return person.away_until is not None and person.away_until >= self.today(person)

    def stand_in(self, person: Person) -> Person | None:
        """Whoever answers in somebody's place today, and is there to do it."""
        if person.stand_in is None or (person.stand_in_until or date.min) < self.today(person):
            return None
        other = self.unit.person(person.stand_in)
        return other if other is not None and other.active and not self.is_away(other) else None

    def day(self, moment: datetime, person: Person | None = None) -> date:
        """The day of a moment where a person is, or where the organisation is."""
        return local(moment, self.zone(person)).date()


def again(transaction: Callable[[], T]) -> T:
    """Run a transaction, and run it again when somebody else was faster: losing a race is nobody's error."""
    for _ in range(TRIES - 1):
        try:
            return transaction()
        except Conflict:
            continue
    return transaction()
