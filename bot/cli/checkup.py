"""`rampcheck doctor`: looks at everything that a start needs, and says of each what was found and what to do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import urllib.request
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import assert_never
from urllib.error import URLError

from rich.text import Text

from bot import __version__, settings
from bot.cli import running, screen
from bot.cli.trouble import Trouble
from bot.content import lint, loader, lock
from bot.core.compose.words import count, listed
from bot.core.installations import Health, Installation
from bot.core.ports import Store
from bot.settings import Settings, SettingsError
from bot.storage import migrate, open_store
from bot.storage.errors import StorageError

OURS_WITHIN = 2.0  # seconds for whoever holds our port to say that it is Rampcheck
MARKS = {True: Text("ok", style="green"), False: Text("mend", style="bold red")}


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at: whether it is right, what was found, and what to do where it is not."""

    what: str
    ok: bool
    found: str
    fix: str = ""


def doctor(*, as_json: bool) -> None:
    """Every sign; exit code 1 where one of them is bad."""
    signs = list(_signs())
    bad = sum(not sign.ok for sign in signs)
    if as_json:
        screen.as_json({"version": __version__, "ok": not bad, "signs": [asdict(sign) for sign in signs]})
    else:
        rows = [
            (MARKS[sign.ok], sign.what, f"{sign.found}. {sign.fix}" if sign.fix else sign.found)
            for sign in signs
        ]
        screen.show(screen.table(("", f"Rampcheck {__version__}", "Found"), rows), "")
    if bad:
        raise Trouble(f"{count(bad, 'thing')} to mend before Rampcheck can run well.")
    if not as_json:
        screen.say("Everything is in order.")


def _signs() -> Iterator[Sign]:
    """The settings first; the rest only makes sense with settings that can be used."""
    yield from _settings()
    try:
        found = settings.load()
    except SettingsError:
        yield Sign("everything else", ok=False, found="not looked at", fix="Mend the settings first.")
        return
    yield _zones(found)
    yield from _database(found)
    yield from _questionnaires(found.questionnaires)
    yield from _workspaces(found)
    yield _port(found)
    if found.slack_bot_token:
        yield from _slack(found)
    if found.teams_app_type:
        yield from _teams(found)


def _settings() -> Iterator[Sign]:
    try:
        findings = settings.describe()
    except SettingsError as error:
        for problem in error.problems:
            yield Sign(problem.variable, ok=False, found=problem.what, fix=f"{problem.fix}.")
        return
    for finding in findings:
        shown = f"{finding.shown} ({finding.origin})"
        if finding.problem is None:
            yield Sign(finding.variable, ok=True, found=shown)
        else:
            fix = finding.fix or ""
            yield Sign(
                finding.variable, ok=False, found=finding.problem, fix=fix if fix.endswith("?") else f"{fix}."
            )


def _zones(found: Settings) -> Sign:
    known = len(zoneinfo.available_timezones())
    if known < 2:  # UTC alone can be there without any data
        return Sign(
            "time zones", ok=False, found="there is no time zone data", fix="Install the package tzdata."
        )
    return Sign("time zones", ok=True, found=f"{known} known; people without their own are in {found.zone}")


def _database(found: Settings) -> Iterator[Sign]:
    folder = _folder(found)
    if folder is not None:
        writable = os.access(folder, os.W_OK)
        fix = "" if writable else "Let this user write there, or name another file in DATABASE_URL."
        yield Sign(
            "folder", ok=writable, found=f"{folder} {'can' if writable else 'cannot'} be written", fix=fix
        )
    try:
        pending = migrate.pending(found.database_url)
        version = migrate.current(found.database_url)
    except StorageError as error:
        what, _, fix = str(error).partition(". ")
        yield Sign("database", ok=False, found=what.removesuffix("."), fix=fix)
        return
    if pending:
        behind = f"its tables lack {listed(pending)}"
        yield Sign("database", ok=False, found=behind, fix="Run `rampcheck db upgrade`.")
    else:
        yield Sign("database", ok=True, found=f"reachable, tables at version {version}")
        yield from _row_security(found)


