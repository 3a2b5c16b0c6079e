"""What Slack's error codes mean for a delivery, in plain words; pure: it sees codes, not connections."""

from __future__ import annotations

from typing import Final

from bot.core.ports import DeliveryError

# Nothing can be delivered to that conversation until it is heard from again.
GONE: Final = {
    "cannot_dm_bot": "that account is a bot, which cannot be written to",
    "channel_not_found": "the conversation is not there, or the app was not invited to it",
    "is_archived": "the channel is archived; name another one for the digest",
    "not_in_channel": "the app is not in the channel; invite it with /invite",
    "team_access_not_granted": "the app was removed from that workspace of the organisation; add it there again",
    "user_disabled": "the account was deactivated",
    "user_not_found": "there is no such account in this workspace",
    "user_not_visible": "the account cannot be seen by the app",
}
RESTRICTED: Final = (
    "restricted_action"  # also begins codes that say more, like restricted_action_read_only_channel
)
# Trying this message again is useless.
PERMANENT: Final = {
    "cant_update_message": "the message is not ours to change",
    "edit_window_closed": "the workspace lets nobody change a message so old",
    "invalid_blocks": "Slack refused the message's blocks",
    "message_not_found": "the message was deleted",
    "messages_tab_disabled": "turn on the Messages tab under App Home in the app's settings",
    "missing_scope": "the app lacks a permission; install it again with the current manifest",
    "msg_blocks_too_long": "the message is longer than Slack takes",
    "msg_too_long": "the message is longer than Slack takes",
    "no_text": "the message has no text",
    "not_enabled": "turn on the Home tab under App Home in the app's settings",
    RESTRICTED: "the workspace does not let the app post there",
}
# The call may have had its effect all the same: Slack says of fatal_error that parts of it may have succeeded.
DOUBTFUL: Final = {"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"}
# Of the app-level token, which opens sockets and does nothing else.
SOCKET: Final = {
    "account_inactive": "the app of SLACK_APP_TOKEN is gone; make a new token in the app's settings",
    "invalid_auth": "Slack does not accept the app-level token; check SLACK_APP_TOKEN",
    "missing_scope": "the app-level token lacks connections:write; make a new one with it for SLACK_APP_TOKEN",
    "not_allowed_token_type": "SLACK_APP_TOKEN is not an app-level token; it begins with xapp-",
    "not_authed": "no app-level token was sent; set SLACK_APP_TOKEN",
    "token_revoked": "the app-level token was revoked; make a new one for SLACK_APP_TOKEN",
}
# Slack does not take the token, whatever is called with it: the token's own business (access.py), not the message's.
REFUSED: Final = {
    "account_inactive": "the app was removed from the workspace; install it again",
    "invalid_auth": "Slack does not accept the token; check SLACK_BOT_TOKEN",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is not a bot token; it begins with xoxb-",
    "not_authed": "no token was sent; set SLACK_BOT_TOKEN",
    "token_expired": "the token has expired; install the app again",
    "token_revoked": "the app was removed from the workspace; install it again",
}
DEFAULT_REST = 30.0  # seconds, where a 429 does not say how long


class Refused(DeliveryError):
    """Slack answered with an error code."""

    def __init__(self, code: str, reason: str, *, permanent: bool = False, gone: bool = False) -> None:
        super().__init__(reason, permanent=permanent, gone=gone, unsent=code not in DOUBTFUL)
        self.code = code


class TokenRefused(Refused):
    """Slack does not take the token, so it did nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code, f"{REFUSED[code]} ({code})")


def fault(code: str, *, needed: str = "") -> DeliveryError:
    """The delivery's error for a code in Slack's answer; an unknown code is worth another try."""
    if code in REFUSED:
        return TokenRefused(code)
    if code in GONE:
        return Refused(code, f"{GONE[code]} ({code})", gone=True)
    if code.startswith(RESTRICTED):
        return Refused(code, f"{PERMANENT[RESTRICTED]} ({code})", permanent=True)
    if code in PERMANENT:
        scope = f"{code}: {needed}" if needed else code
        return Refused(code, f"{PERMANENT[code]} ({scope})", permanent=True)
    return Refused(code, f"Slack answered {code or 'nothing that can be read'}")


def no_socket(code: str) -> DeliveryError:
    """Why no socket is given, by the code in Slack's answer."""
    return Refused(code, f"{SOCKET[code]} ({code})", permanent=True) if code in SOCKET else fault(code)


def too_many(after: str | None) -> DeliveryError:
    """Slack asked for a rest: `after` is its Retry-After header, in seconds."""
    try:
        rest = max(1.0, float(after or DEFAULT_REST))
    except ValueError:
        rest = DEFAULT_REST
    return DeliveryError("Slack asked us to wait (429)", retry_after=rest)
