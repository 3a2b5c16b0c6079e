"""`rampcheck people export`: what is stored about one person; it must not know how it is found."""

from __future__ import annotations

from pathlib import Path

from bot.cli import opening, screen
from bot.service import lookup, privacy


def export(name: str, out: Path | None) -> None:
    """Everything about one person, into a file or on the terminal."""
    with opening.reading() as app:
        found = opening.look(
            app, lambda work: privacy.export(work, lookup.person_named(work.unit, name, left=True))
        )
    if out is None:
        screen.as_json(found)
        return
    screen.json_file(found, out)
    screen.warn(f"Wrote {out}. It is for that person alone: pilots in it may be private.")
