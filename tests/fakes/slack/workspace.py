"""One workspace as Slack keeps it: people, conversations, messages, modals; it speaks no HTTP."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM, BOT, BOT_USER, APP = "T0AIRPORT", "B0RAMPCHK", "U0RAMPCHK", "A0RAMPCHK"
TRIGGER_LIVES = 3.0  # seconds

Json = dict[str, Any]


@dataclass
class User:
    """One account."""

    id: str
    name: str
    tz: str = "Europe/Riga"
    bot: bool = False
    deleted: bool = False
    email: str = ""
    confirmed: bool = True  # that the address is theirs
    guest: bool = False
    team: str = TEAM  # of somebody from outside (Slack Connect), their own

    def shown(self, *, email: bool = False) -> Json:
        """As `users.info` tells it, the address to whoever may read it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower().replace(" ", "."),
            "real_name": self.name,
            "deleted": self.deleted,
            "is_bot": self.bot,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_email_confirmed": self.confirmed,
            "profile": {
                "real_name": self.name,
                "display_name": "",
                **({"email": self.email} if email and self.email else {}),
            },
            **({"tz": self.tz} if self.tz else {}),
        }


@dataclass
class Channel:
    """A channel, or with `user` the bot's direct conversation with them."""

    id: str
    name: str
    user: str = ""
    archived: bool = False
    joined: bool = True
    without: frozenset[str] = frozenset()  # who is not in it; everybody else is


@dataclass
class Message:
    """A message as it stands; `versions` counts the post and every change."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    user: str = BOT_USER
    metadata: Json | None = None
    thread: str = ""
    only: str = ""
    versions: int = 1

    def shown(self, *, metadata: bool = False) -> Json:
        """As the API and payloads tell it."""
        known = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "blocks": self.blocks,
        }
        return known | ({"metadata": self.metadata} if metadata and self.metadata else {})


@dataclass
class View:
    """A modal that somebody has open; `errors` is what stands at its fields, `offered` what its searches found."""

    id: str
    user: str
    view: Json
    hash: str
    errors: dict[str, str] = field(default_factory=dict)
    offered: dict[str, Json] = field(default_factory=dict)


@dataclass
class Workspace:
    """All that Slack keeps of one workspace. With `enterprise` the app is installed in that whole organisation."""

    team: str = TEAM
    name: str = "Airport"
    enterprise: str = ""
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    exchanged: set[str] = field(default_factory=set)  # triggers that were used
    clock: Callable[[], float] = time.monotonic
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def add(self, ident: str, name: str, **more: Any) -> User:
        """An account."""
        self.users[ident] = User(ident, name, **{"team": self.team, **more})
        return self.users[ident]

    def add_channel(self, ident: str, name: str, **more: Any) -> Channel:
        """A channel."""
        self.channels[ident] = Channel(ident, name, **more)
        return self.channels[ident]

    def direct(self, user: str) -> Channel:
        """The bot's conversation with a person, opened on first use."""
        known = next((one for one in self.channels.values() if one.user == user), None)
        return known or self.add_channel(f"D{user[1:]}", "directmessage", user=user)

    def is_member(self, channel: str, user: str) -> bool:
        """Whether a person is in a conversation; who was deactivated is in none."""
        known, account = self.channels[channel], self.users.get(user)
        there = user not in known.without and known.user in ("", user)
        return there and account is not None and not account.deleted

    def number(self) -> int:
        """A number that was never used."""
        return next(self._numbers)

    def ts(self) -> str:
        """A message's id."""
        return f"1774940400.{self.number():06}"

    def trigger(self, user: str) -> str:
        """What lets the app open one modal within three seconds."""
        ident = f"{self.number()}.trigger"
        self.triggers[ident] = (user, self.clock() + TRIGGER_LIVES)
        return ident

    def post(self, channel: str, args: Mapping[str, Any], *, only: str = "", user: str = BOT_USER) -> Message:
        """A new message."""
        message = Message(
            channel,
            self.ts(),
            args.get("text", ""),
            list(args.get("blocks") or []),
            user=user,
            metadata=args.get("metadata"),
            thread=args.get("thread_ts") or "",
            only=only,
        )
        self.messages.append(message)
        return message

    def message(self, channel: str, ts: str) -> Message | None:
        """The message with that id."""
        return next((one for one in self.messages if (one.channel, one.ts) == (channel, ts)), None)

    def inbox(self, user: str) -> list[Message]:
        """What a person sees in their conversation with the bot, the oldest first."""
        direct = self.direct(user).id
        return [one for one in self.messages if one.channel == direct and one.only in {"", user}]

    def whispers(self, user: str) -> list[Message]:
        """What only that person sees."""
        return [one for one in self.messages if one.only == user]

    def open(self, user: str, view: Json) -> View:
        """A modal on top of that person's others."""
        opened = View(f"V{self.number():08}", user, view, f"hash.{self.number()}")
        self.views.append(opened)
        return opened

    def publish(self, user: str, view: Json) -> View:
        """A page in the place of a person's home."""
        known = self.homes.get(user) or View(f"V{self.number():08}", user, view, "")
        self.replace(known, view)
        self.homes[user] = known
        return known

    def top(self, user: str) -> View | None:
        """The modal that a person sees."""
        return next((one for one in reversed(self.views) if one.user == user), None)

    def replace(self, shown: View, view: Json) -> None:
        """Another modal in its place."""
        shown.view, shown.hash, shown.errors = view, f"hash.{self.number()}", {}

    def close(self, user: str, *, everything: bool = False) -> None:
        """The top modal goes, or all of them."""
        mine = [one for one in self.views if one.user == user]
        for one in mine if everything else mine[-1:]:
            self.views.remove(one)
