"""What a platform is to a conversation: what its people see, press, fill in and type; it knows no platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.app import App
from bot.core.records import Address, PersonId

Values = Mapping[str, str | list[str]]
Wrong = Mapping[str, str]  # field -> what is wrong with it; the empty name speaks of the whole


@dataclass(frozen=True)
class Asked:
    """One field: what already stands in it, and the options where there are some."""

    name: str
    initial: str | list[str] = ""
    options: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class Control:
    """A button, or the one that sends a form's fields; `token` is the door's own."""

    label: str
    token: str
    fields: tuple[Asked, ...] = ()
    sends_form: bool = False


@dataclass(frozen=True)
class Seen:
    """One message as somebody sees it; `place` is empty in their direct conversation."""

    key: str
    place: str
    text: str
    controls: tuple[Control, ...] = ()


class Door(Protocol):
    """A platform as people have it before them."""

    async def open(self, app: App) -> None:
        """Join the program."""
        ...

    async def close(self) -> None: ...

    async def sees(self, user: str) -> Sequence[Seen]:
        """Every message that this person can see, the oldest first, without what people typed."""
        ...

    async def press(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> Wrong:
        """Press a control of a message; `ident` tells one press from another."""
        ...

    async def type(self, user: str, place: str, text: str, ident: str) -> Wrong: ...

    def pick(self, person: PersonId, user: str) -> str:
        """What a field for a person sends when this one is picked from the list."""
        ...

    def seat(self, user: str, name: str) -> tuple[str, Address]:
        """The account of somebody on the platform, made there, and where the bot writes to them."""
        ...

    def room(self, name: str) -> Address:
        """A channel that the bot may write to, made there."""
        ...
