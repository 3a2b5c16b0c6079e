"""What is typed into a select that searches, and the options it is offered; pure: it looks nothing up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.common.text import storable
from adapters.slack.blocks import Json
from adapters.slack.inputs import SEARCH, options_of
from adapters.slack.parse import PLATFORM, installation_of, is_user
from bot.core.card import Offer, Source
from bot.core.ports import Search, Sender

KIND = "block_suggestion"


def searched(raw: Any) -> Search | None:
    """The search in one decoded and verified payload; None where it is none of ours. Total."""
    if not isinstance(raw, Mapping) or raw.get("type") != KIND:
        return None
    user, action, text = raw.get("user"), raw.get("action_id"), raw.get("value")
    ident = user.get("id") if isinstance(user, Mapping) else None
    source = action.removeprefix(SEARCH) if isinstance(action, str) and action.startswith(SEARCH) else ""
    team = installation_of(raw)
    if not team or not isinstance(ident, str) or not is_user(ident) or source not in set(Source):
        return None
    return Search(
        Sender(PLATFORM, team, ident), Source(source), storable(text) if isinstance(text, str) else ""
    )


def offered(offers: Iterable[Offer]) -> Json:
    """The answer to a search; none found is an empty list, which Slack says to be one."""
    return {"options": options_of(offers)}
