"""Tells whoever can mend it that a message could not be delivered, once for each trouble; it must not deliver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core import permissions
from bot.core.card import Card
from bot.core.compose import trouble as words
from bot.core.ports import DeliveryError, Message, Unit
from bot.core.records import Event, Person, Subscription
from bot.service import hours, leaving, registry, subscribed
from bot.service.work import Work

TOLD = "digest.trouble"


def undelivered(work: Work, message: Message, error: DeliveryError, *, doubtful: bool = False) -> bool:
    """What follows from giving up a message; True where its conversation gets nothing more until it is heard from.

    `doubtful`: it may be there all the same.

    A channel with a digest is never switched off: the next digest finds out whether it was mended.
    """
    unit = work.unit
    subscription = subscribed.of_channel(unit, message.address)
    if subscription is not None:
        _tell_of_channel(work, subscription, message, error, doubtful=doubtful)
        return False
    if error.gone:
        _tell_of_person(work, message, error)
        person = unit.person_at(message.address)
        unit.switch_off(message.address)
        if person is not None and not leaving.is_reached(unit, person):
            _lost(unit, person, work.now)
    return error.gone


# --- channels -------------------------------------------------------------------------------------------------------


def _tell_of_channel(
    work: Work, subscription: Subscription, message: Message, error: DeliveryError, *, doubtful: bool
) -> None:
    unit = work.unit
    root = message.under or message.key
    if _known(unit, subscription, root, error.reason, in_thread=bool(message.under)):
        return
    after = {"key": root, "reason": error.reason}
    unit.record(Event(TOLD, work.now, None, subject=str(subscription.id), after=dict(after)))
    name = subscribed.name_of(subscription)
    part = bool(message.under)
    card = words.digest_lost(subscription.id, name, error.reason, in_thread=part, doubtful=doubtful)
    _write_to(work, _menders(unit, subscription), f"trouble:{message.key}", card)


def _known(unit: Unit, subscription: Subscription, root: str, reason: str, *, in_thread: bool) -> bool:
    """Whether this was told already and no digest has come through since."""
    told = (one for one in unit.events(kinds=(TOLD,)) if one.subject == str(subscription.id))
    last = next(told, None)
    if last is None or not isinstance(last.after, dict) or last.after.get("reason") != reason:
        return False
    since = []
    for post in subscribed.posts(unit, subscription):
        if subscribed.key_of(post) == last.after.get("key"):
            break
        since.append(subscribed.key_of(post))
    return in_thread or not any(unit.was_sent(key) for key in since if key != root)


def _menders(unit: Unit, subscription: Subscription) -> Sequence[Person]:
    """Whoever set the digest up; where that person cannot be reached, every lead."""
    by = unit.person(subscription.by) if subscription.by else None
    reachable = by is not None and by.active and registry.address_of(unit, by.id) is not None
    return [by] if by is not None and reachable else registry.leads(unit)


# --- people ---------------------------------------------------------------------------------------------------------


def _tell_of_person(work: Work, message: Message, error: DeliveryError) -> None:
    """Once for each time that somebody is lost: whoever is switched off gets nothing more that could fail."""
    unit, address = work.unit, message.address
    person = unit.person_at(address)
    pilots = [pilot for pilot in unit.pilots_of(person.id) if permissions.is_for_all(pilot)] if person else []
    if person is None or not pilots:
        return
    owned = [pilot.name for pilot in pilots if pilot.owner == person.id]
    others = [pilot.name for pilot in pilots if pilot.owner != person.id]
    readers = [lead for lead in registry.leads(unit) if lead.id != person.id]
    key = f"unreachable:{person.id}:{message.key}"
    _write_to(work, readers, key, words.unreachable(person.name, owned, others, error.reason))


def _lost(unit: Unit, person: Person, now: datetime) -> None:
    """Somebody is reached nowhere now: their pilots are looked at with the next beat, which asks for a new owner."""
    unit.record(Event(leaving.LOST, now, None, subject=str(person.id)))
    for pilot in unit.pilots_of(person.id):
        unit.await_evaluation(pilot.id, now)


def _write_to(work: Work, people: Sequence[Person], key: str, card: Card) -> None:
    """Nobody waits for it: it comes at a good hour of each of them, when they are there."""
    for person in people:
        address = registry.address_of(work.unit, person.id)
        if address is not None:
            at = hours.there(work, person)
            work.unit.enqueue(Message(f"{key}:{person.id}", address, card, not_before=at), work.now)
