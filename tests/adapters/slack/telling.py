"""Tells a story at a running airport; it knows no story."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.adapters.slack.airport import Airport, Mode

Story = Callable[[Airport], Awaitable[None]]
Tell = Callable[[Story], None]


def told(story: Story, url: str, mode: Mode) -> None:
    """Let it happen from the start to the end."""

    async def all_of_it() -> None:
        async with Airport(url, mode) as airport:
            await story(airport)

    asyncio.run(all_of_it())
