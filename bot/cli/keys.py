"""`rampcheck keys`: makes keys and puts the first one in the place of older ones; it must not print a stored secret."""

from __future__ import annotations

import contextlib

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count
from bot.storage import open_store
from bot.storage.sealing import new_key

MISSING = "RAMPCHECK_SECRET_KEYS is not set. Run `rampcheck keys new` and set it to what that prints."


def new() -> None:
    """A key that nobody else has, alone on its line."""
    screen.say(new_key())


def rotate() -> None:
    """Every stored token under the first key. Running it twice changes nothing that matters."""
    found = opening.settings()
    if not found.keys:
        raise Trouble(MISSING)
    with contextlib.closing(open_store(found.database_url, keys=found.keys)) as store:
        done = store.installations.reseal()
    older = len(found.keys) - 1
    left = f" {count(older, 'older key')} can go from RAMPCHECK_SECRET_KEYS now." if older else ""
    screen.say(f"{count(done, 'workspace')} encrypted with the first key.{left}")
