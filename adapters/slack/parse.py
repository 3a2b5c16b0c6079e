"""Reads what Slack sends as the act it means; pure and total; it knows no people and asks nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from adapters.common.raw import Raw, matching, part_of, text_of
from adapters.common.text import storable
from adapters.slack import controls
from adapters.slack.blocks import Json
from adapters.slack.inputs import values_of
from adapters.slack.linking import link_of
from adapters.slack.profile import profile
from adapters.slack.scopes import SHORTCUT_CALLBACK
from adapters.slack.text import typed
from adapters.slack.view import origin, view
from bot.core.ports import (
    Act,
    Changed,
    Clicked,
    Closed,
    Inbound,
    Joined,
    Place,
    Ran,
    Sender,
    Visited,
    Wrote,
)

PLATFORM = "slack"
MAX_KEY = 200  # characters of a dedupe key; a longer one is replaced by its digest

_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_TEAM = re.compile(r"[TE][A-Z0-9]{2,30}")
_PLACE = re.compile(r"[CDG][A-Z0-9]{2,30}")
_STAMP = re.compile(r"\d{1,12}\.\d{1,9}")
_OURSELVES = "USLACKBOT"
_SPOKEN = (None, "file_share")  # a message's subtypes that somebody wrote


@dataclass(frozen=True, slots=True)
class _Made:
    """An act, where, and what sets this delivery apart from another one."""

    user: str
    act: Act
    on: Place
    parts: tuple[str, ...]
    name: str = ""
    zone: str = ""
    guest: bool = False
    also: tuple[str, ...] = ()  # what sets it apart by other means, if there is any


def parse(raw: Any) -> Inbound | None:
    """The act in one decoded and verified payload; None when it is none, not a person's, or not for us."""
    if not isinstance(raw, Mapping):
        return None
    team, made = _team(raw), _made(raw)
    if not team or made is None or not _USER.fullmatch(made.user) or made.user == _OURSELVES:
        return None
    if not all(made.parts):
        return None
    sender = Sender(PLATFORM, team, made.user, name=made.name, zone=made.zone, guest=made.guest)
    second = _key(team, made.also) if made.also else ""
    return Inbound(_key(team, made.parts), sender, made.act, made.on, second)


def asked(raw: Any) -> Json | None:
    """The modal to open for a press that asks for something first; None for every other payload.

    What is sent from it comes back through `parse` as the click of that button.
    """
    if not isinstance(raw, Mapping) or raw.get("type") != "block_actions":
        return None
    card = controls.form(_action(raw))
    try:
        return view(card, _place_of_press(raw)) if card else None
    except (TypeError, ValueError, AttributeError):  # a form in a button that is none of ours
        return None


def installation_of(raw: Any) -> str:
    """The team or organisation whose installation a payload is for; nothing where it names none."""
    return _team(raw) if isinstance(raw, Mapping) else ""


def removed(raw: Any) -> str:
    """The team whose people took the app away, or our token, so that nothing more is sent there; else nothing."""
    if not isinstance(raw, Mapping) or raw.get("type") != "event_callback":
        return ""
    event = part_of(raw, "event")
    revoked = event.get("type") == "tokens_revoked" and bool(part_of(event, "tokens").get("bot"))
    return _team(raw) if revoked or event.get("type") == "app_uninstalled" else ""


# --- which payload


def _made(raw: Raw) -> _Made | None:
    match raw.get("type"):
        case "event_callback":
            return _event(raw, part_of(raw, "event"))
        case "block_actions":
            return _press(raw)
        case "view_submission":
            return _sent(raw)
        case "view_closed":
            return _left_open(raw)
        case "shortcut" | "message_action":
            return _shortcut(raw)
        case None if text_of(raw, "command").startswith("/"):
            return _command(raw)
        case _:
            return None


def _team(raw: Raw) -> str:
    """The installation that is meant: the organisation's where it is org-wide, else the workspace's.

    Somebody from another workspace brings their own team along, so the envelope's word about us goes first.
    """
    granted = raw.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted and isinstance(granted[0], Mapping) else {}
    if first.get("is_enterprise_install") is True:
        return matching(_TEAM, first.get("enterprise_id"))
    if raw.get("is_enterprise_install") in (True, "true"):
        whole = part_of(raw, "enterprise").get("id") or raw.get("enterprise_id")
        return matching(_TEAM, whole)
    known = (
        first.get("team_id"),
        part_of(raw, "view").get("app_installed_team_id"),
        part_of(raw, "team").get("id"),
        raw.get("team_id"),
    )
    return next((team for team in map(_match_team, known) if team), "")


