"""Posts the digest out of turn to the channels that get it; when it is due by itself is `digest`'s."""

from __future__ import annotations

from bot.service import ServiceError, digest
from bot.service.work import Work


def post_now(work: Work, group: str) -> list[str]:
    """Post to every channel that gets the digest, or that of one group; their names. ServiceError for none."""
    wanted = [
        one
        for one in work.unit.subscriptions()
        if not group or one.about.group.casefold() == group.casefold()
    ]
    if not wanted:
        whom = f" of {group}" if group else ""
        raise ServiceError(
            f"No channel gets the digest{whom}. Type `digest subscribe` in the channel that should."
        )
    for subscription in wanted:
        digest.post(work, subscription, key=f"digest:{subscription.id}:{work.now.isoformat()}")
    return [subscription.channel.name or subscription.channel.address.conversation for subscription in wanted]
