"""What Slack insists on beside the shapes of what it is sent: scopes, the speed of calls, how long things are good."""

from __future__ import annotations

from collections import defaultdict, deque

SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "conversations.history": "im:history",
    "conversations.replies": "im:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
ALL_SCOPES = frozenset(
    "app_mentions:read channels:read chat:write commands files:read files:write groups:read im:history im:write"
    " users:read users:read.email".split()
)
# Calls a minute, from Slack's own table; a channel takes one message a second.
TIERS = {
    "apps.connections.open": 50,  # tier 1 in the SDK's table, tier 3 in the documents of 2026
    "auth.test": 300,
    "chat.postEphemeral": 100,
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "users.info": 100,
    "users.list": 20,
    "users.lookupByEmail": 50,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
CHANNEL_BURST = 3  # messages that a channel takes at once before one a second is insisted on
ANSWERS, ANSWERS_FOR = 5, 30 * 60.0  # uses of a response_url, and seconds that it is good
STACK = 3  # modals over one another
SOCKETS = 10  # at once


class Speed:
    """Counts calls in the last minute."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def too_fast(self, method: str, channel: str, now: float) -> int:
        """Seconds to wait; 0 where the call is taken, and counted."""
        limits = [(method, TIERS.get(method, 10_000), 60.0)]
        if method == "chat.postMessage":
            limits.append((channel, CHANNEL_BURST, float(CHANNEL_BURST)))
        for name, most, within in limits:
            while self._calls[name] and self._calls[name][0] <= now - within:
                self._calls[name].popleft()
            if len(self._calls[name]) >= most:
                return max(1, round(self._calls[name][0] + within - now))
        for name, _, _ in limits:
            self._calls[name].append(now)
        return 0