def is_user(ident: str) -> bool:
    """Whether this is the id of an account."""
    return bool(_USER.fullmatch(ident))


def _match_team(value: object) -> str:
    return matching(_TEAM, value)


def _key(team: str, parts: tuple[str, ...]) -> str:
    key = ":".join((PLATFORM, team, *parts))
    return key if len(key) <= MAX_KEY else f"{PLATFORM}:{sha256(key.encode()).hexdigest()}"


# --- events


def _event(raw: Raw, event: Raw) -> _Made | None:
    made = _told(raw, event)
    return replace(made, also=_by_its_moment(event, made.user)) if made else None


def _by_its_moment(event: Raw, user: str) -> tuple[str, ...]:
    """What tells an event from all others without its id: Slack does not say that a repeated one keeps that."""
    moment = matching(_STAMP, event.get("ts")) or matching(_STAMP, event.get("event_ts"))
    return ("moment", text_of(event, "type"), text_of(event, "channel"), moment, user) if moment else ()


def _told(raw: Raw, event: Raw) -> _Made | None:
    parts = ("event", text_of(raw, "event_id"))
    user, channel = text_of(event, "user"), matching(_PLACE, event.get("channel"))
    match event.get("type"):
        case "message" if event.get("channel_type") == "im" and channel:
            return _written(raw, event, Place(channel), parts)
        case "app_mention" if channel:
            return _written(raw, event, Place(channel, direct=channel.startswith("D")), parts)
        case "app_home_opened" if channel:
            act = Visited() if event.get("tab") == "home" else Joined()
            return _Made(user, act, Place(channel, home=event.get("tab") == "home"), parts)
        case "member_joined_channel" if channel and user in _us(raw):
            return _Made(text_of(event, "inviter"), Joined(), Place(channel, direct=False), parts)
        case "user_change":
            return _changed(part_of(event, "user"), parts)
        case _:
            return None


def _written(raw: Raw, event: Raw, on: Place, parts: tuple[str, ...]) -> _Made | None:
    """What a person wrote, without our own mention; what a bot wrote, or wrote anew, is nobody's act."""
    user = text_of(event, "user")
    echo = "bot_id" in event or "edited" in event or event.get("hidden") is True or user in _us(raw)
    if echo or event.get("subtype") not in _SPOKEN:
        return None
    text = text_of(event, "text")
    for us in sorted(_us(raw)):
        text = re.sub(rf"^\s*<@{us}(\|[^>]*)?>[\s,:]*|\s*<@{us}(\|[^>]*)?>", "", text, count=1)
    text = typed(text)
    return _Made(user, Wrote(text), on, parts) if text.strip() or not on.direct else None


def _us(raw: Raw) -> frozenset[str]:
    """The accounts of our own bot, as the envelope names them."""
    granted = raw.get("authorizations")
    known = [one for one in granted if isinstance(one, Mapping)] if isinstance(granted, list) else []
    users = (matching(_USER, one.get("user_id")) for one in known if one.get("is_bot") is True)
    return frozenset(user for user in users if user)


def _changed(user: Raw, parts: tuple[str, ...]) -> _Made | None:
    """What an account is from now on; a bot's is nobody's."""
    ident, now = text_of(user, "id"), profile(user)
    if not now.human:
        return None
    changed = Changed(open=now.active, away_until=now.away_until)
    return _Made(ident, changed, Place(ident), parts, name=now.name, zone=now.zone, guest=now.guest)


# --- presses, forms, commands


def _press(raw: Raw) -> _Made | None:
    action, user = _action(raw), part_of(raw, "user")
    act = controls.meant(action)
    if act is None:
        return None
    stamp = text_of(action, "action_ts") or text_of(raw, "trigger_id")
    place = (text_of(raw, "trigger_id"), stamp, text_of(action, "action_id"))
    return _Made(text_of(user, "id"), act, _place_of_press(raw), ("press", *place), name=_name(user))


