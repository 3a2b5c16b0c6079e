"""The group `rampcheck report`; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from typing import Annotated

import typer

from bot.cli.options import AsJson, group

report = group("What asking costs, and what it brings.")


@report.command("nags")
def report_nags(
    weeks: Annotated[int, typer.Option(min=1, max=520, help="So many weeks back.")] = 12,
    json: AsJson = False,
) -> None:
    """Show what invitations, reminders and escalations gained.

    By step, with how many people got them; never by person.
    """
    from bot.cli import reporting

    reporting.nags(weeks=weeks, as_json=json)
