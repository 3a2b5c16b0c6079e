"""`rampcheck db`: the version of the tables; it must not know what is in them."""

from __future__ import annotations

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.storage import migrate


def upgrade() -> None:
    """Create the tables or bring them up to date, and say which version they are at now."""
    url = opening.settings().database_url
    migrate.upgrade(url)
    screen.say(f"The tables are at version {migrate.current(url)}, up to date.")


def current() -> None:
    """The version, and how many steps it is behind."""
    url = opening.settings().database_url
    pending = migrate.pending(url)
    behind = f", {len(pending)} behind: run `rampcheck db upgrade`" if pending else ", up to date"
    screen.say(f"{migrate.current(url) or 'no tables yet'}{behind}")


def check() -> None:
    """Nothing to do, or Trouble that says what."""
    url = opening.settings().database_url
    pending = migrate.pending(url)
    if pending:
        raise Trouble(f"The tables lack {', '.join(pending)}. Run `rampcheck db upgrade`.")
    differences = migrate.differences(url)
    if differences:
        found = "\n".join(f"  {difference}" for difference in differences)
        raise Trouble(f"The tables are not those of this version. Somebody changed them by hand:\n{found}")
    screen.say("The tables are what this version needs.")