def _row_security(found: Settings) -> Iterator[Sign]:
    """Whether PostgreSQL itself keeps organisations apart; either is well, the first is for whoever hosts several."""
    if not found.database_url.startswith("sqlite"):
        holds = migrate.is_bound(found.database_url)
        told = (
            "binds this role"
            if holds
            else "does not bind this role, which owns the tables or is a superuser; with several organisations give "
            "the program a role of its own: docs/how-to/use-postgres.md, A second lock"
        )
        yield Sign("row security", ok=True, found=told)


def _folder(found: Settings) -> Path | None:
    """Where an SQLite file lies; None for a server."""
    scheme, _, path = found.database_url.partition(":///")
    return Path(path).absolute().parent if scheme.startswith("sqlite") else None


def _questionnaires(folder: Path) -> Iterator[Sign]:
    problems = lint.lint(folder)
    wrong = [problem for problem in problems if not problem.warning]
    if wrong:
        first = f"{count(len(wrong), 'problem')}, the first: {wrong[0]}"
        yield Sign("questionnaires", ok=False, found=first, fix="Run `rampcheck questionnaires lint`.")
        return
    yield Sign("questionnaires", ok=True, found=f"no mistakes, {count(len(problems), 'warning')}")
    new = lock.unpublished(loader.examine(folder), folder / lock.NAME)
    if new:
        names = listed(f"{edition.id} {edition.version}" for edition in new)
        fix = "Run `rampcheck questionnaires publish`."
        yield Sign("published.lock", ok=False, found=f"not published yet: {names}", fix=fix)
    else:
        yield Sign("published.lock", ok=True, found="every version is published")


def _workspaces(found: Settings) -> Iterator[Sign]:
    """Where the app was installed: whether it still is, and whether our keys open what it was granted."""
    if not found.slack_client_id:
        return
    try:
        store = open_store(found.database_url, read_only=True, keys=found.keys)
    except StorageError:
        return  # said of the database already
    with contextlib.closing(store):
        for one in store.installations.everywhere("slack"):
            yield _workspace(store, one, f"{found.public_url}/slack/install")


def _workspace(store: Store, one: Installation, address: str) -> Sign:
    what = f"Slack {one.external}"
    match one.health:
        case Health.REMOVED:
            return Sign(what, ok=True, found="the app was removed there; nothing is sent")
        case Health.BROKEN:
            found = f"Slack does not take its token any more ({one.reason})"
            return Sign(what, ok=False, found=found, fix=f"Install the app there again: {address}")
        case Health.ON:
            return _opened(store, one, what)
    assert_never(one.health)


def _opened(store: Store, one: Installation, what: str) -> Sign:
    try:
        store.installations.of(one.platform, one.external)
    except StorageError as error:
        found, _, fix = str(error).partition(". ")
        return Sign(what, ok=False, found=found, fix=fix)
    return Sign(what, ok=True, found="installed")


def _port(found: Settings) -> Sign:
    where = f"{found.host}:{found.port}"
    if running.is_free(found.host, found.port):
        return Sign("port", ok=True, found=f"{where} is free")
    if _is_ours(found):
        return Sign("port", ok=True, found=f"Rampcheck is running at {where}")
    fix = "Stop what uses it, or set PORT to another number."
    return Sign("port", ok=False, found=f"{where} is in use by another program", fix=fix)


def _slack(found: Settings) -> Iterator[Sign]:
    """What Slack says to our tokens; its SDK is imported only where Slack is on."""
    from adapters.slack import checkup

    asked = checkup.look(
        bot_token=found.slack_bot_token, app_token=found.slack_app_token, url=found.slack_api_url
    )
    for one in asyncio.run(asked):
        yield Sign(one.what, one.ok, one.found, one.fix)


def _teams(found: Settings) -> Iterator[Sign]:
    """What Microsoft says to our settings; botbuilder is imported only where Teams is on."""
    from adapters.teams import checkup
    from bot.teamwork import bot_of

    for one in asyncio.run(checkup.look(bot_of(found))):
        yield Sign(one.what, one.ok, one.found, one.fix)


def _is_ours(found: Settings) -> bool:
    """Whether whoever listens there answers as Rampcheck does."""
    try:
        with urllib.request.urlopen(
            f"http://{found.host}:{found.port}/healthz", timeout=OURS_WITHIN
        ) as answer:
            said = json.loads(answer.read(1000))
    except (URLError, OSError, ValueError):
        return False
    return isinstance(said, dict) and "version" in said
