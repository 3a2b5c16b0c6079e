"""What the connector's answers mean for a delivery, in plain words; pure: it sees answers, not connections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from bot.core.ports import DeliveryError

AGAIN: Final = frozenset({412, 429, 502, 504})  # Microsoft's list of what is worth another try at once
DEFAULT_REST: Final = 10.0  # seconds, where a 429 does not say how long
# Nothing can be delivered to that conversation until it is heard from again.
GONE: Final = {
    "BotDisabledByAdmin": "an admin has switched the app off",
    "BotNotInConversationRoster": "the app is not in the conversation; add it there",
    "ConversationBlockedByUser": "the person has blocked the app",
    "ConversationNotFound": "the conversation is not there any more",
    "ForbiddenOperationException": "the app may not write there; add it to the conversation again",
    "MessageWritesBlocked": "the person has blocked or removed the app",
}
MESSAGE_GONE: Final = "ActivityNotFoundInConversation"
_OFTEN: Final = {
    400: "Teams does not take the message",
    401: "Teams does not know this bot; check TEAMS_APP_ID, its type and its tenant",
    413: "the message is longer than Teams takes",
}


def fault(status: int, body: str, retry_after: str | None = None) -> DeliveryError:
    """The delivery's error for an answer; one that says nothing is told by its status alone."""
    code = code_of(body)
    said = f"{status} {code}".strip()
    if status == 429:
        return DeliveryError(f"Teams asked us to wait ({said})", retry_after=rest(retry_after))
    if status == 404 and code == MESSAGE_GONE:
        return DeliveryError(f"the message was deleted ({said})", permanent=True)
    if status in (403, 404):
        return DeliveryError(f"{GONE.get(code, 'the conversation cannot be written to')} ({said})", gone=True)
    if status in AGAIN or status >= 500:
        return DeliveryError(f"Teams cannot take it now ({said})")
    return DeliveryError(f"{_OFTEN.get(status, 'Teams refused')} ({said})", permanent=True)


def code_of(body: str) -> str:
    """The code in an answer's body: in `error`, or in the older form, in a text within it; a web page has none."""
    found = _object(body)
    error = found.get("error")
    if isinstance(error, Mapping) and isinstance(error.get("code"), str):
        inner = _object(str(error.get("message", ""))).get("subCode")
        return str(inner if isinstance(inner, str) else error["code"])[:60]
    inner = _object(str(found.get("message", ""))).get("subCode")
    return inner[:60] if isinstance(inner, str) else ""


def rest(retry_after: str | None) -> float:
    """Seconds to wait, out of a Retry-After header."""
    try:
        return max(1.0, float(retry_after or DEFAULT_REST))
    except ValueError:
        return DEFAULT_REST


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}
