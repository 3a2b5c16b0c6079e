"""A damaged database is found out and comes back whole."""

from __future__ import annotations

from pathlib import Path

from tests.faults import kept


def test_every_changed_score_is_found_and_a_torn_file_is_restored(tmp_path: Path) -> None:
    row = kept.damaged(tmp_path)
    assert row.held, row.found
