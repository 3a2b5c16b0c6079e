"""How moments are spread: what failed together comes again apart, and the same thing always at the same moment."""

from __future__ import annotations

from bot.core.pace import spread


def test_a_rest_is_never_shorter_than_asked_and_at_most_its_share_longer() -> None:
    rests = [spread(10.0, 0.2, str(number)) for number in range(500)]
    assert 10.0 <= min(rests) < 10.2
    assert 11.8 < max(rests) <= 12.0


def test_what_failed_together_does_not_come_again_together() -> None:
    rests = {round(spread(10.0, 0.2, f"{number}:1"), 1) for number in range(500)}
    assert len(rests) == 21


def test_the_same_try_of_the_same_message_rests_the_same() -> None:
    assert spread(10.0, 0.2, "7:1") == spread(10.0, 0.2, "7:1") != spread(10.0, 0.2, "7:2")
