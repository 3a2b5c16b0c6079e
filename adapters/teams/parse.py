"""Reads what Teams sends as the act it means; pure and total; it knows no people and asks nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from adapters.common.raw import Raw, matching, part_of, text_of
from adapters.teams import controls, inputs
from adapters.teams.text import typed
from bot.core.ports import Act, Inbound, Joined, Left, Place, Ran, Search, Sender, Wrote

PLATFORM: Final = "teams"
CHANNEL: Final = "msteams"  # another one is another chat's
PRESS: Final = "adaptiveCard/action"
SEARCH: Final = "application/search"

_ACCOUNT = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{30,40}")  # a GUID; the playground's have a digit more
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONVERSATION = re.compile(r"[!-~]{3,400}")
_ACTIVITY = re.compile(r"[!-~]{1,200}")
_THREAD = ";messageid="
_BOT = "28:"  # begins the id of a bot
_MEMBER = re.compile(
    r"29:[!-~]{1,300}"
)  # the id of a person for this bot, by which a direct conversation is asked for
_COMMAND = re.compile(r"/\s*(?:rampcheck\b)?(.*)", re.IGNORECASE | re.DOTALL)
_AUTOMATIC = "automatic"  # the trigger of a card that is refreshed by itself, which nobody did


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every activity says of itself; `account` is the one of whoever acted, as their tenant knows it."""

    tenant: str
    account: str
    conversation: str
    kind: str  # personal, groupChat or channel
    service: str
    bot: str

    @property
    def direct(self) -> bool:
        """Whether it is between one person and us."""
        return self.kind == "personal"

    @property
    def place(self) -> str:
        """The conversation without the message that a thread hangs under."""
        return self.conversation.partition(_THREAD)[0]


def parse(raw: Any) -> Inbound | None:
    """The act in one verified activity; None when it is none, not a person's, or not for us."""
    found = envelope(raw)
    if found is None:
        return None
    act, key = _act(raw, found), _key(raw, found)
    if act is None or not key:
        return None
    who = part_of(raw, "from")
    member = text_of(who, "id")
    sender = Sender(
        PLATFORM,
        found.tenant,
        found.account,
        name=text_of(who, "name"),
        zone=_zone(raw),
        reach=member if _MEMBER.fullmatch(member) else "",
    )
    return Inbound(key, sender, act, _place(raw, found))


def envelope(raw: Any) -> Envelope | None:
    """Who acted and where; None for what is no person's, or not from Teams."""
    if not isinstance(raw, Mapping) or raw.get("channelId") != CHANNEL:
        return None
    who, room, us = part_of(raw, "from"), part_of(raw, "conversation"), part_of(raw, "recipient")
    tenant = matching(_ACCOUNT, part_of(part_of(raw, "channelData"), "tenant").get("id"))
    account = matching(_ACCOUNT, who.get("aadObjectId"))
    conversation, speaker, bot = (
        matching(_CONVERSATION, room.get("id")),
        text_of(who, "id"),
        text_of(us, "id"),
    )
    if not (tenant and account and conversation) or speaker in ("", bot) or speaker.startswith(_BOT):
        return None
    kind = text_of(room, "conversationType") or "personal"
    return Envelope(tenant.lower(), account.lower(), conversation, kind, text_of(raw, "serviceUrl"), bot)


def is_account(text: str) -> bool:
    """Whether a text is an account's id in its tenant, in small letters."""
    return _GUID.fullmatch(text) is not None


def named_tenant(raw: Raw) -> str:
    """What the tenant is called, where an activity says it; most say its id alone."""
    return text_of(part_of(part_of(raw, "channelData"), "tenant"), "name").strip()[:120]


def asked(raw: Any) -> Search | None:
    """What somebody has typed so far into a field that searches; None for everything else."""
    found = envelope(raw)
    if found is None or raw.get("type") != "invoke" or raw.get("name") != SEARCH:
        return None
    value = part_of(raw, "value")
    source = inputs.searched_in(value.get("dataset"))
    if source is None:
        return None
    return Search(Sender(PLATFORM, found.tenant, found.account), source, text_of(value, "queryText")[:200])


def data_of(raw: Any) -> Raw:
    """What the pressed button carried and what was entered; empty where no button was pressed."""
    if not isinstance(raw, Mapping):
        return {}
    if raw.get("type") == "invoke":
        return part_of(part_of(part_of(raw, "value"), "action"), "data")
    return part_of(raw, "value") if raw.get("type") == "message" else {}


