"""Forgets at night what has been kept long enough, a little at each heartbeat; it must not know where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from bot.core import retention
from bot.core.localtime import local
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event, Organisation, OrganisationId
from bot.core.retention import Kept
from bot.core.values import Json
from bot.service.work import Work, again

CHUNK = 500  # rows of each kind in one transaction: a few milliseconds of a writer's time
NIGHT = range(1, 5)  # hours of the organisation's own day in which nobody is asked anything
FORGOTTEN = (
    "texts.forgotten"  # an event: how many answers and requests lost their words, and from before which day
)


def forget(work: Work, kind: Kept) -> bool:
    """One chunk of a kind; whether there may be more. What the record loses, the log tells."""
    before = retention.until(work.content.policy.retention, work.now)[kind]
    found = work.unit.forget(kind, before, limit=CHUNK)
    if kind is Kept.TEXTS and found.rows:
        after: Json = {"rows": found.rows, "before": before.date().isoformat()}
        work.unit.record(Event(FORGOTTEN, work.now, None, after=after))
    return found.more


class Nights:
    """Which organisations are through with a night, each kind by itself.

    A process that starts again looks again, and finds nothing.
    """

    def __init__(self) -> None:
        self._done: dict[tuple[OrganisationId, Kept], date] = {}

    def due(self, store: Store, now: datetime) -> Iterator[tuple[Organisation, Kept]]:
        """Of every organisation whose night it is, the kinds of which there may be more."""
        for organisation in store.organisations():
            there = local(now, organisation.zone)
            if there.hour in NIGHT:
                kinds = (one for one in Kept if self._done.get((organisation.id, one)) != there.date())
                yield from ((organisation, kind) for kind in kinds)

    def go_on(
        self, store: Store, content: Content, now: datetime, *, organisation: Organisation, kind: Kept
    ) -> None:
        """One chunk of a kind in one organisation."""
        more = again(
            lambda: store.write(organisation.id, lambda unit: forget(Work(unit, content, now), kind))
        )
        if not more:
            self._done[organisation.id, kind] = local(now, organisation.zone).date()
