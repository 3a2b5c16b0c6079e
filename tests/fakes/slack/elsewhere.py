"""Another workspace of the same fake Slack, with people, tokens and limits of its own; it keeps no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.api import Api
from tests.fakes.slack.laws import ALL_SCOPES
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.server import Delivered, FakeSlack

Json = dict[str, Any]


class Elsewhere:
    """What `Somebody` needs of a Slack, for a workspace that is not the first."""

    def __init__(self, slack: FakeSlack, team: str, name: str, *, enterprise: str = "") -> None:
        self.slack = slack
        self.workspace = Workspace(team, name, enterprise)
        self.api = Api(self.workspace, ALL_SCOPES)

    async def event(self, event: Json, *, event_id: str = "", when: int = 1774940400) -> Delivered:
        """Tell the app of an event in this workspace."""
        return await self.slack.event(event, event_id=event_id, at=self.workspace, when=when)

    async def deliver(self, kind: str, payload: Json, *, attempt: int = 0) -> Delivered | None:
        """One delivery; the payload says where from."""
        return await self.slack.deliver(kind, payload, attempt=attempt)

    def answer_at(self, user: str, channel: str, ts: str) -> str:
        """A response_url."""
        return self.slack.answer_at(user, channel, ts, at=self.workspace)

    def respond(self, args: Json, user: str, channel: str, ts: str = "") -> None:
        """Show an answer."""
        self.slack.respond(args, user, channel, ts, at=self.workspace)
