"""Draws what a card shows as a picture; it must not know where a number comes from or where a picture goes."""

from __future__ import annotations

import asyncio

from bot.core.card import Grid
from bot.core.ports import PictureError


async def draw(grid: Grid) -> bytes:
    """A grid as a PNG, drawn beside the event loop. Raises PictureError."""
    return await asyncio.to_thread(_png, grid)


def _png(grid: Grid) -> bytes:
    """What draws takes a second and fifty megabytes to load, so it is loaded by whoever wants a picture."""
    try:
        from bot.pictures import heatmap  # noqa: PLC0415 - see above
    except ImportError as error:
        raise PictureError(f"matplotlib is not installed ({error.name})") from error
    return heatmap.png(grid)
