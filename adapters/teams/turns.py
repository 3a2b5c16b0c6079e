"""The one file that imports botbuilder: an activity goes through its turn, and what is answered comes back.

Its pipeline, TurnContext and ActivityHandler are used on their public extension points; tokens, calls and delivery are
ours (docs/adr/0014). It must not know what an activity means.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ResourceResponse
from msrest.exceptions import DeserializationError  # type: ignore[attr-defined]  # its stubs forget to export it

from adapters.teams.ingress import UnreadableError
from adapters.teams.replies import Answer

RAW: Final = "rampcheck.raw"
ANSWER: Final = "rampcheck.answer"
INVOKE_RESPONSE: Final = "invokeResponse"
Raw = Mapping[str, Any]
Take = Callable[[Raw], Awaitable[Answer]]

# msrest warns of each property that its schema does not know, and Teams sends several with every activity.
logging.getLogger("msrest.serialization").setLevel(logging.ERROR)


class Turns(BotAdapter):  # type: ignore[misc]  # botbuilder ships no types
    """Runs a turn for each activity. Nothing is ever sent through it: it would swallow what goes wrong (T3)."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._handler = _Handler(take)

    async def run(self, raw: Raw) -> Answer:
        """What is answered to an activity that was verified. Raises UnreadableError."""
        context = TurnContext(self, _activity(raw))
        context.turn_state[RAW] = raw
        await self.run_pipeline(context, self._handler.on_turn)
        found: Answer = context.turn_state.get(ANSWER) or Answer()
        return found

    async def send_activities(
        self, context: TurnContext, activities: list[Activity]
    ) -> list[ResourceResponse]:
        """Only the answer to an invoke comes this way, from botbuilder itself; it is kept already."""
        del context
        if any(activity.type != INVOKE_RESPONSE for activity in activities):
            raise NotImplementedError("what is said goes by adapters/teams/client.py")
        return [ResourceResponse(id="") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """See send_activities."""
        raise NotImplementedError("messages are changed by adapters/teams/client.py")

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        """Nothing of ours is ever deleted."""
        raise NotImplementedError("messages are not deleted")


class _Handler(ActivityHandler):  # type: ignore[misc]  # botbuilder ships no types
    """Every kind of activity that means something to us; the others are botbuilder's to ignore."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._answered(turn_context)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Without looking up each member who came, as botbuilder's own would (T16)."""
        await self._answered(turn_context)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        await self._answered(turn_context)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """The body stays a plain dictionary: serialised twice, it would end as a 500 (T1)."""
        answer = await self._answered(turn_context)
        return InvokeResponse(status=answer.status, body=answer.body)

    async def _answered(self, turn_context: TurnContext) -> Answer:
        answer = await self._take(turn_context.turn_state[RAW])
        turn_context.turn_state[ANSWER] = answer
        return answer


def _activity(raw: Raw) -> Activity:
    """The schema's reading; what it stumbles over is the sender's mistake."""
    try:
        activity = Activity.deserialize(dict(raw))
    except (DeserializationError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None
    if not isinstance(activity, Activity) or not activity.type:
        raise UnreadableError("no type")
    return activity
