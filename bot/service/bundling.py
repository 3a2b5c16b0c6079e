"""What is asked of one person about several pilots goes out in one message, which then shows where each stands.

It must not know when anything is due. Each check-in, and each question why nobody answers, stays one of its own: its
state, its buttons, its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.bundles import MOST, Lane, Strip, host_of, lane_of
from bot.core.card import Card
from bot.core.compose.bundle import bundle
from bot.core.ports import Message, Unit
from bot.core.records import Address
from bot.service import hours
from bot.service.work import Gathered, Held, Work


def gathering(work: Work) -> Work:
    """The same unit of work, in which messages wait for each other until `send`."""
    return replace(work, gathered=Gathered())


def send(work: Work, *, in_good_hours: bool = False) -> None:
    """Send what was gathered: what goes to one person as one message, or a few where they are many.

    `in_good_hours`: of whoever gets it; else as each of them says, because the hour was chosen before.
    """
    if work.gathered is None:
        return
    for together in _by_lane(work.gathered.said):
        for first in range(0, len(together), MOST):
            few = together[first : first + MOST]
            _send(work, few, hours.good_there(work, few[0].message.address) if in_good_hours else None)
    for message in work.gathered.changed.values():
        work.unit.enqueue(message, work.now)
    work.gathered.said.clear()
    work.gathered.changed.clear()


def _by_lane(said: Sequence[Held]) -> Iterator[list[Held]]:
    """By who reads it and what it is about: one title says both."""
    lanes: dict[tuple[Address, Lane], list[Held]] = {}
    for one in said:
        lanes.setdefault((one.message.address, one.lane), []).append(one)
    yield from lanes.values()


def _drawn(strips: Sequence[Strip]) -> Card:
    """The message as it stands. A strip without words has been kept long enough (`retention` in the policy)."""
    return bundle([one.card for one in strips if one.card.body], lane_of(strips[0].host))


def _send(work: Work, together: Sequence[Held], at: datetime | None) -> None:
    messages = [replace(one.message, not_before=at or one.message.not_before) for one in together]
    if len(together) == 1:
        work.unit.enqueue(messages[0], work.now, soon=True)
        return
    host = host_of(together[0].lane, messages[0].key)
    strips = [Strip(host, one.message.key, one.line) for one in together]
    for strip in strips:
        work.unit.put_strip(strip)
    ends = [message.stale_at for message in messages if message.stale_at is not None]
    stale_at = max(ends) if len(ends) == len(messages) else None
    first = messages[0]
    message = Message(host, first.address, _drawn(strips), not_before=first.not_before, stale_at=stale_at)
    work.unit.enqueue(message, work.now, soon=True)


def change(work: Work, host: str, key: str, line: Card, *, address: Address, to: str) -> None:
    """What stands in a message is different now: the message shows it. `to` names the change."""
    work.unit.put_strip(Strip(host, key, line))
    message = Message(f"{host}:{to}", address, _drawn(work.unit.strips(host)), replaces=host)
    if work.gathered is None:
        work.unit.enqueue(message, work.now)
    else:
        work.gathered.changed[host] = message


def keep(work: Work, host: str, key: str, line: Card) -> None:
    """What stands in a message is different now, and shown with its next change.

    For whoever has the form before them: in Teams it stands in the place of the message, which would take it away.
    """
    work.unit.put_strip(Strip(host, key, line))


def take_out(work: Work, host: str, key: str, address: Address) -> bool:
    """What stands in a message that was not sent yet is never sent, the others are; False where it may be sent."""
    if not work.unit.cancel(host, "one of them is settled"):
        return False
    left = [one for one in work.unit.strips(host) if one.key != key]
    if any(one.card.actions for one in left):
        rest = f"{host_of(lane_of(host), left[0].key)}:without:{key}"
        moved = [replace(one, host=rest) for one in left]
        for one in moved:
            work.unit.put_strip(one)
        message = Message(moved[0].host, address, _drawn(moved), not_before=hours.good_there(work, address))
        work.unit.enqueue(message, work.now)
    return True


def was_told(unit: Unit, key: str) -> bool:
    """Whether a check-in's message was delivered, alone or within another."""
    return unit.was_sent(unit.stands_in(key) or key)
