"""The calls that follow an acknowledgement; it must not know why one is made, or what becomes of one that fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.slack.client import Client
from adapters.slack.parse import installation_of
from adapters.slack.replies import Answer, Call, ChangeView, OpenView, Post, Respond


@dataclass(frozen=True, slots=True)
class Errand:
    """A call that follows an acknowledgement, and in which workspace."""

    team: str
    call: Call


def errand(raw: Mapping[str, Any], said: Answer) -> Errand | None:
    """What follows the answer to a payload."""
    return Errand(installation_of(raw), said.then) if said.then else None


async def run(client: Client, call: Call) -> None:
    """Make the call. Raises DeliveryError."""
    match call:
        case OpenView(trigger, view, over):
            await client.open_view(trigger, view, over=over)
        case ChangeView(ident, view, seen):
            await client.update_view(ident, view, seen=seen)
        case Respond(url, message):
            await client.respond(url, message)
        case Post(channel, message, thread, only) if only:
            await client.whisper(channel, only, message, thread=thread)
        case Post(channel, message, thread):
            await client.reply(channel, message, thread=thread)
        case _:
            assert_never(call)
