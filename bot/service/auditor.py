"""Proves that whatever was due was asked and delivered, and raises its voice where it was not; it mends nothing.

It looks at what is there and not at what was done: a bug in asking, a job that keeps failing, a message that never
leaves, a lost row all show the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import permissions
from bot.core.compose import trouble as words
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event, OrganisationId, PilotId
from bot.core.values import Json
from bot.log import get
from bot.service import registry, telling
from bot.service.work import Work, again

EVERY = timedelta(hours=1)
GRACE = timedelta(hours=1)  # a message is tried for 45 minutes, a failing job rests for an hour at most
PERIOD = timedelta(days=8)  # nobody is asked the same more often than weekly
MOST = 1000  # overdue schedules looked at: more are one and the same trouble
RAISED, CLEARED = "auditor.raised", "auditor.cleared"

log = get("auditor")


@dataclass(frozen=True, slots=True)
class Audit:
    """Pilots that were due and not asked, and pilots whose question was not delivered."""

    missed: frozenset[PilotId] = frozenset()
    unsent: frozenset[PilotId] = frozenset()

    def __or__(self, other: Audit) -> Audit:
        """Both together."""
        return Audit(self.missed | other.missed, self.unsent | other.unsent)


def watch(store: Store, content: Content, now: datetime, *, organisation: OrganisationId) -> Audit:
    """Audit one organisation and tell its admins what is new; all that was found."""
    found = store.read(organisation, lambda unit: audit(Work(unit, content, now)))
    if found != Audit():
        log.error(
            "auditor.found", organisation=organisation, missed=len(found.missed), unsent=len(found.unsent)
        )
    again(lambda: store.write(organisation, lambda unit: _tell(Work(unit, content, now), found)))
    return found


def audit(work: Work) -> Audit:
    """What is missing of all that fell due in the period; it only looks."""
    late = work.now - GRACE
    overdue = {one.pilot for one in work.unit.due_schedules(late, limit=MOST)}
    unproven = work.unit.unproven(since=work.now - PERIOD, late=late)
    return Audit(
        missed=frozenset(overdue | {one.pilot for one in unproven if not one.asked}),
        unsent=frozenset(one.pilot for one in unproven if one.asked),
    )


def _tell(work: Work, found: Audit) -> None:
    """Tell the admins of what they were not told yet; what is over may be told anew when it comes again."""
    before = told(work)
    if found == Audit():
        if before != Audit():
            work.unit.record(Event(CLEARED, work.now, None))
        return
    if found | before == before:
        return
    after: Json = {"missed": [*sorted(found.missed)], "unsent": [*sorted(found.unsent)]}
    work.unit.record(Event(RAISED, work.now, None, after=after))
    card = words.unproven(_names(work, found.missed), _names(work, found.unsent))
    telling.tell_menders(work, registry.admins(work.unit), f"auditor:{work.now.isoformat()}", card)


def told(work: Work) -> Audit:
    """What was said last, unless it has been mended since."""
    last = next(iter(work.unit.events(kinds=(RAISED, CLEARED), limit=1)), None)
    if last is None or last.kind == CLEARED or not isinstance(last.after, dict):
        return Audit()
    missed, unsent = (last.after.get(part) or [] for part in ("missed", "unsent"))
    return Audit(frozenset(missed), frozenset(unsent))  # type: ignore[arg-type]  # as `_tell` wrote them


def _names(work: Work, pilots: frozenset[PilotId]) -> Sequence[str]:
    found = (work.unit.pilot(pilot) for pilot in sorted(pilots))
    return [pilot.name for pilot in found if pilot and permissions.is_for_all(pilot)]
