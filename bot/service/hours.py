"""Good hours of a person or a channel: when something may come that nobody waits for; it must not know what it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.core import cadence
from bot.core.records import Address, Person, PersonId
from bot.service.work import Work

ROUNDS = 8  # of waiting for one and then for another: their days have nine hours in common, or none at all


def good(work: Work, person: Person | None, moment: datetime) -> datetime:
    """That moment, or the next at which this person may be disturbed; without a person, anybody here."""
    return cadence.good_moment(moment, zone=work.zone(person), asking=work.content.policy.asking)


def good_for_all(work: Work, people: Iterable[PersonId], moment: datetime) -> datetime:
    """That moment, or the next that is good for each of them; where there is none within a few days, for some."""
    known = [work.unit.person(one) for one in people]
    for _ in range(ROUNDS):
        later = max((good(work, person, moment) for person in known), default=moment)
        if later == moment:
            break
        moment = later
    return moment


def good_there(work: Work, address: Address) -> datetime:
    """Now, or the next good hour of whoever reads that conversation: a channel keeps the organisation's."""
    return good(work, work.unit.person_at(address), work.now)
