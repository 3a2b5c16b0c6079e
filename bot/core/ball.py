"""Who had the ball while a pilot was in its stage, day by day; it must not know where any of it is kept.

A day has one holder, the strongest that has a claim to it. Time that was spent on pause is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from bot.core.records import PersonId, Pilot


class Holder(StrEnum):
    """Who could have moved a pilot on, the strongest claim to a day first."""

    DECIDER = "decider"  # a decision was due, or its decider or sponsor was asked for something
    HELPER = "helper"  # somebody outside the pilot was asked for something, or can clear what is in its way
    NOBODY = "nobody"  # no owner, check-ins that ran out, something in its way that nobody is named to clear
    OWNER = "owner"  # the pilot's own people: every other day


@dataclass(frozen=True, slots=True)
class Turn:
    """A claim to the days from `since` to the one before `until`; None: until now."""

    holder: Holder
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Days on pause, from `since` to the one before `until`; None: it is on pause now."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was known from a check-in on: the blocker's slug, empty for none, and who can clear it.

    `missed`: its time ran out without an answer, and nothing is known any more.
    """

    on: date
    blocker: str = ""
    who: PersonId | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """Days by holder, only of those who had any, since a day."""

    since: date
    days: Mapping[Holder, int]

    @property
    def whole(self) -> int:
        """All days that were counted."""
        return sum(self.days.values())


def split(turns: Iterable[Turn], *, since: date, today: date, rests: Iterable[Rest] = ()) -> Split:
    """The days from `since` until yesterday, without those paused, by who had the ball; they add up to all of them."""
    turns = list(turns)
    left = set(range(since.toordinal(), today.toordinal()))
    for rest in rests:
        left.difference_update(_ordinals(rest.since, rest.until, today))
    found: dict[Holder, int] = {}
    for holder in Holder:
        own = [_ordinals(turn.since, turn.until, today) for turn in turns if turn.holder is holder]
        held = left if holder is Holder.OWNER else left.intersection(chain.from_iterable(own))
        if held:
            found[holder] = len(held)
        left = left - held
    return Split(since, found)


def _ordinals(since: date, until: date | None, today: date) -> range:
    return range(since.toordinal(), (until or today).toordinal())


def part(pilot: Pilot, person: PersonId) -> Holder:
    """Whose turn it is when this person is asked: the pilot's own people stay that, whatever else they are."""
    if person in (pilot.owner, pilot.deputy, pilot.builder):
        return Holder.OWNER
    return Holder.DECIDER if person in (pilot.sponsor, pilot.decider) else Holder.HELPER


def of_checkins(
    told: Sequence[Told], part_of: Callable[[PersonId], Holder], refused: Mapping[PersonId, date]
) -> Iterator[Turn]:
    """The turns that check-ins tell of, given oldest first; each holds until the next.

    `refused` is since when somebody has said that it is not theirs to clear. A check-in that names the same blocker
    without a person goes on with the one named before.
    """
    slug, who = "", None
    for place, one in enumerate(told):
        until = told[place + 1].on if place + 1 < len(told) else None
        if one.missed:
            yield Turn(Holder.NOBODY, one.on, until)
            continue
        who = one.who if one.who is not None or one.blocker != slug else who
        slug = one.blocker
        if slug:
            yield from _blocked(one.on, until, who, part_of, refused)


def _blocked(
    since: date,
    until: date | None,
    who: PersonId | None,
    part_of: Callable[[PersonId], Holder],
    refused: Mapping[PersonId, date],
) -> Iterator[Turn]:
    if who is None:
        yield Turn(Holder.NOBODY, since, until)
        return
    no_more = refused.get(who)
    if no_more is None or (until is not None and no_more >= until):
        yield Turn(part_of(who), since, until)
        return
    yield Turn(part_of(who), since, max(no_more, since))
    yield Turn(Holder.NOBODY, max(no_more, since), until)
