"""A file that another process holds, and a full disk: said plainly, nothing lost, no restart."""

from __future__ import annotations

from tests.faults import one_file


def test_a_held_file_refuses_in_plain_words_and_reads_go_on() -> None:
    row = one_file.locked(4, 1.2)
    assert row.held, row.found


def test_a_full_disk_loses_nothing_and_needs_no_restart() -> None:
    row = one_file.full()
    assert row.held, row.found
