"""Rows 18 to 20: huge, strange and hostile text, drawn on every platform and written to every export."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator

from bot import pictures
from bot.core.card import Card, Grid
from bot.core.ports import Unit
from bot.service import export
from bot.storage import open_store
from tests.contract.doors import DOORS
from tests.contract.gallery import GALLERY, addresses, large
from tests.contract.test_adapters import size
from tests.faults.matrix import Row, struck
from tests.faults.places import office, sqlite
from tests.service.hostile import lived

TIMES = (1, 10)  # the platform's limit, and what is over it
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULAS = tuple(f"{first}cmd|' /C calc'!A0" for first in STARTERS)


def rows() -> Iterator[Row]:
    """The three of them."""
    yield too_large()
    yield live()
    yield formulas()


def too_large() -> Row:
    """Row 18."""
    drawn = over = shrunk = 0
    for make in DOORS.values():
        door = make()
        limit = door.adapter.traits.max_payload_bytes
        for times in TIMES:
            for card in (*large(limit * times).values(), *GALLERY.values()):
                payload = door.adapter.render(card)
                drawn += 1
                over += size(payload) > limit
                shrunk += len(repr(card)) > limit
    return Row(
        18,
        "Huge text, four-byte characters, right to left, NUL",
        struck(shrunk, f"cards larger than their platform takes, of {drawn:,} on {len(DOORS)} platforms"),
        "Cut with a mark, or split; no message over the platform's limit",
        f"{over} over the limit",
        over == 0,
    )


def live() -> Row:
    """Row 19: the gallery, and every card of an organisation whose people write nothing else."""
    with sqlite() as url:
        store = open_store(url)
        written = lived(store)[1]
        store.close()
    drawn = alive = meant = 0
    for make in DOORS.values():
        door = make()
        for card in (*GALLERY.values(), *written):
            found = door.live(door.adapter.render(card)) - addresses(card)
            drawn += 1
            alive += len(found)
            meant += _provokes(card)
    return Row(
        19,
        "Mentions and markup in what people write, as names, answers and reasons, from the check-in to the digest",
        struck(meant, f"cards with mentions, links or markup, of {drawn:,} drawn"),
        "Nobody is notified, nothing leads anywhere, nothing runs",
        f"{alive} live mentions or links",
        alive == 0,
    )


def _provokes(card: Card) -> bool:
    return any(
        piece in repr(card) for piece in ("<!channel>", "<at>", "](https://evil", "<script>", "@everyone")
    )


def formulas() -> Row:
    """Row 20: as names of pilots, groups and tags, read back from the file as a spreadsheet does."""
    with office() as scene:
        for number, text in enumerate(FORMULAS):
            named = f"{text} {number}".replace("\x00", "")
            scene.pilot(named, scene.person(f"p{number}"), group=named, tags=(named,), work=named)
        text = scene.read(_written)
    grid = Grid(FORMULAS[0], FORMULAS, tuple((text, (50,) * len(FORMULAS)) for text in FORMULAS))
    pictured = len(asyncio.run(pictures.draw(grid)))
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    told = sum("cmd|" in cell for cell in cells)
    run = [cell for cell in cells if cell.startswith(STARTERS) and not _is_number(cell)]
    return Row(
        20,
        "Formulas in what people write, in exports and in the picture",
        struck(told, f"cells with a formula of {len(STARTERS)} kinds, and a picture of {pictured:,} bytes"),
        "No cell begins with what a spreadsheet runs (ASVS 5.0, 1.2.10)",
        f"{len(run)} cells that would run",
        not run and pictured > 0,
    )


def _written(unit: Unit) -> str:
    return "".join(export.csv_lines(export.pilots_rows(unit), export.PILOT_COLUMNS))


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
