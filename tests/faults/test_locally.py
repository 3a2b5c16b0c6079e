"""The local chat's page reaches nobody and nothing of another organisation; `make faults ARGS=21` tries all of it."""

from __future__ import annotations

from tests.faults import locally


def test_no_word_card_number_or_name_reaches_another_organisation_by_the_page(sqlite_url: str) -> None:
    found = locally.across(sqlite_url, ("admin",), every=9)
    assert not found.wrong
    assert found.number > 70
