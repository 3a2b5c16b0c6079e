"""Which links are opened to see whether they still prove something, and what comes of it; it must not open any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from bot.core.questionnaire import ItemId
from bot.core.readiness import LINK_TRIES
from bot.core.records import ItemLevel, PilotId

AGAIN = timedelta(days=7)  # a link that opened is looked at once a week
FAILED_AGAIN = timedelta(days=1)  # three failures are three days: longer than a night of maintenance
# Names that no public server answers to: what stands there can only be opened from inside (RFC 2606, 6761, 6762, 8375).
INSIDE = (
    "local", "localhost", "internal", "intranet", "corp", "lan", "home", "localdomain", "home.arpa", "private",
    "test", "example", "invalid", "onion",
)  # fmt: skip
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class Tried(StrEnum):
    """What came of opening a link."""

    OPENED = "opened"  # something answered, also by asking who we are
    SHUT = "shut"  # it is gone, or answers with an error
    SILENT = "silent"  # nothing answered: it may be theirs, or our own connection
    UNSURE = "unsure"  # it says nothing about the link: too many requests, a certificate we do not know
    INSIDE = "inside"  # not in the public internet: not ours to open


@dataclass(frozen=True, slots=True)
class Due:
    """One link to open: of which pilot's item, and when it was last looked at."""

    pilot: PilotId
    item: ItemId
    link: str
    checked_at: datetime | None = None


def may_be_reached(address: str) -> bool:
    """Whether an IP address is a public one: not private, loopback, link-local, reserved, shared or multicast.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is as public as the one it carries.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _meant(found))


def _meant(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, or those that it leads to."""
    if isinstance(found, IPv4Address):
        return [found]
    if found.ipv4_mapped is not None:
        return [found.ipv4_mapped]
    if found in NAT64:
        return [IPv4Address(int(found) & 0xFFFFFFFF)]
    inner = [found.sixtofour] if found.sixtofour is not None else list(found.teredo or ())
    return [found, *inner]


def may_be_opened(link: str) -> bool:
    """Whether a link points into the public internet, as far as can be told without looking its name up."""
    try:
        parts = urlsplit(link)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return False
    if _is_address(host):
        return may_be_reached(host)
    if _ends_in_a_number(host):  # "127.1", "2130706433", "0x7f.1": an address in an old spelling, not a name
        return False
    return "." in host and not any(host == name or host.endswith(f".{name}") for name in INSIDE)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _ends_in_a_number(host: str) -> bool:
    """As browsers tell an IPv4 address from a name (WHATWG URL, "ends in a number")."""
    last = host.rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


def looked_at(level: ItemLevel, tried: Tried, at: datetime) -> ItemLevel:
    """The item after its link was tried; what says nothing about the link changes no count."""
    failures = {Tried.OPENED: 0, Tried.SHUT: level.link_failures + 1}.get(tried, level.link_failures)
    return replace(level, link_checked_at=at, link_failures=failures)


def gone(before: ItemLevel, after: ItemLevel) -> bool:
    """Whether a link has just stopped to prove anything: this time it did not open once too often."""
    return before.link_failures < LINK_TRIES <= after.link_failures


def back(before: ItemLevel, after: ItemLevel) -> bool:
    """Whether a link that proved nothing any more opens again."""
    return after.link_failures < LINK_TRIES <= before.link_failures
