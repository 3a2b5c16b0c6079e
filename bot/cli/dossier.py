"""`rampcheck decision`: one decision as a file that proves itself; it must not know what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core import dossier
from bot.core.compose.words import count
from bot.service import dossier as service

MOST_BYTES = 64 * 1024**2  # a hundred times what a pilot of ten years comes to
NONE = "{file} is no decision that `rampcheck decision export` wrote: {why}."


def export(number: int, out: Path | None) -> None:
    """Write the file of one decision."""
    to = out or Path(f"decision-{number}.json")
    with opening.reading() as app:
        file = opening.look(app, lambda work: service.export(work, number))
    screen.json_file(file, to)
    screen.say(f"Wrote {to}. Its seal, to be kept elsewhere:\n{file['seal']}")
    screen.warn("It holds names and what people wrote in confidence. Give it only to whoever may read that.")
    if waiting := len(service.unsealed(file)):
        screen.warn(f"{count(waiting, 'event')} not sealed yet: export it again in a minute.")


def _read(path: Path) -> Any:
    """What is in the file. ValueError where that is no JSON."""
    if not path.is_file():  # a pipe would never end
        raise Trouble(f"There is no file {path}. Name one that `rampcheck decision export` wrote.")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1024**2} MB")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is no text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is no JSON") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets without end
        raise ValueError("a number in it is too long, or it is nested too deeply") from None


def verify(path: Path, seal: str) -> None:
    """Check a file by itself; exit code 1 with every part that is not as it was."""
    try:
        found = dossier.check(_read(path))
    except ValueError as error:
        raise Trouble(NONE.format(file=path, why=error)) from None
    flaws = list(found.flaws)
    if seal and seal.strip() != found.seal:
        flaws.append("The seal is not the one that you wrote down.")
    if flaws:
        raise Trouble("\n".join((f"{path} is not as it was exported.", *flaws)))
    screen.say(
        f"{count(found.parts, 'part')} verified, {count(found.sealed_events, 'sealed event')} among them."
    )
    if not found.anchored:
        screen.say("The decision is from before the log held its digest: it is proved by the seal alone.")
    if not seal:
        screen.say(
            "Whoever can write the file can seal it anew: compare its seal with what was written down."
        )
        screen.say(found.seal)
