"""A person as Slack describes them, in `users.info` and in `user_change` alike; pure, and total on whatever comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.common.text import storable
from bot.core.localtime import is_zone

_ABSENT = frozenset({":palm_tree:", ":face_with_thermometer:"})
_GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")
_LATEST = 4_102_444_800  # seconds: the year 2100, beyond which nobody is on holiday


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Slack knows them; `zone` is empty for bots and guests without one. A closed one is not `active`.

    `email` is empty unless Slack says that it is confirmed to be theirs, and that this is their own workspace.
    """

    name: str
    zone: str
    human: bool
    active: bool = True
    email: str = ""
    id: str = ""
    away_until: datetime | None = None  # by their status, where it says so and when it ends
    guest: bool = False  # of one channel or several, or from another company (Slack Connect)


def profile(user: Mapping[Any, Any], *, team: str = "") -> Profile:
    """Read one account, seen from the workspace `team`. What somebody calls themselves in full goes first."""
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
    email = _email(user, shown, team) if human and active else ""
    ident = user.get("id")
    ident = ident if isinstance(ident, str) else ""
    away, guest = _away_until(shown), any(user.get(name) is True for name in _GUEST)
    return Profile(name, _zone(user.get("tz")), human, active, email, ident, away, guest)


def _away_until(shown: Mapping[Any, Any]) -> datetime | None:
    """When "Vacationing" or "Out sick" ends, two of the statuses that Slack offers to everybody.

    Their emoji is read and nothing else: what somebody writes beside it is nobody's business, least of all ours. A
    status without an end says nothing of when to ask again.
    """
    ends = shown.get("status_expiration")
    if shown.get("status_emoji") not in _ABSENT or not isinstance(ends, int) or not 0 < ends < _LATEST:
        return None
    return datetime.fromtimestamp(ends, UTC)


def _email(user: Mapping[Any, Any], shown: Mapping[Any, Any], team: str) -> str:
    """The address, where Slack says that it is confirmed (`is_email_confirmed`) in a workspace that we are in.

    What another company's workspace says of somebody from outside (Slack Connect) is that company's word alone.
    Guests are of this workspace and confirm theirs as everybody does.
    """
    email = shown.get("email")
    confirmed = user.get("is_email_confirmed") is True and user.get("is_stranger") is not True
    if not (confirmed and isinstance(email, str) and team and team in _homes(user)):
        return ""
    return storable(email).strip()


def _homes(user: Mapping[Any, Any]) -> set[object]:
    """The workspaces that somebody is a member of: one, or several of an Enterprise organisation, or all of it."""
    wide = user.get("enterprise_user")
    company: Mapping[Any, Any] = wide if isinstance(wide, Mapping) else {}
    teams = company.get("teams")
    listed = [one for one in teams if isinstance(one, str)] if isinstance(teams, list) else []
    return {*listed, company.get("enterprise_id"), user.get("team_id")} - {None}


def _zone(name: object) -> str:
    """A time zone that there is, else none: the organisation's is used then."""
    return name if isinstance(name, str) and name and is_zone(name) else ""
