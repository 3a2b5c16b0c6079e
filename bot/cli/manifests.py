"""`rampcheck manifest`: what a platform's admin creates our app from; it must not know what is in it."""

from __future__ import annotations

from pathlib import Path

from adapters.slack.manifest import Mode, Wish, WishError, as_yaml, manifest
from adapters.teams import manifest as teams_app
from bot.cli import screen
from bot.cli.trouble import Trouble
from bot.settings import load


def slack(mode: Mode, *, url: str, oauth: bool) -> None:
    """Slack's app manifest, to be pasted."""
    try:
        found = manifest(Wish(mode, url.strip(), oauth))
    except WishError as refused:
        raise Trouble(f"{refused}.") from None
    screen.say(as_yaml(found).rstrip())


def teams(file: Path, *, app_id: str, website: str, version: str, slash: bool) -> None:
    """Teams' app package, to be uploaded."""
    app = app_id.strip() or load().teams_app_id
    try:
        made = teams_app.package(teams_app.Wish(app, website.strip(), version.strip(), slash))
        file.write_bytes(made)
    except teams_app.WishError as refused:
        raise Trouble(f"{refused}.") from None
    except OSError as error:
        raise Trouble(f"{file} cannot be written ({error.strerror}). Name another file with --to.") from None
    screen.say(f"Wrote {file}: upload it in Teams under Apps, Manage your apps, Upload an app.")
