"""The app as a Teams admin uploads it: a package with its manifest, texts and icons; pure, it knows no settings."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.common.text import web_address
from adapters.teams import icons
from bot.core.commands import HELP, Entry

Json = Mapping[str, Any]

BASE: Final = "1.25"  # what every tenant takes by now, with private and shared channels
SLASH: Final = "1.29"  # the first with slash commands and answers for one person alone
NAME: Final = "Rampcheck"
SHORT: Final = "Short questions to the owners of AI pilots, and what somebody has to decide."
FULL: Final = (
    "Rampcheck asks the owner of each AI pilot a few closed questions at a good hour of their own day. "
    "From the answers it tells what a pilot still needs before production and which pilots are stuck, and once "
    "a week it posts in a channel what has to be decided. It reads only what is written to it. "
    "To stop it, remove the app from your chats."
)
COLOUR: Final = "#1F4E5F"
LANGUAGE: Final = "en-us"
TEXTS: Final = f"{LANGUAGE}.json"
COMMANDS: Final = 12  # of one list: Teams takes no more; the others are typed all the same
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_VERSION = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}")
_FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip knows: the same wish makes the same package


class WishError(ValueError):
    """There is no such package; the message says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What goes into the package: `website` is a page of yours about the bot, `slash` the newer variant."""

    app: str
    website: str
    version: str = "1.0.0"
    slash: bool = False


def package(wish: Wish) -> bytes:
    """The zip file to upload. Raises WishError."""
    parts = {
        "manifest.json": _written(manifest(wish)),
        TEXTS: _written(texts(wish)),
        "color.png": icons.color(),
        "outline.png": icons.outline(),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, _FIRST), content)
    return made.getvalue()


def manifest(wish: Wish) -> Json:
    """The manifest. Raises WishError."""
    _check(wish)
    number = SLASH if wish.slash else BASE
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{number}/MicrosoftTeams.schema.json",
        "manifestVersion": number,
        "version": wish.version,
        "id": wish.app.lower(),
        "developer": {
            "name": NAME,
            "websiteUrl": wish.website,
            "privacyUrl": wish.website,
            "termsOfUseUrl": wish.website,
        },
        "name": {"short": NAME, "full": "Rampcheck: readiness of AI pilots"},
        "description": {"short": SHORT, "full": FULL},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": COLOUR,
        "localizationInfo": {"defaultLanguageTag": LANGUAGE, "defaultLanguageFile": TEXTS},
        "bots": [_bot(wish)],
        "permissions": ["identity", "messageTeamMembers"],
        "supportsChannelFeatures": "tier1",
    }


def texts(wish: Wish) -> Json:
    """Every text of the manifest by its place in it: another language is another such file."""
    found = manifest(wish)
    bot = found["bots"][0]
    commands = {
        f"bots[0].commandLists[{at}].commands[{number}].{part}": command[part]
        for at, listed in enumerate(bot["commandLists"])
        for number, command in enumerate(listed["commands"])
        for part in ("title", "description")
    }
    number = found["manifestVersion"]
    schema = f"https://developer.microsoft.com/json-schemas/teams/v{number}/MicrosoftTeams.Localization.schema.json"
    return {
        "$schema": schema,
        "name.short": found["name"]["short"],
        "name.full": found["name"]["full"],
        "description.short": found["description"]["short"],
        "description.full": found["description"]["full"],
        **commands,
    }


def offered() -> tuple[Entry, ...]:
    """The commands that fit into a list of Teams'; `help`, which names the others, always does."""
    rest = [entry for entry in HELP if entry.name != "help"]
    return (*rest[: COMMANDS - 1], *(entry for entry in HELP if entry.name == "help"))


def _bot(wish: Wish) -> Json:
    commands = [{"title": entry.name, "description": f"{entry.line} ({entry.usage})"} for entry in offered()]
    shared = {"scopes": ["team", "groupChat"], "commands": commands}
    return {
        "botId": wish.app.lower(),
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsFiles": False,
        "commandLists": [
            {"scopes": ["personal"], "commands": commands},
            {"triggers": ["mention", "slash"], **shared} if wish.slash else shared,
        ],
        **({"supportsTargetedMessages": True} if wish.slash else {}),
    }


def _check(wish: Wish) -> None:
    if not _ID.fullmatch(wish.app):
        raise WishError("The bot's Microsoft App ID is a GUID; set TEAMS_APP_ID, or name it with --app-id")
    if not wish.website.startswith("https://") or not web_address(wish.website):
        raise WishError("Teams shows a page about each app; name one of yours with --website https://")
    if not _VERSION.fullmatch(wish.version):
        raise WishError("A version is three numbers, such as 1.0.0, and rises with every upload")


def _written(value: Json) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
