"""Bytes of a CSV file -> its rows, with the delimiter found out and every row's place; it must not know of pilots."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import log

from bot.service.importing.decoding import Encoding, encoding_of
from bot.service.importing.faults import ImportProblem

COLUMNS = 1000  # the federal inventory has 62; more is a broken file
SAMPLE = 200_000  # characters in which the delimiter is looked for
SAMPLE_ROWS = 300
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in a spreadsheet (the header counts), its first line in the text file, its cells."""

    number: int
    line: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of which the form is known and nothing was read yet. `sure` False: the delimiter is a guess."""

    data: bytes
    encoding: Encoding
    delimiter: str
    sure: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row, blank ones too; ImportProblem where the file stops making sense."""
        source = _Source(self._text())
        if not source.skip_hint():
            source = _Source(self._text())
        reader = csv.reader(source, delimiter=self.delimiter)
        number = 0
        while True:
            started = source.line + 1
            source.record.clear()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _broken(str(error), started) from None
            if cells is None:
                return
            number += 1
            source.refuse_open_quote(self.delimiter, number, started)
            yield Row(number, started, tuple(cells))

    def _text(self) -> Iterable[str]:
        return io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding.codec, newline="")


def open_file(data: bytes, *, encoding: str = "", delimiter: str = "") -> Opened:
    """Find out encoding and delimiter, unless they are named."""
    found = encoding_of(data, encoding)
    if delimiter:
        return Opened(data, found, delimiter)
    sample, whole = _sample(data, found.codec)
    hinted = _hint(sample.split("\n", 1)[0])
    if hinted:
        return Opened(data, found, hinted)
    best = max(DELIMITERS, key=lambda mark: _fitness(sample, mark, whole=whole))
    return Opened(data, found, best, sure=_fitness(sample, best, whole=whole) >= 0.9 * log(2))


class _Source:
    """The lines of a text with their count; keeps those of the row being read."""

    def __init__(self, text: Iterable[str]) -> None:
        self._lines = iter(text)
        self.line = 0
        self.record: list[str] = []
        self.last = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.last = True
            raise
        self.line += 1
        self.record.append(line)
        return line

    def skip_hint(self) -> bool:
        """Pass over the line `sep=;` that spreadsheets write and do not show."""
        return bool(_hint(next(self, "")))

    def refuse_open_quote(self, delimiter: str, number: int, started: int) -> None:
        """The last row must not have swallowed what follows it because a quotation mark was never closed."""
        if not self.last or len(self.record) < 2:
            return
        try:
            list(csv.reader(self.record, delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise ImportProblem(
                    f"Row {number} (line {started}): a quotation mark is opened and never closed, so the rest of "
                    f"the file reads as one cell. Close it, or write it twice if it is meant as a character."
                ) from None


def _hint(line: str) -> str:
    mark = line.strip("\r\n \ufeff").casefold().removeprefix("sep=") if "=" in line[:8] else ""
    return mark if mark in DELIMITERS else ""


def _sample(data: bytes, codec: str) -> tuple[str, bool]:
    """The beginning of the text, and whether it is the whole."""
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline="")
    text = stream.read(SAMPLE)
    return text, not stream.read(1)


def _fitness(sample: str, mark: str, *, whole: bool) -> float:
    """How well a delimiter splits the sample: many columns, and in every row equally many."""
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), SAMPLE_ROWS + 1))
    except csv.Error:
        return 0.0
    rows = rows[: SAMPLE_ROWS if whole else -1] or rows
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return 0.0
    width, rows_of_it = widths.most_common(1)[0]
    return rows_of_it / widths.total() * log(width)


def _broken(error: str, line: int) -> ImportProblem:
    if "field limit" in error:
        what = f"a cell has more than {csv.field_size_limit():,} characters"
        return ImportProblem(
            f"Line {line}: {what}; most likely a quotation mark is opened there and never closed."
        )
    return ImportProblem(
        f"Line {line}: this cannot be read as CSV ({error}). Save the file as CSV UTF-8 anew."
    )
