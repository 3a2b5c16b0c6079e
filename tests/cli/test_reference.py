"""The reference pages are what the program would write today."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.reference import pages
from tests.cli.terminal import ROOT, ran, refused

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_up_to_date(name: str) -> None:
    page = ROOT / "docs" / "reference" / name
    assert page.read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_nothing_else_is_among_the_written_pages() -> None:
    assert {page.name for page in (ROOT / "docs" / "reference").iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_names_no_folder_of_this_machine(name: str) -> None:
    assert str(ROOT) not in PAGES[name]


@pytest.mark.usefixtures("bare")
def test_docs_writes_what_is_missing_and_check_says_what_is_old(bare: Path) -> None:
    assert "Out of date in docs/reference: README.md, cli.md" in refused("docs", "--check")
    assert "Wrote README.md, cli.md" in ran("docs")
    assert ran("docs", "--check") == f"All {len(PAGES)} pages are up to date.\n"
    (bare / "docs/reference/cli.md").write_text("old")
    assert refused("docs", "--check").startswith("Out of date in docs/reference: cli.md.")
    assert ran("docs") == "Wrote cli.md.\n"
