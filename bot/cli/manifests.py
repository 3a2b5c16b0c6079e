"""`rampcheck manifest`: what a platform's admin creates our app from; it must not know what is in it."""

from __future__ import annotations

from adapters.slack.manifest import Mode, Wish, WishError, as_yaml, manifest
from bot.cli import screen
from bot.cli.trouble import Trouble


def slack(mode: Mode, *, url: str, oauth: bool) -> None:
    """Slack's app manifest, to be pasted."""
    try:
        found = manifest(Wish(mode, url.strip(), oauth))
    except WishError as refused:
        raise Trouble(f"{refused}.") from None
    screen.say(as_yaml(found).rstrip())
