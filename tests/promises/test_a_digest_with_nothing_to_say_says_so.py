"""A week without news is three lines that say so: silence would look like a broken bot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Store
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def test_three_lines_and_no_thread(office: Office) -> None:
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.until(office.now + timedelta(days=9))
    posts = office.platform.channel("ai-pilots")
    assert len(posts) == 2, "each week anew"
    for post in posts:
        assert "Nothing needs a decision this week." in post.card.fallback
        assert len(post.card.body) == 3
        assert not post.thread
