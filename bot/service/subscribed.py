"""Who gets the digest and what became of the last ones; it must not know what a digest says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import permissions
from bot.core.names import folded
from bot.core.ports import Unit
from bot.core.records import Address, Event, Pilot, Slice, Subscription

POSTED = "digest.posted"
LOOKED_AT = 1000  # posts of all channels that are looked through; a year of twenty channels


def of_channel(unit: Unit, address: Address) -> Subscription | None:
    """The subscription of the channel at an address."""
    place = (address.connection, address.conversation)
    subscriptions = unit.subscriptions()
    return next((one for one in subscriptions if _place(one.channel.address) == place), None)


def heard_from(unit: Unit, place: Address) -> None:
    """A platform's services move: a channel that gets the digest is reached where it was heard from last."""
    subscription = of_channel(unit, place) if place.service else None
    if subscription is not None and subscription.channel.address.service != place.service:
        unit.channel(place)


def pilots(unit: Unit, about: Slice) -> list[Pilot]:
    """The pilots that a channel may see, of all or of a slice; private ones stay out of channels."""
    return [one for one in unit.pilots() if permissions.is_for_all(one) and _in(one, about)]


def _in(pilot: Pilot, about: Slice) -> bool:
    """A paused pilot belongs to the stage that it goes back to."""
    return (
        about.group.casefold() in ("", pilot.group.casefold())
        and about.stage in ("", pilot.before_pause or pilot.stage)
        and (not about.tag or folded(about.tag) in {folded(tag) for tag in pilot.tags})
    )


def posts(unit: Unit, subscription: Subscription) -> Sequence[Event]:
    """The digests handed to the outbox for a subscription, the newest first."""
    events = unit.events(kinds=(POSTED,), limit=LOOKED_AT)
    return [event for event in events if event.subject == str(subscription.id)]


def key_of(post: Event) -> str:
    """The key of the message that a digest was posted with."""
    return str(post.after.get("key", "")) if isinstance(post.after, dict) else ""


def name_of(subscription: Subscription) -> str:
    """The channel as people call it."""
    channel = subscription.channel
    return f"#{channel.name}" if channel.name else channel.address.conversation


def _place(address: Address) -> tuple[int, str]:
    return address.connection, address.conversation
