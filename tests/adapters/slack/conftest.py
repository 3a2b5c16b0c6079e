"""What every story about Slack is told with: the same one over signed HTTP and over Socket Mode."""

from __future__ import annotations

from functools import partial

import pytest

from tests.adapters.slack.telling import Tell, told


@pytest.fixture(params=["http", "socket"])
def tell(request: pytest.FixtureRequest, sqlite_url: str) -> Tell:
    return partial(told, url=sqlite_url, mode=request.param)
