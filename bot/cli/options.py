"""What options of several commands have in common; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Literal["csv", "jsonl"]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
InFormat = Annotated[Format, typer.Option(help="A table for a spreadsheet, or JSON lines.")]
WithTexts = Annotated[
    bool, typer.Option("--with-texts", help="Also what people wrote in their own words, given in confidence.")
]
ToFile = Annotated[
    Path | None, typer.Option("--out", dir_okay=False, help="A file; without it, the terminal.")
]

OtherPolicy = Annotated[
    Path | None, typer.Option(dir_okay=False, help="A changed policy, tried in place of yours.")
]

OtherForms = Annotated[
    list[Path] | None,
    typer.Option("--questionnaire", dir_okay=False, help="A changed questionnaire, tried in place of yours."),
]


def group(about: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)
