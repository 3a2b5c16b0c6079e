"""Headings of a file -> which column fills which field, by the map or by their names; it must not read any cell."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.pilotmap import FIELDS, FieldMap, PilotMap
from bot.service.importing.faults import ImportProblem, listed, nearest, shortened
from bot.service.importing.text import visible, word_fold
from bot.service.importing.words import HEADINGS

Tie = tuple[FieldMap, tuple[int, ...]]  # a field and the columns, counted from 0, that fill it


def ties_of(names: Sequence[str], mapping: PilotMap) -> list[Tie]:
    """Every field that the file fills; ImportProblem when a column is missing or none holds the names."""
    ties = _mapped(names, mapping) if mapping.fields else _known(names)
    if not any(tie.name == "name" for tie, _ in ties):
        found = listed([shortened(name, 40) for name in names if name])
        fix = "Call one of them Name, or write a mapping file."
        raise ImportProblem(f"No column holds the pilots' names. Columns found: {found}. {fix}")
    return ties


def _mapped(names: Sequence[str], mapping: PilotMap) -> list[Tie]:
    """The ties of a map; every column that is not there is named at once, with the line that asks for it."""
    ties: list[Tie] = []
    faults: list[str] = []
    for tie in mapping.fields:
        places = [_places(names, column) for column in tie.columns]
        ties.append((tie, tuple(found[0] for found in places if found)))
        for column, found in zip(tie.columns, places, strict=True):
            if len(found) != 1:
                faults.append(f"{mapping.file or 'map'}:{tie.line}: {_fault(names, column, found)}")
    if faults:
        raise ImportProblem("\n".join(faults))
    return ties


def _places(names: Sequence[str], column: str) -> list[int]:
    """Where a column of that name stands: as written, else without regard to case and punctuation."""
    wanted = " ".join(visible(column).split())
    exact = [at for at, name in enumerate(names) if name == wanted]
    return exact or [at for at, name in enumerate(names) if name and word_fold(name) == word_fold(wanted)]


def _fault(names: Sequence[str], column: str, places: Sequence[int]) -> str:
    shown = repr(shortened(column))
    if places:
        numbers = ", ".join(str(at + 1) for at in places)
        return f"{len(places)} columns are called {shown} (columns {numbers}); give the one meant its own heading"
    headings = [shortened(name) for name in names if name]
    near = nearest(column, headings)
    fix = f"did you mean {near!r}?" if near else f"the file has {listed(headings)}"
    return f"the file has no column {shown}; {fix}"


def _known(names: Sequence[str]) -> list[Tie]:
    """Columns by their headings: first by each field's own name, then by what else people call it."""
    folded = [word_fold(name) for name in names]
    found: dict[str, int] = {}
    for rank in range(max(map(len, HEADINGS.values()))):
        for field, words in HEADINGS.items():
            if field in found or rank >= len(words) or words[rank] not in folded:
                continue
            at = folded.index(words[rank])
            if at not in found.values():
                found[field] = at
    return [(FieldMap(field, (names[found[field]],)), (found[field],)) for field in FIELDS if field in found]
