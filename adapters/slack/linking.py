"""The address that a message is looked at by: a link in it, a file with it, or its own; pure: it asks nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from adapters.common.text import storable, web_address

Raw = Mapping[Any, Any]

LONGEST: Final = 1_900  # characters: with the command's name it is still read whole

_LINKED: Final = re.compile(r"<(https?://[^|<>\s]+)(?:\|[^<>]*)?>")
_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,100}")
_CHANNEL: Final = re.compile(r"[CDG][A-Z0-9]{2,30}")
_STAMP: Final = re.compile(r"(\d{1,12})\.(\d{1,9})")
_KEPT: Final = (
    ":/?#[]@!$&()*+,;=%~-._"  # what stands in an address as it is; quotation marks would end a word
)


def link_of(raw: Raw) -> str:
    """The link that a message given to a shortcut stands for; nothing where there is none to be had."""
    message = raw.get("message")
    if not isinstance(message, Mapping):
        return ""
    for address in (_written(message), _filed(message), _permalink(raw, message)):
        found = web_address(quote(storable(address), safe=_KEPT))
        if found and len(found) <= LONGEST:
            return found
    return ""


def _written(message: Raw) -> str:
    """The first link in the text, as Slack marks links up."""
    text = message.get("text")
    found = _LINKED.search(text) if isinstance(text, str) else None
    return found[1].replace("&amp;", "&") if found else ""


def _filed(message: Raw) -> str:
    """Where the first file of the message is shown."""
    files = message.get("files")
    first = files[0] if isinstance(files, list) and files else None
    address = first.get("permalink") if isinstance(first, Mapping) else None
    return address if isinstance(address, str) else ""


def _permalink(raw: Raw, message: Raw) -> str:
    """The message's own address, made as Slack makes it, so that no call and no scope is needed."""
    team, channel = raw.get("team"), raw.get("channel")
    domain = team.get("domain") if isinstance(team, Mapping) else None
    place = channel.get("id") if isinstance(channel, Mapping) else None
    stamp = _stamp(message.get("ts"))
    if not (isinstance(domain, str) and _DOMAIN.fullmatch(domain)):
        return ""
    if not (isinstance(place, str) and _CHANNEL.fullmatch(place)) or not stamp:
        return ""
    address = f"https://{domain}.slack.com/archives/{place}/p{''.join(stamp)}"
    root = message.get("thread_ts")
    if _stamp(root) and root != message.get("ts"):
        return f"{address}?thread_ts={root}&cid={place}"
    return address


def _stamp(value: object) -> tuple[str, ...]:
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    return found.groups() if found else ()