def _action(raw: Raw) -> Raw:
    actions = raw.get("actions")
    return actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}


def _place_of_press(raw: Raw) -> Place:
    """Where a button was pressed: in a message, or in a modal that remembers where it was asked for."""
    user = text_of(part_of(raw, "user"), "id")
    if stored := origin(part_of(raw, "view")):
        return _or_direct(stored[1], user)
    if part_of(raw, "view").get("type") == "home":
        return Place(user, home=True)
    container, channel = part_of(raw, "container"), part_of(raw, "channel")
    message = matching(_STAMP, container.get("message_ts"))
    place = _place(channel.get("id") or container.get("channel_id"), channel.get("name"), user, message)
    return place if container.get("is_ephemeral") is True else _exact(place, channel.get("id"))


def _exact(place: Place, channel: object) -> Place:
    """A message of ours in a direct conversation is in the one that is ours."""
    found = matching(_PLACE, channel)
    return Place(found, message=place.message) if place.direct and found else place


def _sent(raw: Raw) -> _Made | None:
    form, user = part_of(raw, "view"), part_of(raw, "user")
    stored, values = origin(form), values_of(form)
    if stored is None or values is None or not stored[0]:
        return None
    ident = text_of(user, "id")
    parts = ("form", text_of(form, "id"), text_of(form, "hash"), text_of(raw, "trigger_id") or "-")
    return _Made(
        ident, Clicked(storable(stored[0]), values), _or_direct(stored[1], ident), parts, name=_name(user)
    )


def _left_open(raw: Raw) -> _Made | None:
    """A modal closed unsent, with what Slack tells of its fields; one that nothing is told of is no act."""
    form, user = part_of(raw, "view"), part_of(raw, "user")
    stored, values = origin(form), values_of(form)
    if stored is None or not values or not stored[0]:
        return None
    ident, act = text_of(user, "id"), Closed(storable(stored[0]), values)
    return _Made(ident, act, _or_direct(stored[1], ident), ("closed", text_of(form, "id")), name=_name(user))


def _or_direct(place: Place, user: str) -> Place:
    """A modal asked for in no conversation of ours is answered to the person."""
    if _PLACE.fullmatch(place.conversation):
        return place
    return Place(user, message=matching(_STAMP, place.message))


def _shortcut(raw: Raw) -> _Made | None:
    """A shortcut of ours is the command of its name, on the message it was used on."""
    user, channel = part_of(raw, "user"), part_of(raw, "channel")
    name = text_of(raw, "callback_id")
    if not name.startswith(SHORTCUT_CALLBACK):
        return None
    ident, message = text_of(user, "id"), matching(_STAMP, raw.get("message_ts"))
    on = _place(channel.get("id"), channel.get("name"), ident, message)
    parts = ("shortcut", text_of(raw, "trigger_id"), text_of(raw, "action_ts"))
    command = storable(name.removeprefix(SHORTCUT_CALLBACK))
    if raw.get("type") == "message_action":
        command = f"{command} {link_of(raw)}".rstrip()
    return _Made(ident, Ran(command), on, parts, name=_name(user))


def _command(raw: Raw) -> _Made | None:
    user = text_of(raw, "user_id")
    on = _place(raw.get("channel_id"), raw.get("channel_name"), user)
    ran = Ran(typed(text_of(raw, "text")).strip())
    return _Made(user, ran, on, ("command", text_of(raw, "trigger_id")), name=text_of(raw, "user_name"))


def _place(channel: object, name: object, user: str, message: str = "") -> Place:
    """A channel; a direct conversation may be one between two people, so it is addressed by the person."""
    found = matching(_PLACE, channel)
    if not found or found.startswith("D"):
        return Place(user, message=message)
    return Place(found, direct=False, name=storable(name) if isinstance(name, str) else "", message=message)


# --- parts


def _name(user: Raw) -> str:
    return text_of(user, "username") or text_of(user, "name")


def to_the_person(inbound: Inbound) -> Inbound:
    """A direct conversation is addressed by the person: a command may be typed in one that is not ours."""
    if not inbound.on.direct:
        return inbound
    return replace(inbound, on=replace(inbound.on, conversation=inbound.sender.user))
