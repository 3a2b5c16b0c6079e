"""One row's cells -> values of fields, with a note for every cell not taken as it stood; it must not know of pilots."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date

from bot.core.pilotmap import FIELDS, Join, Sort
from bot.service.importing.cells import Parsed, Value, in_words, parse, split_tags
from bot.service.importing.days import Reading
from bot.service.importing.faults import ImportProblem, Note, Remark, repaired, shortened
from bot.service.importing.sheet import Line, Sheet, Source
from bot.service.importing.text import cut, fold, slug

WHOLE_NAME = 1000  # characters of a name that the description keeps
KEPT = "longer than {limit} characters: cut, the whole name is in the description"
PART = 60  # characters of one part of an id that is put together


@dataclass(slots=True)
class Gathered:
    """What one row says. `defaults` are for a pilot that is new; `cleared` are fields whose cells are all empty.

    `cells` holds, for every field with a column, that column's name and the text that filled the field or failed to;
    `whole_name` is a name that had to be cut.
    """

    row: int
    line: int
    values: dict[str, Value] = field(default_factory=dict)
    defaults: dict[str, Value] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)
    whole_name: str = ""
    notes: list[Note] = field(default_factory=list)

    def note(self, name: str, *remarks: Remark) -> None:
        """Add remarks on the cell of a field; a cell that fills two fields is reported once."""
        column, text = self.cells.get(name, (name, ""))
        for remark in remarks:
            note = Note(self.row, self.line, column, shortened(text), remark)
            if note not in self.notes:
                self.notes.append(note)

    def text(self, name: str) -> str:
        """A field's value as text; empty when there is none."""
        return str(self.values.get(name, ""))


def gather(sheet: Sheet, line: Line, today: date) -> Gathered:
    """Read every used cell of a row."""
    desk = _Desk(sheet, today, line.cells, Gathered(line.row, line.line))
    for source in sheet.sources:
        desk.take(source)
    desk.shorten_name()
    return desk.found


def check_constants(sheet: Sheet, today: date) -> None:
    """ImportProblem for a constant or default of the map that its own field refuses."""
    for source in sheet.sources:
        for text in filter(None, (source.map.constant, source.map.default)):
            found = parse(FIELDS[source.map.name], text, today=today, days=_reading(source, 0))
            if found.value is None:
                reason = (
                    f"{found.remarks[0].reason}. {found.remarks[0].fix}" if found.remarks else "nothing in it"
                )
                where = f"{sheet.map.file or 'map'}:{source.map.line}"
                raise ImportProblem(f"{where}: {shortened(text)!r} cannot be a {source.map.name}: {reason}")


@dataclass(slots=True)
class _Desk:
    """The row being read and what was found in it."""

    sheet: Sheet
    today: date
    cells: tuple[str, ...]
    found: Gathered

    def take(self, source: Source) -> None:
        """Read one field from its columns, or from the map."""
        tie = source.map
        value = self._value(source)
        if value is not None:
            self.found.values[tie.name] = value
        elif tie.default:
            default = self._parse(source, tie.default, 0).value
            if default is not None:
                self.found.defaults[tie.name] = default

    def _value(self, source: Source) -> Value | None:
        if source.map.constant:
            return self._parse(source, source.map.constant, 0).value
        if source.map.join is Join.ALL and len(source.at) > 1:
            return self._together(source)
        return self._first(source)

    def _first(self, source: Source) -> Value | None:
        """The value of the first column that has one; those before it are reported, those behind it not looked at."""
        refused = False
        for index in range(len(source.at)):
            parsed = self._cell(source, index)
            if parsed.value is not None:
                return parsed.value
            refused = refused or parsed.refused
        if not refused:
            self.found.cleared.add(source.map.name)
        return None

    def _together(self, source: Source) -> Value | None:
        """All columns as one value: an id from its parts, tags as one list, other texts one after the other."""
        name = source.map.name
        if name == "external":
            parts = [id_part(self.cells[at]) for at in source.at]
            return "/".join(parts) if any(parts) else None
        values = [self._cell(source, index).value for index in range(len(source.at))]
        if FIELDS[name].sort is Sort.TAGS:
            tags: dict[str, str] = {}
            for tag in (tag for value in values if isinstance(value, tuple) for tag in value):
                tags.setdefault(fold(tag), tag)
            return tuple(tags.values()) or None
        mark = "\n\n" if FIELDS[name].sort is Sort.TEXT else " – "
        text = mark.join(in_words(value) for value in values if value is not None)
        self.found.cells[name] = ", ".join(source.map.columns), text
        return self._within(name, text, _limit(name)) or None

    def _cell(self, source: Source, index: int) -> Parsed:
        """One cell, translated by the map's table, and its remarks noted."""
        at = source.at[index]
        text = self.cells[at]
        parsed = self._parse(source, _meant(source, text), index)
        self.found.cells[source.map.name] = self.sheet.columns[at], text
        self.found.note(source.map.name, *parsed.remarks)
        return parsed

    def _parse(self, source: Source, text: str, index: int) -> Parsed:
        target = FIELDS[source.map.name]
        wide = replace(target, limit=_limit(source.map.name))
        return parse(wide, text, today=self.today, days=_reading(source, index))

    def _within(self, name: str, text: str, limit: int) -> str:
        remarks: list[Remark] = []
        short = cut(text, limit, remarks)
        self.found.note(name, *remarks)
        return short

    def shorten_name(self) -> None:
        """A name fits a line of chat; what was cut off stands in the description."""
        name, limit = self.found.text("name"), FIELDS["name"].limit
        if len(name) <= limit:
            return
        short = name[: limit - 1].rstrip() + "…"
        self.found.note("name", repaired(KEPT.format(limit=limit), short))
        self.found.values["name"], self.found.whole_name = short, name
        if any(source.map.name == "work" for source in self.sheet.sources):
            work = "\n\n".join(filter(None, (name, self.found.text("work"))))
            self.found.values["work"] = self._within("work", work, FIELDS["work"].limit)
            self.found.cleared.discard("work")


def _reading(source: Source, index: int) -> Reading:
    return source.days[index] if index < len(source.days) else Reading()


def _meant(source: Source, text: str) -> str:
    """A cell in the words of the map's table: the whole of it, or each of several tags."""
    if not source.table:
        return text
    whole = source.table.get(fold(text[:1000]))
    if whole is not None or FIELDS[source.map.name].sort is not Sort.TAGS:
        return text if whole is None else whole
    return "; ".join(source.table.get(fold(tag[:1000]), tag) for tag in split_tags(text))


def _limit(name: str) -> int:
    """Names are cut later, where the description can take the rest."""
    return WHOLE_NAME if name == "name" else FIELDS[name].limit


def id_part(text: str) -> str:
    """One part of an id, the same for the same text whatever its case and blanks; long texts end in a fingerprint."""
    folded = fold(text)
    plain = slug(text, 10 * PART)
    if not folded or (plain and len(plain) <= PART):
        return plain
    mark = hashlib.sha256(folded.encode()).hexdigest()[:8]
    return f"{plain[: PART - 9].rstrip('-')}-{mark}".strip("-")
