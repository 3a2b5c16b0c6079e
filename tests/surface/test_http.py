"""Whatever is sent to the web process by whoever can sign it: an answer that is described, no error, no traceback."""

from __future__ import annotations

import asyncio

import pytest

from tests.adapters.both.junction import Junction
from tests.surface.fuzzing import ROUTES, fuzz
from tests.surface.http import DESCRIPTION

EXAMPLES = {"GET": 3, "POST": 25}


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_each_request_gets_a_described_answer(sqlite_url: str, path: str, method: str) -> None:
    found = fuzz(sqlite_url, path, method, examples=EXAMPLES[method])
    assert found.undescribed == []
    assert found.errors == []
    assert found.statuses.total() >= EXAMPLES[method] / 3, "a page without parameters is asked for once"
    if method == "POST":
        assert found.stored, "some of it is understood"


def test_every_route_is_described(sqlite_url: str) -> None:
    async def routes() -> set[str]:
        async with Junction(sqlite_url, "http") as place:
            return {route.resource.canonical for route in place._site.app.router.routes() if route.resource}

    assert asyncio.run(routes()) == set(DESCRIPTION["paths"])
