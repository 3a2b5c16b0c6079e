"""Every conversation goes as written through every door, and ends the same whichever it was."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.conversations.doors import DOORS
from tests.conversations.play import Mismatch, play
from tests.conversations.world import CONTENT

pytest_plugins = ["tests.databases"]

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.chat"))


def fresh(template: Path, folder: Path, name: str) -> str:
    file = folder / f"{name}.db"
    shutil.copy(template, file)
    return f"sqlite:///{file}"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_it_goes_as_written_and_ends_the_same_through_every_door(
    file: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    ends = {door: asyncio.run(play(file, door, fresh(sqlite_template, tmp_path, door))) for door in DOORS}
    first, *others = ends.values()
    for door, end in zip(list(DOORS)[1:], others, strict=True):
        assert end == first, f"{file.name} ends otherwise through {door}"


OPENING = """\
# A comment.
form pulse@1, owner in Europe/Riga
pilot Invoice matcher:
tick 2026-11-24 10:00
"""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("< Good morning", "said to anna was:\nInvoice matcher: Pilot check-in"),
        ("| [Escalate] to=bo", "there is no such button among ['Next', 'Nothing to report'"),
        ("| mood=fine", "there is no field 'mood' among ['pulse.moved'"),
        ("| moved=worked\n< Thank you", "said to anna was:\n(nothing)\nwrong: {'pulse.block': "),
        ("| moved=worked\n> help", "was refused: {'pulse.block': 'Please choose an answer.'"),
        ("! moved: Please choose", "wrong was: {}"),
        ("answers: moved=worked", "the answers are: "),
        ("state: done", "the state is: open"),
        ("record: stage=hardening", "the record says: stage=pilot"),
        ("dance until=tomorrow", "there is no such line"),
        ("| moved", "ValueError: 'moved' is no name=value"),
    ],
)
@pytest.mark.parametrize("door", DOORS)
def test_a_line_that_is_not_as_written_is_named_with_what_was_so(
    line: str, why: str, door: str, sqlite_template: Path, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.chat"
    file.write_text(f"{OPENING}{line}\n", encoding="utf-8")
    with pytest.raises(Mismatch) as caught:
        asyncio.run(play(file, door, fresh(sqlite_template, tmp_path, "wrong")))
    number = len(OPENING.splitlines()) + (2 if "< Thank" in line else 1)
    assert str(caught.value).startswith(f"wrong.chat:{number}: ")
    assert why in str(caught.value)


def test_a_refusal_at_the_end_of_a_file_is_not_passed_over(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "end.chat"
    file.write_text(f"{OPENING}| moved=worked\n", encoding="utf-8")
    with pytest.raises(Mismatch, match="was refused"):
        asyncio.run(play(file, "service", fresh(sqlite_template, tmp_path, "end")))


def test_a_file_for_an_older_version_says_so_where_it_fails(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.chat"
    file.write_text(OPENING.replace("pulse@1", "pulse@0") + "< Good morning\n", encoding="utf-8")
    with pytest.raises(
        Mismatch, match=f"written for pulse@0; {CONTENT.questionnaires['pulse'].key} is the newest"
    ):
        asyncio.run(play(file, "service", fresh(sqlite_template, tmp_path, "old")))
