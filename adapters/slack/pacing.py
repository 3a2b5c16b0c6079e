"""Spaces calls so that Slack never has to say no: one turn a method and a channel; it knows no HTTP and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.core.pace import Pace, Wait

# Calls a minute of one method in one workspace (java-slack-sdk, metadata/web-api/rate_limit_tiers.json).
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
MINUTELY: Final = {
    "apps.connections.open": TIER_1,
    "auth.test": 200,  # "hundreds"
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": 300,  # "several hundred a minute" in a workspace; the channel's own limit comes on top
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
CHANNEL_MINUTELY = 57  # "about one message a second" in a channel, and a little less
# Shares of a method's limit: most is spread evenly, a little may come all at once. A twentieth is left over: what was
# sent in time may arrive late, and Slack counts the minute in which it arrives.
SPREAD, AT_ONCE = 0.85, 0.1
KEPT = 2000  # channels remembered; one that was quiet for a second needs no memory


@dataclass(slots=True)
class Pacing:
    """The paces of one workspace."""

    _methods: dict[str, Pace] = field(default_factory=dict)
    _channels: dict[str, Pace] = field(default_factory=dict)

    def turn(self, method: str, channel: str, now: float, *, patience: float) -> float:
        """Take a turn: the seconds to wait for it. Raises Wait where that is longer than `patience`."""
        paces = self._paces(method, channel, now)
        wait = max(pace.wait(now) for pace in paces)
        if wait > patience:
            raise Wait(max(pace.promise(now) for pace in paces))
        for pace in paces:
            pace.take(now + wait)
        return wait

    def hold(self, method: str, now: float, seconds: float) -> None:
        """Slack asked for a rest from a method."""
        self._method(method).hold(now, seconds)

    def _paces(self, method: str, channel: str, now: float) -> list[Pace]:
        found = [self._method(method)]
        if channel:
            self._forget(now)
            found.append(self._channels.setdefault(channel, Pace(60 / CHANNEL_MINUTELY)))
        return found

    def _method(self, method: str) -> Pace:
        if method not in self._methods:
            limit = MINUTELY.get(method, TIER_2)
            self._methods[method] = Pace(60 / (limit * SPREAD), max(1, int(limit * AT_ONCE)))
        return self._methods[method]

    def _forget(self, now: float) -> None:
        if len(self._channels) > KEPT:
            self._channels = {name: pace for name, pace in self._channels.items() if pace.wait(now) > 0}
