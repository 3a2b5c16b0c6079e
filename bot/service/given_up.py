"""Tells admins of messages that were given up and that nobody else was told of; it must not deliver, or try again.

After an outage that is longer than a message is tried for, nothing else would say that people were not written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.compose import trouble as words
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event, OrganisationId
from bot.service import registry, telling
from bot.service.letters import MOST
from bot.service.work import Work, again

GIVEN_UP = "delivery.dead"  # an event; what it says under "told" is whether somebody heard of it then
LATELY = timedelta(days=7)  # what is older was told of, or is of no use any more


def watch(store: Store, content: Content, now: datetime, *, organisation: OrganisationId) -> None:
    """An organisation's admins, once for each time that more was given up."""
    dead = store.letters.dead(limit=MOST)
    still = frozenset(letter.key for letter in dead if letter.organisation == organisation)
    if still:
        again(lambda: store.write(organisation, lambda unit: _tell(Work(unit, content, now), still)))


def _tell(work: Work, still: frozenset[str]) -> None:
    untold = _untold(work, still)
    if not untold:
        return
    reasons = sorted({str(_after(event)["reason"]) for event in untold})
    card = words.given_up(len(untold), reasons)
    key = f"letters:{untold[0].at.isoformat()}"  # of the last one: said again only where more was given up
    telling.tell_menders(work, registry.admins(work.unit), key, card)


def _untold(work: Work, still: frozenset[str]) -> Sequence[Event]:
    """Of those that are dead still, the latest first."""
    events = work.unit.events(kinds=(GIVEN_UP,), since=work.now - LATELY, limit=MOST)
    return [one for one in events if not _after(one).get("told") and _after(one).get("key") in still]


def _after(event: Event) -> dict[str, object]:
    return dict(event.after) if isinstance(event.after, dict) else {}
