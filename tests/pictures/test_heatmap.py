"""The picture that is drawn: a PNG for a phone, the same every time, whatever a pilot is called."""

from __future__ import annotations

import asyncio
import struct
import subprocess
import sys
import warnings

import pytest

from bot import pictures
from bot.core.bands import BANDS
from bot.core.card import Grid
from bot.core.ports import PictureError
from bot.pictures.heatmap import NOTHING, SHADES

ROWS = (("Invoice matcher", (42, None, 100)), ("Claims triage", (0, 24, 75)))
GRID = Grid("Readiness", ("Value", "Data", "People"), ROWS, "28 more")


def drawn(grid: Grid) -> bytes:
    return asyncio.run(pictures.draw(grid))


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_a_row_more_is_a_taller_picture_as_wide_as_a_phone_shows() -> None:
    short, tall = drawn(GRID), drawn(Grid("Readiness", GRID.columns, ROWS * 6))
    assert size(short)[0] == size(tall)[0] == 1080
    assert size(short)[1] < size(tall)[1] < 1200
    assert len(tall) < 300_000


def test_the_same_grid_is_the_same_picture() -> None:
    assert drawn(GRID) == drawn(GRID)


@pytest.mark.parametrize(
    "name", ["$x^2$ \\frac", "日本語 🚀", "a\nb\x00c", "", "x" * 3000, "<!channel> & <b>"]
)
def test_any_name_can_be_drawn_without_a_warning(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert size(drawn(Grid(name, (name, "b"), ((name, (1, 2)),), name)))[0] == 1080


@pytest.mark.parametrize("grid", [Grid("t", (), ROWS), Grid("t", ("a",), ())])
def test_nothing_cannot_be_drawn(grid: Grid) -> None:
    with pytest.raises(PictureError):
        drawn(grid)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shade", SHADES, ids=[band.says for band in BANDS])
def test_every_number_can_be_read_on_its_colour(shade: object) -> None:
    assert contrast(shade.colour, shade.ink) >= 4.5  # type: ignore[attr-defined]  # AA for text


def protan(colour: str) -> tuple[float, float]:
    """What is left of a colour to those who see no red or no green: lightness and blue against yellow."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return luminance(colour), blue - (red + green) / 2


def test_neighbouring_colours_differ_to_those_who_see_no_red_or_green() -> None:
    seen = [protan(colour) for colour in (*(shade.colour for shade in SHADES), NOTHING)]
    for number, (light, hue) in enumerate(seen):
        for other_light, other_hue in seen[number + 1 :]:
            assert abs(light - other_light) > 0.15 or abs(hue - other_hue) > 0.3


def test_nothing_that_draws_is_loaded_until_something_is_drawn() -> None:
    program = "import bot.app, sys; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
