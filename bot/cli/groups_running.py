"""The groups of whoever runs the program, such as `rampcheck outbox`; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from typing import Annotated

import typer

from bot.cli.options import AsJson, group

outbox = group("Messages that were given up.")

Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers from `outbox list`.")]
Reason = Annotated[str, typer.Option(help="Those whose reason has this in it.")]
Every = Annotated[bool, typer.Option("--all", help="All of them.")]


@outbox.command("list")
def outbox_list(json: AsJson = False) -> None:
    """List what was given up, the latest first."""
    from bot.cli import outbox as room

    room.show(as_json=json)


@outbox.command("retry")
def outbox_retry(numbers: Numbers = None, reason: Reason = "", every: Every = False) -> None:
    """Have messages sent after all.

    What may have arrived is looked up first where the platform allows it.
    """
    from bot.cli import outbox as room

    room.retry(numbers or [], reason, every=every)


@outbox.command("drop")
def outbox_drop(numbers: Numbers = None, reason: Reason = "", every: Every = False) -> None:
    """Take messages off the list, never to be sent."""
    from bot.cli import outbox as room

    room.drop(numbers or [], reason, every=every)
