"""The app as Slack's admins create it: everything that it asks for, as one YAML text; pure, it knows no settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from adapters.slack.scopes import (
    BOT_EVENTS,
    BOT_SCOPES,
    COMMAND,
    EVENTS_PATH,
    HOME_TAB,
    REDIRECT_PATH,
    SHORTCUT_CALLBACK,
    SHORTCUTS,
)

Json = Mapping[str, Any]
Mode = Literal["socket", "http"]

EXAMPLE: Final = "https://rampcheck.example.org"
NAME: Final = "Rampcheck"
ABOUT: Final = (
    "Asks the owners of AI pilots a few short questions, and says each week what somebody has to decide."
)
AT_LENGTH: Final = (
    "Rampcheck asks the owner of each AI pilot a few closed questions at a good hour of their own day. "
    "From the answers it tells what a pilot still needs before production and which pilots are stuck, and once "
    "a week it posts in a channel what has to be decided. It reads no channel: only what people write to it."
)
COLOUR: Final = "#1f4e5f"
INDENT: Final = "  "


class WishError(ValueError):
    """There is no such app; the message says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an app is to be connected: `url` is our public address, `oauth` lets further workspaces install it."""

    mode: Mode = "socket"
    url: str = ""
    oauth: bool = False


def manifest(wish: Wish) -> Json:
    """The manifest that Slack takes. Raises WishError."""
    base = _address(wish)
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": ABOUT,
            "long_description": AT_LENGTH,
            "background_color": COLOUR,
        },
        "features": _features(_posted_to(wish, base)),
        "oauth_config": {
            **({"redirect_urls": [base + REDIRECT_PATH]} if wish.oauth else {}),
            "scopes": {"bot": list(BOT_SCOPES)},
        },
        "settings": _settings(wish, _posted_to(wish, base)),
    }


def as_yaml(value: Json) -> str:
    """A manifest as YAML, with the reason behind every scope and event."""
    return "\n".join(_lines(value, "")) + "\n"


# --- its parts


def _address(wish: Wish) -> str:
    """Our public address, where one is needed."""
    if wish.mode == "http" and not wish.url:
        raise WishError(f"Over HTTP Slack has to know where we are. Add our public address: --url {EXAMPLE}")
    if wish.oauth and not wish.url:
        raise WishError(
            "Whoever installs the app comes back to a page of ours, over Socket Mode too. "
            f"Add our public address: --url {EXAMPLE}"
        )
    if wish.url and wish.mode == "socket" and not wish.oauth:
        raise WishError(
            "Over Socket Mode Slack needs no address of ours. Leave out --url, or add --mode http"
        )
    return _https(wish.url) if wish.url else ""


def _https(url: str) -> str:
    """An https address without what would break the paths below it."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or any(mark in url for mark in "?#@ ") or not url.isascii() or not url.isprintable():
        raise WishError(f"{url!r} is no address that Slack can post to. Write it like {EXAMPLE}")
    return url.rstrip("/")


def _posted_to(wish: Wish, base: str) -> str:
    """Where Slack posts; nothing over Socket Mode."""
    return base + EVENTS_PATH if wish.mode == "http" else ""


def _features(url: str) -> Json:
    command = {
        "command": COMMAND,
        "description": "How pilots stand, what waits for you, the digest",
        "usage_hint": "status, list, todo, checkin, add, digest, help",
        "should_escape": True,  # people and channels come as ids, so that one of them can be named in a command
    }
    shortcuts = [
        {
            "name": one.name,
            "type": "message",
            "callback_id": SHORTCUT_CALLBACK + one.command,
            "description": one.about,
        }
        for one in SHORTCUTS
    ]
    return {
        "app_home": {
            "home_tab_enabled": HOME_TAB,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        **({"shortcuts": shortcuts} if shortcuts else {}),
        "slash_commands": [command | ({"url": url} if url else {})],
    }


def _settings(wish: Wish, url: str) -> Json:
    asked_at = {"request_url": url} if url else {}
    options = {"message_menu_options_url": url} if url else {}
    return {
        "event_subscriptions": {**asked_at, "bot_events": list(BOT_EVENTS)},
        "interactivity": {"is_enabled": True, **asked_at, **options},
        "org_deploy_enabled": wish.oauth,
        "socket_mode_enabled": wish.mode == "socket",
        "token_rotation_enabled": wish.oauth,
    }


# --- YAML, as much of it as a manifest needs: a string of JSON is one of YAML


def _lines(value: Json, pad: str) -> Iterator[str]:
    for name, part in value.items():
        if isinstance(part, Mapping):
            yield f"{pad}{name}:"
            yield from _lines(part, pad + INDENT)
        elif isinstance(part, Sequence) and not isinstance(part, str):
            yield f"{pad}{name}:"
            for one in part:
                yield from _item(one, pad + INDENT)
        else:
            yield f"{pad}{name}: {json.dumps(part, ensure_ascii=False)}"


def _item(one: Json | str, pad: str) -> Iterator[str]:
    if isinstance(one, str):
        why = BOT_SCOPES.get(one) or BOT_EVENTS.get(one)
        yield f"{pad}- {json.dumps(one)}" + (f"  # {why}" if why else "")
        return
    first, *rest = _lines(one, pad + INDENT)
    yield f"{pad}- {first.strip()}"
    yield from rest
