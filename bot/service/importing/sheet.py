"""A CSV file with its columns tied to fields: what is read before any cell is understood; it knows no pilots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.core.pilotmap import DAYS, FIELDS, FieldMap, PilotMap
from bot.service.importing.columns import Tie, ties_of
from bot.service.importing.dayorder import DayOrders, order_of
from bot.service.importing.days import Reading
from bot.service.importing.decoding import Encoding
from bot.service.importing.faults import ImportProblem
from bot.service.importing.reading import COLUMNS, DELIMITERS, Opened, Row, open_file
from bot.service.importing.text import fold, visible

DEFAULT = PilotMap()
ROWS = 100_000  # forty times the federal inventory; each row is held in memory with its outcome


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's cells stand: `at` are places in `Line.cells`, `days` how each of these columns' dates read.

    `table` is the map's translation of cells, its left side folded.
    """

    map: FieldMap
    at: tuple[int, ...]
    days: tuple[Reading, ...] = ()
    table: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet with the cells of used columns only. `fault` says why it cannot be split into cells.

    `short` counts cells that are missing at its end.
    """

    row: int
    line: int
    cells: tuple[str, ...]
    blank: bool = False
    short: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file read. `columns` are the used ones, in the order of `Line.cells`; `unused` the rest, by name.

    `assumed` says in sentences what was taken for granted, so that a person can object.
    """

    file: str
    encoding: Encoding
    delimiter: str
    width: int
    columns: tuple[str, ...]
    unused: tuple[str, ...]
    sources: tuple[Source, ...]
    lines: tuple[Line, ...]
    map: PilotMap = DEFAULT
    assumed: tuple[str, ...] = ()


def read(data: bytes, mapping: PilotMap | None = None, *, file: str = "") -> Sheet:
    """The sheet in a file's bytes; ImportProblem when there is none. Without a map columns are known by their names."""
    mapping = mapping or DEFAULT
    opened = open_file(data, encoding=mapping.encoding, delimiter=mapping.delimiter)
    rows = opened.rows()
    heading = _heading(rows, mapping.header)
    names = tuple(" ".join(visible(cell).split()) for cell in heading.cells)
    _refuse_width(names)
    ties = ties_of(names, mapping)
    used = sorted({column for _, columns in ties for column in columns})
    lines = _lines(rows, used, len(names))
    orders = _orders(ties, used, lines, names, mapping)
    columns = tuple(names[at] for at in used)
    unused = tuple(name or f"column {at + 1}" for at, name in enumerate(names) if at not in used)
    return Sheet(
        file=file or "the file",
        encoding=opened.encoding,
        delimiter=DELIMITERS.get(opened.delimiter, opened.delimiter),
        width=len(names),
        columns=columns,
        unused=unused,
        sources=tuple(
            _source(tie, [used.index(at) for at in places], columns, orders) for tie, places in ties
        ),
        lines=lines,
        map=mapping,
        assumed=(*_form(opened), *_repeated(names, used), *orders.assumed()),
    )


def _heading(rows: Iterator[Row], wanted: int) -> Row:
    """The row of column names: the one named, else the first with anything in it."""
    for row in rows:
        if (row.number == wanted) if wanted else not row.blank:
            if row.blank:
                raise ImportProblem(
                    f"Row {wanted} should hold the column names and is blank. Correct `header` in the map."
                )
            return row
    raise ImportProblem(
        "There is no row of column names in the file." + (" Correct `header` in the map." if wanted else "")
    )


def _refuse_width(names: Sequence[str]) -> None:
    if len(names) > COLUMNS:
        raise ImportProblem(
            f"The first row has {len(names):,} columns; {COLUMNS:,} are the most. Is this the right file?"
        )


def _lines(rows: Iterator[Row], used: Sequence[int], width: int) -> tuple[Line, ...]:
    lines = tuple(_line(row, used, width) for row in islice(rows, ROWS + 1))
    if len(lines) > ROWS:
        raise ImportProblem(
            f"The file has more than {ROWS:,} rows. Split it, or delete the empty rows at its end."
        )
    if all(line.blank for line in lines):
        raise ImportProblem("The file has column names and nothing below them. Add a row for each pilot.")
    return lines


def _line(row: Row, used: Sequence[int], width: int) -> Line:
    cells = tuple(row.cells[at] if at < len(row.cells) else "" for at in used)
    extra = sum(1 for cell in row.cells[width:] if cell.strip())
    fault = f"{len(row.cells)} cells where the header has {width}" if extra else ""
    short = 0 if row.blank else max(0, width - len(row.cells))
    return Line(row.number, row.line, cells, row.blank, short, fault)


def _orders(
    ties: Sequence[Tie], used: Sequence[int], lines: Sequence[Line], names: Sequence[str], mapping: PilotMap
) -> DayOrders:
    places = sorted({at for tie, columns in ties if FIELDS[tie.name].sort in DAYS for at in columns})
    cells = {names[at]: order_of(line.cells[used.index(at)] for line in lines) for at in places}
    return DayOrders(cells, mapping)


def _source(tie: FieldMap, at: Sequence[int], columns: Sequence[str], orders: DayOrders) -> Source:
    table = {fold(text): meant for text, meant in tie.values.items()}
    days = tuple(orders.reading(columns[place], FIELDS[tie.name].sort) for place in at)
    return Source(tie, tuple(at), days, table)


def _form(opened: Opened) -> Iterator[str]:
    if not opened.encoding.certain:
        yield f"Text encoding {opened.encoding.name}: {opened.encoding.why}. If letters look wrong, name the right one."
    if not opened.sure:
        mark = DELIMITERS.get(opened.delimiter, opened.delimiter)
        yield f"Columns are split at each {mark}, though rows then differ in their number of cells."


def _repeated(names: Sequence[str], used: Sequence[int]) -> Iterator[str]:
    for at in used:
        others = [other + 1 for other, name in enumerate(names) if name == names[at] and other != at]
        if others:
            yield f"Column {names[at]!r} occurs {len(others) + 1} times: the first is used."
