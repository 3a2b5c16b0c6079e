"""Forgets at night what has been kept long enough, a little at each heartbeat; it must not know where it is kept."""

from __future__ import annotations

from datetime import date, datetime

from bot.core import retention
from bot.core.localtime import local
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import OrganisationId
from bot.service.work import Work, again

CHUNK = 500  # rows of each kind in one transaction: a few milliseconds of a writer's time
NIGHT = range(1, 5)  # hours of the organisation's own day in which nobody is asked anything


def forget(work: Work) -> bool:
    """One chunk of each kind; whether there may be more."""
    until = retention.until(work.content.policy.retention, work.now)
    left = [work.unit.forget(kind, before, limit=CHUNK) for kind, before in until.items()]
    return any(left)


class Nights:
    """Which organisations are through with a night; a process that starts again looks again, and finds nothing."""

    def __init__(self) -> None:
        self._done: dict[OrganisationId, date] = {}

    def go_on(self, store: Store, content: Content, now: datetime) -> None:
        """One chunk for every organisation whose night it is, until there is nothing more."""
        for organisation in store.organisations():
            there = local(now, organisation.zone)
            if there.hour not in NIGHT or self._done.get(organisation.id) == there.date():
                continue
            more = again(
                lambda at=organisation.id: store.write(  # type: ignore[misc]  # bound here
                    at, lambda unit: forget(Work(unit, content, now))
                )
            )
            if not more:
                self._done[organisation.id] = there.date()
