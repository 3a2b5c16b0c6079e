"""A weekly report keeps its weekday and its hour on the wall when the clocks change, in spring and in autumn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.ports import Store
from tests.fakes.office import CONTENT, Office

pytest_plugins = ["tests.databases"]


def weekly(office: Office) -> int:
    """Posts of the week; that of a quarter comes beside the first of them."""
    return sum(one.key.startswith("digest:") for one in office.platform.channel("ai-pilots"))


@pytest.mark.parametrize(
    "start", [datetime(2027, 3, 15, 9, tzinfo=UTC), datetime(2026, 10, 12, 9, tzinfo=UTC)]
)
def test_friday_at_four_is_friday_at_four(any_store: Store, start: datetime) -> None:
    friday = replace(CONTENT.policy.digest, weekday=4, hour=16)
    office = Office(any_store, start, content=replace(CONTENT, policy=replace(CONTENT.policy, digest=friday)))
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    seen = []
    for _ in range(4):
        due = office.read(lambda unit: unit.subscriptions())[0].next_due_at
        before = weekly(office)
        office.until(due - timedelta(seconds=1))
        assert weekly(office) == before
        office.until(due)
        assert weekly(office) == before + 1
        seen.append(due.astimezone(ZoneInfo("Europe/Riga")))
    assert [(moment.weekday(), moment.hour) for moment in seen] == [(4, 16)] * 4
    assert len({moment.utcoffset() for moment in seen}) == 2, "or no clock changed"
