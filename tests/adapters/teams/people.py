"""A person at the fake Teams: writes, mentions, presses and fills in, as their client sends it; it knows no test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.adapters.teams import screen
from tests.adapters.teams.door import words
from tests.fakes.teams.server import FakeTeams, Message

Values = Mapping[str, "str | list[str]"]


@dataclass
class Somebody:
    """`shown` is the card that stands in the place of the pressed one, for them alone; `told` what passed by."""

    teams: FakeTeams
    account: str
    name: str
    shown: Any = None
    told: str = ""

    def __post_init__(self) -> None:
        self.teams.told(self.account, self.name)
        self.teams.room(self.direct, "personal", screen.mri(self.account))

    @property
    def direct(self) -> str:
        """Their conversation with the bot."""
        return screen.DIRECT if self.account == screen.ANNA else f"a:1{self.account}"

    @property
    def inbox(self) -> list[Message]:
        """The bot's messages to them, the oldest first."""
        return self.teams.in_room(self.direct)

    def card(self, *wanted: str) -> Message | None:
        """The newest message to them whose card has these words."""
        found = (one for one in reversed(self.inbox) if all(word in said(one) for word in wanted))
        return next(found, None)

    async def writes(self, text: str) -> int:
        """In their own chat with the bot; the status that the bot answers with."""
        return (await self._says(screen.wrote(text)))[0]

    async def mentions(self, text: str, *, thread: str = "") -> int:
        """In the channel, with a mention."""
        room = screen.mentioned(text, thread=thread)
        return (await self._says(room, conversation=room["conversation"]))[0]

    async def installs(self) -> int:
        """The app is added for them."""
        return (await self._says(screen.activity("installationUpdate", action="add")))[0]

    async def presses(self, where: Message, title: str, values: Values | None = None) -> Any:
        """A button of a message, with what they entered in it; the body of the answer."""
        return await self._presses(where.card, title, values, where.conversation)

    async def goes_on(self, title: str, values: Values | None = None, *, room: str = "") -> Any:
        """A button of the card that they got in the place of another."""
        assert self.shown, f"{self.name} has no card before them; they read {self.told!r}"
        return await self._presses(self.shown, title, values, room or self.direct)

    async def _presses(self, card: Any, title: str, values: Values | None, room: str) -> Any:
        button, form = _button(card, title)
        kind = "channel" if room.startswith("19:") else "personal"
        there = {"id": room, "conversationType": kind, "tenantId": screen.TENANT}
        raw = screen.pressed(button, screen.filled(form, values or {}))
        status, body = await self._says(raw, conversation=there)
        assert status == 200, body
        card_back = body["type"] == "application/vnd.microsoft.card.adaptive"
        self.shown, self.told = (body["value"], "") if card_back else (None, body["value"])
        return body

    async def _says(self, raw: dict[str, Any], **parts: Any) -> tuple[int, Any]:
        """Also the event of an app that was added names its account only: a name comes with what a person does."""
        own = {"id": self.direct, "conversationType": "personal", "tenantId": screen.TENANT}
        who = {"id": screen.mri(self.account), "name": self.name, "aadObjectId": self.account}
        return await self.teams.post(
            {"conversation": own}
            | raw
            | {"conversation": own, "from": who, "serviceUrl": self.teams.service}
            | parts
        )


def said(message: Message) -> str:
    """Every word of a message's card."""
    return "\n".join(words(message.card)) if message.card else ""


def labels(card: Any) -> list[str]:
    """What stands on the buttons of a card."""
    return [one["title"] for one in screen.buttons(card)]


def _button(card: Any, title: str) -> tuple[Any, Any]:
    """The button, and the card with the inputs that it sends."""
    for action in card.get("actions", []):
        if action["title"].startswith(title) and action["type"] != "Action.ShowCard":
            return action, card
        if action["title"].startswith(title):  # it unfolds: what is sent is sent from beneath it
            return action["card"]["actions"][0], action["card"]
    raise AssertionError(f"nothing is labelled {title!r}; there is {labels(card)}")