# --- which act


def _act(raw: Raw, found: Envelope) -> Act | None:
    match raw.get("type"):
        case "message":
            return (
                controls.act_of(raw["value"]) if isinstance(raw.get("value"), Mapping) else _said(raw, found)
            )
        case "invoke" if raw.get("name") == PRESS:
            return _pressed(part_of(raw, "value"))
        case "installationUpdate":
            return _installed(text_of(raw, "action"))
        case "conversationUpdate":
            return _moved(raw, found)
        case _:
            return None


def _said(raw: Raw, found: Envelope) -> Act | None:
    """In a direct conversation everything is said to us, elsewhere only what mentions us."""
    text, mentioned = typed(text_of(raw, "text"), _mentions(raw, found.bot))
    if not (found.direct or mentioned or part_of(raw, "recipient").get("isTargeted") is True):
        return None
    if found.direct and not text.strip():
        return None
    command = _COMMAND.fullmatch(text.strip())
    return Ran(command[1].strip()) if command else Wrote(text)


def _mentions(raw: Raw, bot: str) -> tuple[str, ...]:
    """The very pieces of the text by which we were mentioned."""
    entities = raw.get("entities")
    known = [one for one in entities if isinstance(one, Mapping)] if isinstance(entities, list) else []
    ours = (
        one for one in known if one.get("type") == "mention" and part_of(one, "mentioned").get("id") == bot
    )
    return tuple(text for one in ours if (text := text_of(one, "text")))


def _pressed(value: Raw) -> Act | None:
    return (
        None
        if value.get("trigger") == _AUTOMATIC
        else controls.act_of(part_of(part_of(value, "action"), "data"))
    )


def _installed(action: str) -> Act | None:
    """An upgrade takes an old version away, which is no leaving."""
    if action.startswith("add"):
        return Joined()
    return Left() if action == "remove" else None


def _moved(raw: Raw, found: Envelope) -> Act | None:
    """We came or went, or the channel did; who else comes and goes is theirs to know."""
    if found.bot in _ids(raw.get("membersAdded")):
        return Joined()
    if found.bot in _ids(raw.get("membersRemoved")):
        return Left()
    match part_of(raw, "channelData").get("eventType"):
        case "channelRenamed" | "channelRestored":
            return Joined()
        case "channelDeleted" | "teamDeleted":
            return Left()
    return None


def _ids(members: object) -> set[str]:
    known = [one for one in members if isinstance(one, Mapping)] if isinstance(members, list) else []
    return {text for one in known if (text := text_of(one, "id"))}


# --- where, and which delivery


def _place(raw: Raw, found: Envelope) -> Place:
    """An event about a channel speaks of that one, wherever in the team it is told."""
    about = part_of(part_of(raw, "channelData"), "channel") if raw.get("type") == "conversationUpdate" else {}
    conversation = matching(_CONVERSATION, about.get("id")) or found.place
    message = matching(_ACTIVITY, raw.get("replyToId"))
    name = "" if found.direct else _name(raw)
    return Place(conversation, direct=found.direct, name=name, service=found.service, message=message)


def _name(raw: Raw) -> str:
    """What a channel or group is called, as far as Teams says it."""
    data = part_of(raw, "channelData")
    for named in (part_of(data, "channel"), part_of(raw, "conversation"), part_of(data, "team")):
        if name := text_of(named, "name").strip():
            return name[:120]
    return ""


def _key(raw: Raw, found: Envelope) -> str:
    """Teams repeats what was not answered in time, with the same id."""
    ident = matching(_ACTIVITY, raw.get("id"))
    parts = (
        [ident] if ident else [text_of(raw, name) for name in ("timestamp", "name", "action", "replyToId")]
    )
    if not parts[0]:
        return ""
    whole = "\n".join((found.conversation, str(raw.get("type")), found.account, *parts))
    return f"{PLATFORM}:{found.tenant}:{sha256(whole.encode()).hexdigest()[:40]}"


def _zone(raw: Raw) -> str:
    """The time zone that the client says it is in."""
    entities = raw.get("entities")
    known = [one for one in entities if isinstance(one, Mapping)] if isinstance(entities, list) else []
    told = [text_of(one, "timezone") for one in known if one.get("type") == "clientInfo"]
    return next((zone for zone in [*told, text_of(raw, "localTimezone")] if zone), "")[:64]


# --- parts
