"""Puts tables, lines and JSON on the terminal; it must not know what they are about."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bot import log as logs

WIDE = 160  # columns where there is no terminal to ask: a pipe should not break lines early
CARD = 96  # columns of a card: about as wide as chats show it


def console(*, err: bool = False) -> Console:
    """The terminal as it is now; without colours where there is none."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print lines and tables, one below the other."""
    terminal = console()
    for part in parts:
        terminal.print(safe(part) if isinstance(part, str) else part)


def say(text: str) -> None:
    """Print plain text, exactly as it is."""
    print(safe(text))


def warn(text: str) -> None:
    """Print plain text to stderr: what scripts that read the output should not see."""
    print(safe(text), file=sys.stderr)


def as_json(value: Any) -> None:
    """Print a value as JSON; days and moments as ISO text. What a terminal might obey is escaped: it reads the same."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def json_file(value: Any, to: Path) -> None:
    """Write a value as JSON: the whole file or nothing."""
    beside = to.with_name(f"{to.name}.new")
    beside.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(to)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table; cells may be anything, nothing in them is markup, and nothing is cut."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name in header:
        made.add_column(Text(safe(name)), overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(safe(_said(cell))) for cell in row))
    return made


def safe(text: str) -> str:
    """Text that cannot steer a terminal, line by line: names come from anybody."""
    return "\n".join(logs.safe(line) for line in text.split("\n"))


def _said(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if hasattr(value, "isoformat")
        else sorted(value)
        if isinstance(value, set)
        else str(value)
    )


def moment(value: object) -> str:
    """A day or moment as one reads it in a table; anything else as it is."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return "" if value is None else str(value)
