"""Several check-ins of one person go out in one message, which then shows where each of them stands.

It must not know when anything is due. Each check-in stays a request of its own: its state, its buttons, its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.bundles import MOST, Strip
from bot.core.card import Card
from bot.core.compose.bundle import bundle
from bot.core.ports import Message, Unit
from bot.core.records import Address
from bot.service import hours
from bot.service.work import Gathered, Work

Said = tuple[Message, Card]


def gathering(work: Work) -> Work:
    """The same unit of work, in which messages wait for each other until `send`."""
    return replace(work, gathered=Gathered())


def send(work: Work, *, in_good_hours: bool = False) -> None:
    """Send what was gathered: what goes to one person as one message, or a few where they are many.

    `in_good_hours`: of whoever gets it; else now, because the hour was chosen before.
    """
    if work.gathered is None:
        return
    for together in _by_address(work.gathered.said):
        for first in range(0, len(together), MOST):
            few = together[first : first + MOST]
            _send(work, few, hours.good_there(work, few[0][0].address) if in_good_hours else None)
    for message in work.gathered.changed.values():
        work.unit.enqueue(message, work.now)
    work.gathered.said.clear()
    work.gathered.changed.clear()


def _by_address(said: Sequence[Said]) -> Iterator[list[Said]]:
    lanes: dict[Address, list[Said]] = {}
    for message, line in said:
        lanes.setdefault(message.address, []).append((message, line))
    yield from lanes.values()


def _send(work: Work, together: Sequence[Said], at: datetime | None) -> None:
    messages = [replace(message, not_before=at) for message, _ in together]
    if len(together) == 1:
        work.unit.enqueue(messages[0], work.now, soon=True)
        return
    host = f"bundle:{messages[0].key}"
    for message, line in together:
        work.unit.put_strip(Strip(host, message.key, line))
    ends = [message.stale_at for message in messages if message.stale_at is not None]
    stale_at = max(ends) if len(ends) == len(messages) else None
    card = bundle([line for _, line in together])
    message = Message(host, messages[0].address, card, not_before=at, stale_at=stale_at)
    work.unit.enqueue(message, work.now, soon=True)


def change(work: Work, host: str, key: str, line: Card, *, address: Address, to: str) -> None:
    """What stands in a message is different now: the message shows it. `to` names the change."""
    work.unit.put_strip(Strip(host, key, line))
    # One without words has been kept long enough (`retention` in the policy).
    card = bundle([one.card for one in work.unit.strips(host) if one.card.body])
    message = Message(f"{host}:{to}", address, card, replaces=host)
    if work.gathered is None:
        work.unit.enqueue(message, work.now)
    else:
        work.gathered.changed[host] = message


def was_told(unit: Unit, key: str) -> bool:
    """Whether a check-in's message was delivered, alone or within another."""
    return unit.was_sent(unit.stands_in(key) or key)
