"""Links that are due to be opened, and what came of it; it must not open any, nor hold a transaction meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core import links, readiness
from bot.core.compose import proof as words
from bot.core.links import AGAIN, FAILED_AGAIN, Due, Tried
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event, ItemLevel, OrganisationId, Pilot
from bot.service import evaluate, evaluations, hours, telling
from bot.service.work import Work, again

ROUND = 10  # links opened in one go: half a minute at the worst
LINK = "item.link"  # an event: `after` tells whether it opens


def due(store: Store, organisation: OrganisationId, now: datetime) -> Sequence[Due]:
    """A few links that nobody has looked at for long, the longest first."""
    return store.read(
        organisation, lambda unit: unit.due_links(now - AGAIN, failed=now - FAILED_AGAIN, limit=ROUND)
    )


def settle(
    store: Store,
    content: Content,
    organisation: OrganisationId,
    tried: Mapping[Due, Tried],
    *,
    now: datetime,
) -> None:
    """Keep what came of opening links, all in one transaction, and tell owners of those that are gone."""
    again(lambda: store.write(organisation, lambda unit: _keep(Work(unit, content, now), tried)))


def _keep(work: Work, tried: Mapping[Due, Tried]) -> None:
    for one, came in tried.items():
        pilot, level = work.unit.pilot(one.pilot), work.unit.levels(one.pilot).get(one.item)
        # Another link by now, or another worker was faster: what was seen says nothing about this one.
        if (
            pilot is None
            or level is None
            or (level.link, level.link_checked_at) != (one.link, one.checked_at)
        ):
            continue
        after = links.looked_at(level, came, work.now)
        work.unit.set_level(pilot.id, after)
        if links.gone(level, after) or links.back(level, after):
            _changed(work, pilot, level, after)


def _changed(work: Work, pilot: Pilot, before: ItemLevel, after: ItemLevel) -> None:
    """A link proves nothing any more, or something again: scores follow, and the owner hears of what is gone."""
    opens = after.link_failures == 0
    work.unit.record(Event(LINK, work.now, None, pilot.id, after.item, before=before.link, after=opens))
    work.unit.add_snapshot(evaluate.snapshot(work, pilot))
    evaluations.ask(work, pilot.id)
    claimed = after.level is not None and after.level > readiness.UNPROVEN_LEVEL
    if opens or not claimed or readiness.proven(after, work.content.policy, work.now):
        return
    owner = work.unit.person(pilot.owner) if pilot.owner is not None else None
    item = work.content.model.item(after.item)
    if owner is not None and item is not None:
        at = hours.good(work, owner, work.now)
        card = words.link_gone_card(pilot, item, after.link)
        telling.tell(work, owner.id, f"link:{pilot.id}:{after.item}:{work.now.isoformat()}", card, at=at)
