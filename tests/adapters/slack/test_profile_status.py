"""What an account in Slack says of its person: an absence by two emoji with an end, and whether they are a guest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.profile import profile

ENDS = 1_796_421_540  # 4 December 2026, 21:59 UTC


@pytest.mark.parametrize("emoji", [":palm_tree:", ":face_with_thermometer:"])
def test_a_holiday_or_an_illness_with_an_end_is_an_absence(emoji: str) -> None:
    shown = {"status_emoji": emoji, "status_expiration": ENDS, "status_text": "private"}
    assert profile({"id": "U1", "profile": shown}).away_until == datetime(2026, 12, 4, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"status_emoji": ":palm_tree:"},
        {"status_emoji": ":palm_tree:", "status_expiration": 0},
        {"status_emoji": ":palm_tree:", "status_expiration": "soon"},
        {"status_emoji": ":palm_tree:", "status_expiration": 10**18},
        {"status_emoji": ":bus:", "status_expiration": ENDS},
        {"status_emoji": "", "status_text": "on vacation", "status_expiration": ENDS},
    ],
)
def test_everything_else_is_none(shown: dict[str, Any]) -> None:
    assert profile({"id": "U1", "profile": shown}).away_until is None


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_stranger"])
def test_who_is_here_for_some_channels_only_or_from_elsewhere_is_a_guest(flag: str) -> None:
    assert profile({"id": "U1", flag: True}).guest
    assert not profile({"id": "U1", flag: False}).guest
    assert not profile({"id": "U1", flag: "true"}).guest
