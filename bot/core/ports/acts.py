"""What a person did, as a platform tells it: verified, translated, and no longer the platform's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.card import Source
from bot.core.records import PersonId


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button was pressed. `values` are the fields sent with it; None where a form was only asked for."""

    token: str
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A form was closed without being sent. `values` are what had been entered, as far as the platform tells."""

    token: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrote:
    """A text was typed to the bot."""

    text: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A command was run; `command` is the text behind the command's name."""

    command: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was added for this person or to this channel."""


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was removed from this conversation."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The person's account is another one now: the sender has its name and zone. One that was closed is not `open`.

    `away_until` is the moment up to which the platform says that they are on holiday or ill, where it says so.
    """

    open: bool = True
    away_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visited:
    """The person opened their home: the page of this platform that is theirs alone."""


Act = Clicked | Closed | Wrote | Ran | Joined | Left | Changed | Visited


@dataclass(frozen=True, slots=True)
class Sender:
    """Who acted, as the platform's verified envelope says: never from a payload's own fields.

    `email` is one that the platform says is confirmed to be theirs; empty where it does not say so. `reach` is where
    they can be written to alone, wherever they acted; empty where only a place they wrote in can be. `guest`: the
    platform says that they are one.
    """

    platform: str
    tenant: str
    user: str
    name: str = ""
    zone: str = ""
    email: str = ""
    reach: str = ""
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody known by their e-mail address, whose account in a workspace or tenant (`team`) is not."""

    team: str
    person: PersonId
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened: the conversation, whether it is a direct one, and the message acted on.

    On the person's `home` nothing is amended: what changed there is drawn anew.
    """

    conversation: str
    direct: bool = True
    name: str = ""
    service: str = ""
    message: str = ""
    home: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did. The same delivery has the same `dedupe_key`, two acts have two.

    `second_key` says the same by other means, where a platform does not promise that what it repeats keeps its id.
    """

    dedupe_key: str
    sender: Sender
    act: Act
    on: Place
    second_key: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody has typed so far into a field that searches. It only asks: nothing of it is stored."""

    sender: Sender
    source: Source
    text: str = ""
