"""How the contract suite works each door: what a person would see, press and be sent there; one entry an adapter."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from adapters.local.adapter import LocalAdapter
from adapters.local.parse import BOT, MARK
from bot.core.card import Action
from bot.core.ports import Adapter, MessageRef, OnInbound, Payload
from bot.core.records import Address
from tests.adapters.slack.door import SlackDoor
from tests.adapters.teams.door import TeamsDoor
from tests.fakes.desk import FakeClock, FakeDesk

Values = Mapping[str, str | list[str]]


class Door(Protocol):
    """A platform as the suite sees it. `here` can be written to, `gone` cannot any more.

    `troubles` are the ways in which a call to it can fail: busy, broken, dropped, answer lost, silent; none where
    nothing is called. `signs`: what it sends us is signed.
    """

    adapter: Adapter
    here: Address
    gone: Address
    troubles: frozenset[str]
    signs: bool

    def open(self) -> AbstractAsyncContextManager[None]:
        """The platform is there to be written to, until the end of this."""
        ...

    def trouble(self, name: str) -> None:
        """The next message that is sent to it fails so."""
        ...

    async def knock(self, on_inbound: OnInbound, *, forged: bool) -> list[int]:
        """Have something sent to the adapter, in the platform's name or truly by it; the statuses that came back."""
        ...

    def press(self, payload: Payload, control: Action, values: Values | None) -> Any:
        """The raw payload that the platform sends when somebody presses that control of the rendered card.

        `values` is what was entered into the fields that the control sends; each call is a press of its own.
        """
        ...

    def seen(self, payload: Payload) -> list[str]:
        """Every text a person sees in it, unescaped, the fallback apart."""
        ...

    def fallback(self, payload: Payload) -> str:
        """The notification's and the screen reader's text."""
        ...

    def live(self, payload: Payload) -> set[str]:
        """What the platform would act on: addresses that can be followed, mentions that would notify."""
        ...

    def wrote(self, text: str) -> Any:
        """The raw payload of somebody typing that."""
        ...

    def strangers(self) -> list[Any]:
        """Raw payloads that are not for us: our own echo, other platforms', broken ones."""
        ...

    def shown(self, ref: MessageRef) -> Payload | None:
        """The message as it stands on the platform."""
        ...


class LocalDoor:
    """The local page."""

    here = Address(1, "local", "dm:anna")
    gone = Address(1, "local", "dm:nobody")
    troubles = frozenset[str]()  # it is in this very process
    signs = False  # only this machine's own page posts to it

    def __init__(self) -> None:
        clock = FakeClock()
        self.adapter = LocalAdapter(clock, desk=FakeDesk(clock))
        self._number = itertools.count(1)

    def open(self) -> AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()

    def trouble(self, name: str) -> None:
        raise NotImplementedError(f"the local chat has no trouble to make, asked for {name!r}")

    async def knock(self, on_inbound: OnInbound, *, forged: bool) -> list[int]:
        raise NotImplementedError("the local chat has no door to knock at: it is in this very process")

    def press(self, payload: Payload, control: Action, values: Values | None) -> Any:
        token = getattr(control, "token", None)
        drawn = [one for one in payload["actions"] if one.get("token") == token]
        assert token, f"{control.label!r} sends nothing"
        assert len(drawn) == 1, f"{control.label!r} is not in the rendered card, once"
        known = [one["name"] for one in (drawn[0].get("asks") or payload["fields"])]
        assert not values or set(values) <= set(known), "a value for a question that is not shown"
        return self._raw(kind="click", token=token, values=values, message="m1")

    def seen(self, payload: Payload) -> list[str]:
        return list(_strings({name: part for name, part in payload.items() if name != "fallback"}))

    def fallback(self, payload: Payload) -> str:
        return str(payload["fallback"])

    def live(self, payload: Payload) -> set[str]:
        return set(_under(payload, "url"))

    def wrote(self, text: str) -> Any:
        return self._raw(kind="text", text=text)

    def strangers(self) -> list[Any]:
        good = self.wrote("status")
        return [
            good | {"user": BOT, "conversation": f"dm:{BOT}"},
            good | {"conversation": "dm:ben"},  # somebody else's direct conversation
            good | {"conversation": "email:anna"},
            good | {"as": "another.chat/1"},
            good | {"id": "short"},
            good | {"id": 12345678},
            good | {"kind": "dance"},
            good | {"text": ["status"]},
            good | {"kind": "click", "token": ""},
            good | {"kind": "click", "token": "t", "values": [1]},
            good | {"kind": "click", "token": "t", "values": {"a": {"b": 1}}},
            good | {"message": "<m1>"},
            {name: value for name, value in good.items() if name != "id"},
            {"type": "event_callback", "event": {"type": "message", "text": "hi", "user": "U1"}},
            {"type": "message", "text": "hi", "from": {"id": "29:1"}, "conversation": {"id": "a:1"}},
        ]

    def shown(self, ref: MessageRef) -> Payload | None:
        posted = self.adapter._rooms.get(ref.message)
        return posted.card if posted else None

    def _raw(self, **parts: Any) -> dict[str, Any]:
        ident = f"press-{next(self._number):08}"
        return {"as": MARK, "id": ident, "user": "anna", "conversation": "dm:anna", **parts}


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        yield from (text for value in part.values() for text in _strings(value))
    elif isinstance(part, list):
        yield from (text for one in part for text in _strings(one))


def _under(part: object, name: str) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from (value for key, value in part.items() if key == name)
        yield from (text for value in part.values() for text in _under(value, name))
    elif isinstance(part, list):
        yield from (text for one in part for text in _under(one, name))


DOORS: dict[str, type[Door]] = {"local": LocalDoor, "slack": SlackDoor, "teams": TeamsDoor}
