"""Opens what a command needs, settings, log, database, content, and closes it again; it must not print."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from bot import app as wiring
from bot import log
from bot.app import App, SystemClock
from bot.content.loader import load as load_content
from bot.core.ports import Clock
from bot.service.work import Work
from bot.settings import Settings
from bot.settings import load as load_settings
from bot.storage import open_store

T = TypeVar("T")
CHAT = "chat.jsonl"  # where the local chat's messages survive a restart


def settings(*, long_running: bool = False) -> Settings:
    """The settings, and the log as they want it; a command that ends at once logs only what went wrong."""
    found = load_settings()
    quiet = not long_running and found.log_level == "INFO"
    log.configure("WARNING" if quiet else found.log_level, found.log_format)
    return found


@contextlib.contextmanager
def reading() -> Iterator[App]:
    """The program for looking only: it runs beside a server on the same SQLite file."""
    found = settings()
    content = load_content(found.questionnaires)
    store = open_store(found.database_url, read_only=True)
    known = store.organisations()
    if known:
        with contextlib.closing(App(found, store, content, SystemClock(), known[0])) as app:
            yield app
        return
    store.close()
    with writing() as app:  # the first start: there is nothing yet, not even an organisation
        yield app


@contextlib.contextmanager
def writing() -> Iterator[App]:
    """The program for changing things without talking to anybody."""
    found = settings()
    off = {"local_chat": False, "slack_bot_token": "", "slack_client_id": "", "teams_app_type": ""}
    alone = found.model_copy(update=off)
    with contextlib.closing(wiring.build(alone)) as app:
        yield app
        if found.local_chat:  # whoever is new gets a place there at once
            wiring.seat_everybody(app)


@contextlib.contextmanager
def talking(*, clock: Clock | None = None) -> Iterator[App]:
    """The program with its chats, for a command that delivers."""
    found = without_page(settings())
    app = wiring.build(found, clock=clock, journal=journal(found))
    try:
        yield app
    finally:
        let_go(app)


def let_go(app: App) -> None:
    """Close the chats' files and the database."""
    for adapter in app.adapters.values():
        door: Any = adapter
        if hasattr(door, "close"):
            door.close()
    app.close()


def without_page(found: Settings) -> Settings:
    """Settings for a process that delivers and does not serve the local chat's page.

    It leaves the local chat's messages to the process that does, unless a journal carries them there.
    """
    return found if journal(found) else found.model_copy(update={"local_chat": False})


def journal(found: Settings) -> Path | None:
    """The file beside an SQLite database in which the local chat survives a restart; none beside a server."""
    scheme, _, path = found.database_url.partition(":///")
    return Path(f"{path}.{CHAT}") if scheme.startswith("sqlite") else None


def look(app: App, at: Callable[[Work], T]) -> T:
    """What a unit of work finds that only looks."""
    now = app.clock.now()
    return app.store.read(app.organisation.id, lambda unit: at(Work(unit, app.content, now)))


def change(app: App, by: Callable[[Work], T]) -> T:
    """Do something in one transaction."""
    now = app.clock.now()
    return app.store.write(app.organisation.id, lambda unit: by(Work(unit, app.content, now)))
