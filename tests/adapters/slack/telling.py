"""Tells a story at a running airport, over signed HTTP and over Socket Mode; it knows no story."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.adapters.slack.airport import Airport, Mode

Story = Callable[[Airport], Awaitable[None]]
Tell = Callable[[Story], None]


@pytest.fixture(params=["http", "socket"])
def tell(request: pytest.FixtureRequest, sqlite_url: str) -> Tell:
    mode: Mode = request.param

    def told(story: Story) -> None:
        async def all_of_it() -> None:
            async with Airport(sqlite_url, mode) as airport:
                await story(airport)

        asyncio.run(all_of_it())

    return told
