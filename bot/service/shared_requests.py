"""Equal blockers of several pilots as one request to whoever can clear them; it must not word it.

Each pilot keeps a request of its own, with its own reply. Those that one message asks for stand under the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.core.card import Card
from bot.core.compose.shared import Waiting, shared_card
from bot.core.records import Request
from bot.service.portfolio_facts import ROUNDS_READ, named_by
from bot.service.work import Work

WITHDRAWN = "withdrawn"  # in place of a reply: the question is no longer put
LISTED = 10  # pilots that a message names, and that are looked at for it; the others are counted


def anchor_of(request: Request) -> int:
    """The request in whose message this one stands."""
    return request.under or request.id


def by_message(requests: Sequence[Request]) -> list[list[Request]]:
    """Requests by the message that asks for them: equal blockers of several pilots are one."""
    found: dict[int, list[Request]] = {}
    for request in requests:
        found.setdefault(anchor_of(request), []).append(request)
    return list(found.values())


def standing(work: Work, request: Request) -> Request | None:
    """What this person is asked already for another pilot, or has answered lately; None where they are not.

    An answer stands for as long as nobody is called silent (P05). To its own pilot alone it does not: that one asks
    again with its next check-in.
    """
    since = work.now - timedelta(days=work.content.policy.thresholds["P05"]["unanswered_days"])
    known = work.unit.help_asked(request.person, request.topic, since=since)
    found = [one for one in known if one.reply != WITHDRAWN]
    same = [one for one in found if not one.reply] or found
    if all(one.pilot == request.pilot for one in same):
        return None
    return max(same, key=lambda one: (anchor_of(one), one.id))


def members(work: Work, request: Request) -> Sequence[Request]:
    """All requests of one message that still hold, the oldest first."""
    anchor = work.unit.request(anchor_of(request)) or request
    known = work.unit.help_asked(request.person, request.topic, since=anchor.asked_at)
    return [one for one in known if anchor_of(one) == anchor.id and one.reply != WITHDRAWN]


def card(work: Work, group: Sequence[Request], *, answer: str = "") -> Card:
    """The one message for all of them; an answered one names those that still wait."""
    today = work.today(work.unit.person(group[0].person))
    waiting = sorted(_waiting(work, group[:LISTED]), key=lambda one: one.since)
    number = max(len(group) - LISTED, 0) + len(waiting)
    return shared_card(group[0], waiting, number, today, answer=answer)


def _waiting(work: Work, group: Sequence[Request]) -> Iterator[Waiting]:
    for one in group:
        pilot, named = work.unit.pilot(one.pilot), named_by(work, one.pilot, back=ROUNDS_READ)
        same = named is not None and named.label == one.topic
        if pilot is None or (one.reply and not same and one.asked_at != work.now):
            continue  # it was cleared since
        since = named.since if named is not None and same else work.day(one.asked_at)
        asker = work.unit.person(one.asked_by) if one.asked_by else None
        yield Waiting(pilot.name, since, asker.name if asker else "Rampcheck", one.text)
