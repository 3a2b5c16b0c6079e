"""Hostile input at the doors and in the outputs that no other test tries; `make faults ARGS=29` tries more of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.faults import handed, strange

HARSH = ("\x1b[2J\u202e", "a/" * 3_000, "postgresql://u:hunter2@h/\u202e", "9" * 5_000)


def test_whatever_comes_by_slacks_socket_is_passed_over(sqlite_url: str) -> None:
    assert not asyncio.run(strange.loudly(strange.envelopes(sqlite_url))).wrong


def test_whatever_comes_back_from_slacks_page_is_answered_in_words(sqlite_url: str) -> None:
    story = strange.way_back(sqlite_url, ("access_token", "authed_user", "team"))
    assert not asyncio.run(strange.loudly(story)).wrong


def test_a_hostile_content_file_is_refused_with_its_place() -> None:
    assert not handed.content(("retro",)).wrong


def test_a_hostile_setting_is_refused_by_its_name() -> None:
    assert not handed.settings(HARSH).wrong


def test_a_hostile_copy_is_not_restored(tmp_path: Path) -> None:
    assert not handed.copies(tmp_path).wrong


def test_a_hostile_decision_is_found_out() -> None:
    assert not handed.decisions(handed.decision()).wrong


def test_no_label_turns_what_a_picture_says() -> None:
    assert not strange.pictured((), turns=strange.TURNS[4:6]).wrong


def test_nothing_that_people_write_is_a_label_of_the_figures() -> None:
    assert not strange.measured(strange.TEXTS[3:4]).wrong
