"""Good hours of a person or a channel: when something may come that nobody waits for; it must not know what it is."""

from __future__ import annotations

from datetime import datetime

from bot.core import cadence
from bot.core.records import Address, Person
from bot.service.work import Work


def good(work: Work, person: Person | None, moment: datetime) -> datetime:
    """That moment, or the next at which this person may be disturbed; without a person, anybody here."""
    return cadence.good_moment(moment, zone=work.zone(person), asking=work.content.policy.asking)


def good_there(work: Work, address: Address) -> datetime:
    """Now, or the next good hour of whoever reads that conversation: a channel keeps the organisation's."""
    return good(work, work.unit.person_at(address), work.now)
