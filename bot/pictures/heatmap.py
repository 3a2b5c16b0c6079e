"""A grid of numbers as a picture for a phone: a number in every cell, colours that everybody can tell apart.

Lengths are pixels. A phone shows the picture 360 points wide, a third of its pixels: what is 30 here is 10 there.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle

from bot.core.bands import BANDS, NOT_KNOWN, band_of
from bot.core.card import ELLIPSIS, Grid, fit
from bot.core.ports import PictureError

DPI: Final = 100
WIDTH: Final = 1080
MARGIN: Final = 36
LABELS: Final = 380  # of the names at the left: some 24 letters
HEAD, COLUMNS_HEAD, ROW, FOOT = 84, 48, 64, 64
GAP: Final = 4  # between cells, so that equal neighbours are two
RISE: Final = 0.36  # of a letter's size: half of a capital, which so stands in the middle of its line
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 34, 28, 24
INK, PALE_INK, PAPER, NOTHING = "#1d1c1d", "#5f5e60", "#ffffff", "#efeff0"
LONGEST: Final = 80  # letters of any line: more find no room, and measuring them takes long
UNKNOWN: Final = "?"
NO_LETTER: Final = "\N{WHITE SQUARE}"  # for a letter that the font has not


@dataclass(frozen=True, slots=True)
class Shade:
    """A band's cells have this colour, and their numbers that ink."""

    colour: str
    ink: str


# Orange to blue is the pair that the three common kinds of colour blindness keep apart, and dark and light are the
# ends in grey too. One a band, from the lowest.
SHADES: Final = (
    Shade("#b34a05", "#ffffff"),
    Shade("#fdc98d", INK),
    Shade("#a9cfe8", INK),
    Shade("#174f86", "#ffffff"),
)
# The font has them, and what draws it obeys: a name would be read as another one.
REORDERS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_one_at_a_time = threading.Lock()  # matplotlib's fonts and caches are not made for several threads


def png(grid: Grid) -> bytes:
    """The picture of a grid. Raises PictureError for one without rows or columns."""
    if not grid.rows or not grid.columns:
        raise PictureError("there is nothing to draw")
    with _one_at_a_time:
        return _Sheet(grid).drawn()


class _Sheet:
    """One picture being drawn, from the top to the bottom."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        height = HEAD + COLUMNS_HEAD + ROW * len(grid.rows) + FOOT + (FOOT if grid.note else 0)
        self._figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
        self._renderer = FigureCanvasAgg(self._figure).get_renderer()  # type: ignore[no-untyped-call]  # matplotlib types all but its backends
        self._axes: Axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")
        self._cell = (WIDTH - 2 * MARGIN - LABELS) / len(grid.columns)

    def drawn(self) -> bytes:
        self._text(MARGIN, HEAD / 2 + 8, self._grid.title, WIDTH - 2 * MARGIN, size=TITLE_SIZE, bold=True)
        for number, name in enumerate(self._grid.columns):
            self._text(
                self._left(number) + self._cell / 2,
                HEAD + COLUMNS_HEAD / 2,
                name,
                self._cell - GAP,
                size=SMALL_SIZE,
                colour=PALE_INK,
                centred=True,
            )
        top = float(HEAD + COLUMNS_HEAD)
        for label, values in self._grid.rows:
            self._row(top, label, values)
            top += ROW
        if self._grid.note:
            self._text(MARGIN, top + FOOT / 2, self._grid.note, WIDTH - 2 * MARGIN, colour=PALE_INK)
            top += FOOT
        self._legend(top)
        picture = io.BytesIO()
        self._figure.savefig(picture, format="png", metadata={"Software": None})  # no version in it
        return picture.getvalue()

    def _row(self, top: float, label: str, values: tuple[int | None, ...]) -> None:
        self._text(MARGIN, top + ROW / 2, label, LABELS - MARGIN / 2)
        for number, value in enumerate(values[: len(self._grid.columns)]):
            shade = None if value is None else SHADES[band_of(value)]
            self._box(self._left(number), top, self._cell, ROW, shade.colour if shade else NOTHING)
            self._text(
                self._left(number) + self._cell / 2,
                top + ROW / 2,
                UNKNOWN if value is None else str(value),
                self._cell,
                colour=shade.ink if shade else PALE_INK,
                centred=True,
            )

    def _legend(self, top: float) -> None:
        left, middle, swatch = float(MARGIN), top + FOOT / 2, 28
        for colour, says in _legend():
            self._box(left, middle - swatch / 2, swatch, swatch, colour)
            self._text(left + swatch + 10, middle, says, WIDTH, size=SMALL_SIZE, colour=PALE_INK)
            left += swatch + 10 + self._wide(says, _font(SMALL_SIZE)) + 28

    def _left(self, column: int) -> float:
        return MARGIN + LABELS + column * self._cell

    def _box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        inner = (width - GAP, height - GAP)
        self._axes.add_patch(Rectangle((left + GAP / 2, top + GAP / 2), *inner, color=colour, linewidth=0))

    def _text(
        self,
        left: float,
        middle: float,
        words: str,
        room: float,
        *,
        size: int = TEXT_SIZE,
        colour: str = INK,
        bold: bool = False,
        centred: bool = False,
    ) -> None:
        """Words as they are: no formula is read out of a dollar sign, and what finds no room ends in an ellipsis."""
        font = _font(size, bold=bold)
        self._axes.text(
            left,
            middle + size * RISE,
            self._cut(_drawable(words, font), room, font),
            fontproperties=font,
            color=colour,
            ha="center" if centred else "left",
            va="baseline",
            parse_math=False,
        )

    def _cut(self, words: str, room: float, font: FontProperties) -> str:
        kept = fit(words, LONGEST)
        while kept and self._wide(kept, font) > room:
            kept = kept.removesuffix(ELLIPSIS)[:-1].rstrip() + ELLIPSIS
            if kept == ELLIPSIS:
                break
        return kept

    def _wide(self, words: str, font: FontProperties) -> float:
        width, _, _ = self._renderer.get_text_width_height_descent(words, font, ismath=False)
        return float(width)


def _legend() -> Iterator[tuple[str, str]]:
    yield from ((shade.colour, band.says) for shade, band in zip(SHADES, BANDS, strict=True))
    yield NOTHING, f"{UNKNOWN} {NOT_KNOWN}"


def _font(size: int, *, bold: bool = False) -> FontProperties:
    """`size` in pixels; the font comes with matplotlib, so every machine draws the same."""
    return FontProperties(family="DejaVu Sans", size=size * 72 / DPI, weight="bold" if bold else "normal")


def _drawable(words: str, font: FontProperties) -> str:
    """One line of letters that the font has, in the order in which they were written."""
    known = get_font(findfont(font))
    line = " ".join(words.split())
    return "".join(
        letter if known.get_char_index(ord(letter)) and letter not in REORDERS else NO_LETTER
        for letter in line
    )
