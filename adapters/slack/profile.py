"""A person as Slack describes them, in `users.info` and in `user_change` alike; pure, and total on whatever comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.text import storable
from bot.core.localtime import is_zone


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Slack knows them; `zone` is empty for bots and guests without one. A closed one is not `active`."""

    name: str
    zone: str
    human: bool
    active: bool = True


def profile(user: Mapping[Any, Any]) -> Profile:
    """Read one account. What somebody calls themselves in full goes before a nickname."""
    found = user.get("profile")
    shown = found if isinstance(found, Mapping) else {}
    names = (
        shown.get("real_name"),
        user.get("real_name"),
        shown.get("display_name"),
        user.get("name"),
    )
    name = next((storable(one) for one in names if isinstance(one, str) and one.strip()), "")
    human, active = user.get("is_bot") is not True, user.get("deleted") is not True
    return Profile(name, _zone(user.get("tz")), human, active)


def _zone(name: object) -> str:
    """A time zone that there is, else none: the organisation's is used then."""
    return name if isinstance(name, str) and name and is_zone(name) else ""
