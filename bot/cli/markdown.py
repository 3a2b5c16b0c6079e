"""Small pieces of Markdown for the reference pages; it must not know what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Written by `make docs`: change the program or its content, not this page. -->"


def page(title: str, text: str) -> str:
    """A whole page."""
    return f"{MADE}\n\n# {title}\n\n{text.strip()}\n"


def heading(level: int, text: str) -> str:
    """A heading."""
    return f"{'#' * level} {text}"


def code(text: str) -> str:
    """A piece of code in a line; empty stays empty."""
    return f"`{text}`" if text else ""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; line breaks and bars in a cell do not break it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(cell: object) -> str:
    """One line; a bar is escaped everywhere, a `<` where it is no code, since code shows what is written."""
    text = " ".join((f"{cell:g}" if isinstance(cell, float) else str(cell)).split()).replace("|", "\\|")
    parts = text.split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))
