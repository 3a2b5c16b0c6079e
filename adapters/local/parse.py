"""Reads what the local page sends as the act it means; pure and total; it knows no people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.common.raw import matching
from adapters.common.text import storable
from bot.core.ports import Act, Clicked, Inbound, Place, Ran, Sender, Wrote

PLATFORM = "local"
TENANT = "local"
BOT = "rampcheck"  # nobody's user key: what carries it is our own echo
MARK = "rampcheck.local/1"  # in every act of our page: another platform's payload is not taken for one

MAX_FIELDS = 300  # a form has a dozen
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_KEY = re.compile(r"[\w.@+-]{1,120}")
_COMMAND = re.compile(r"/\s*(?:rampcheck\b)?(.*)", re.IGNORECASE | re.DOTALL)
_MENTION = re.compile(r"@rampcheck\b[\s,:]*", re.IGNORECASE)


def parse(raw: Any) -> Inbound | None:
    """The act in one POST of the page, whoever the page says one is; None when it is not such a thing."""
    if not isinstance(raw, Mapping) or raw.get("as") != MARK:
        return None
    ident, user = matching(_ID, raw.get("id")), matching(_KEY, raw.get("user"))
    place = _place(raw, user)
    act = _act(raw)
    if not ident or not user or user == BOT or place is None or act is None:
        return None
    sender = Sender(platform=PLATFORM, tenant=TENANT, user=user)
    return Inbound(dedupe_key=f"{PLATFORM}:{user}:{ident}", sender=sender, act=act, on=place)


def well_formed(conversation: str) -> bool:
    """Whether it reads `dm:<user>` or `channel:<name>`."""
    kind, _, name = conversation.partition(":")
    return kind in {"dm", "channel"} and bool(matching(_KEY, name))


def _place(raw: Mapping[Any, Any], user: str) -> Place | None:
    conversation, message = raw.get("conversation"), raw.get("message", "")
    if not isinstance(conversation, str) or not isinstance(message, str) or not well_formed(conversation):
        return None
    if len(message) > 120 or (message and not matching(_KEY, message)):
        return None
    kind, _, name = conversation.partition(":")
    if kind == "dm" and name != user:
        return None
    return Place(conversation, direct=kind == "dm", name="" if kind == "dm" else name, message=message)


def _act(raw: Mapping[Any, Any]) -> Act | None:
    match raw.get("kind"):
        case "click":
            return _click(raw.get("token"), raw.get("values"))
        case "text":
            return _typed(_text(raw.get("text")))
        case "command":
            command = _text(raw.get("command"))
            return None if command is None else Ran(command.strip())
        case _:
            return None


def _click(token: object, values: object) -> Clicked | None:
    if not isinstance(token, str) or not token:
        return None
    if values is None:
        return Clicked(token)
    if not isinstance(values, Mapping) or len(values) > MAX_FIELDS:
        return None
    read = {name: _value(value) for name, value in values.items() if isinstance(name, str)}
    if len(read) < len(values) or None in read.values():
        return None
    return Clicked(token, {name: value for name, value in read.items() if value not in ("", [])})


def _value(value: object) -> str | list[str] | None:
    """A field's value as text, or as a list of texts where several may be picked; None when it is neither."""
    if isinstance(value, list):
        texts = [_text(one) for one in value[:MAX_FIELDS]]
        return None if None in texts else [text for text in texts if text is not None]
    return _text(value)


def _typed(text: str | None) -> Wrote | Ran | None:
    if text is None or not text.strip():
        return None
    if command := _COMMAND.fullmatch(text.strip()):
        return Ran(command[1].strip())
    return Wrote(_MENTION.sub("", text, count=1) if _MENTION.match(text) else text)


def _text(value: object) -> str | None:
    return storable(value) if isinstance(value, str) else None
