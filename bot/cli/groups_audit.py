"""Commands for auditors; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import AsJson, group

audit = group("The log of everything that changed.")
decision = group("One decision as a file that proves itself.")


@audit.command("verify")
def audit_verify(
    head: Annotated[str, typer.Option(help="What it printed an earlier time: is that still there?")] = "",
    json: AsJson = False,
) -> None:
    """Name every event that was changed, is missing or was moved."""
    from bot.cli import audit as room

    room.verify(head, as_json=json)


@decision.command("export")
def decision_export(
    number: Annotated[int, typer.Argument(min=1, help="Its number; a wrong one lists the newest.")],
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="A file; else decision-NUMBER.json.")
    ] = None,
) -> None:
    """Write one decision with all that it rests on.

    Questions, answers and their corrections, reminders, signals, scores, and every event of the pilot.
    """
    from bot.cli import dossier

    dossier.export(number, out)


@decision.command("verify")
def decision_verify(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="What `export` wrote.")],
    seal: Annotated[str, typer.Option(help="The seal that `export` printed: is it still that file?")] = "",
) -> None:
    """Name what was changed in such a file; no database is needed."""
    from bot.cli import dossier

    dossier.verify(file, seal)
