"""`rampcheck backup`, `restore` and `verify`: nothing is lost, nothing kept is wrong; mending takes a word more."""

from __future__ import annotations

from pathlib import Path

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count
from bot.service import verifying
from bot.service.verifying import Verified, Wrong
from bot.service.work import Work, again
from bot.storage import backup as copying
from bot.storage import migrate

MEGABYTE = 1_000_000


def backup(to: Path) -> None:
    """Copy the database, also while it is in use."""
    size = copying.backup(opening.settings().database_url, to)
    screen.say(f"Wrote {to} ({size / MEGABYTE:.1f} MB), whole. Keep the secret keys apart from it.")


def restore(copy: Path) -> None:
    """Put a copy in the place of the database, and bring its tables up to date."""
    url = opening.settings().database_url
    aside = copying.restore(url, copy)
    screen.say(f"Restored {copy.name}; its tables are at version {migrate.current(url)}.")
    if aside is not None:
        screen.say(f"What was there before is kept as {aside.name}.")


def verify(*, rebuild: bool, as_json: bool) -> None:
    """Compare every pilot's score with what its levels say; exit code 1 where one is wrong and was not rebuilt."""
    with opening.writing() if rebuild else opening.reading() as app:
        found: list[tuple[int, Verified]] = []
        for organisation in app.store.organisations():
            look = app.store.read(
                organisation.id, lambda unit: verifying.verify(Work(unit, app.content, app.clock.now()))
            )
            found.append((organisation.id, look))
            for wrong in look.wrong if rebuild else ():
                again(
                    lambda at=organisation.id, one=wrong: app.store.write(  # type: ignore[misc]  # bound here
                        at, lambda unit: verifying.rebuild(Work(unit, app.content, app.clock.now()), one)
                    )
                )
    _account([one for _, one in found], rebuild=rebuild, as_json=as_json)


def _account(found: list[Verified], *, rebuild: bool, as_json: bool) -> None:
    wrong = [one for each in found for one in each.wrong]
    compared, others = (sum(getattr(one, part) for one in found) for part in ("compared", "other_versions"))
    if as_json:
        screen.as_json(
            {"compared": compared, "other_versions": others, "wrong": [_plain(one) for one in wrong]}
        )
    else:
        screen.say(f"{count(compared, 'score')} computed again from the answers, {len(wrong)} wrong.")
        if others:
            screen.say(f"{others} not compared: they are of another version of the policy or the items.")
        for one in wrong:
            differs = ", ".join(one.fields)
            screen.say(f"  {one.pilot.key}: kept {one.kept.overall}, meant {one.meant.overall} ({differs})")
    if wrong and not rebuild:
        raise Trouble(
            "Something changed them behind Rampcheck's back. `rampcheck verify --rebuild` puts them right."
        )
    if wrong and not as_json:
        screen.say(f"{count(len(wrong), 'score')} rebuilt.")


def _plain(wrong: Wrong) -> dict[str, object]:
    return {
        "pilot": wrong.pilot.key,
        "differs": list(wrong.fields),
        "kept": wrong.kept.overall,
        "meant": wrong.meant.overall,
    }
