"""Somebody installed the app: they are known from then on, an admin where there was none, and greeted."""

from __future__ import annotations

from bot.core.compose import arrival as words
from bot.core.ports import Inbound, Joined, Message, Place, Sender
from bot.core.records import Address, Event, Standing
from bot.service import people, registry
from bot.service.work import Work


def greeted(work: Work, sender: Sender, connection: int, *, place: str, edition: int) -> None:
    """Who installed it, kept and written to; `edition` counts the installations in that place."""
    key = f"installed:{connection}:{edition}"
    met = registry.meet(work, Inbound(key, sender, Joined(), Place(sender.user)), connection).person
    others = [one for one in work.unit.people() if one.active and one.standing is Standing.ADMIN]
    if not others:
        met = people.set_standing(work, met, Standing.ADMIN)
    work.unit.record(Event("workspace.installed", work.now, met.id, subject=sender.tenant, after=place))
    card = words.installed(met.name, place, admin=met.standing is Standing.ADMIN)
    work.unit.enqueue(Message(key, Address(connection, sender.platform, sender.user), card), work.now)
