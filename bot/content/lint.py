"""Everything that is wrong with a folder of content files, for authors; it must not know how it is printed."""

from __future__ import annotations

from pathlib import Path

from bot.content import lock
from bot.content.loader import examine
from bot.content.problem import Problem


def lint(folder: Path) -> list[Problem]:
    """Every problem and warning by file and line, published versions included; never raises, whatever is there."""
    found = examine(folder)
    return sorted({*found.problems, *lock.check(found, folder / lock.NAME)})
