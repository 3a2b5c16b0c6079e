"""What people read when something goes wrong."""

from __future__ import annotations

from importlib import import_module

import pytest

from bot.cli import trouble
from bot.cli.trouble import PLAIN, Trouble, explained
from bot.storage.errors import Busy


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_every_plain_error_is_there(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(import_module(module), kind), Exception)


def test_an_error_written_for_people_is_told_as_it_is() -> None:
    assert explained(Trouble("Do this.")) == "Do this."
    assert explained(Busy("Try again in a moment.")) == "Try again in a moment."


def test_a_file_that_cannot_be_written_is_named() -> None:
    error = PermissionError(13, "Permission denied", "out.csv")
    assert (
        explained(error) == "out.csv: Permission denied. Check the path and its permissions, then try again."
    )


def test_anything_else_is_one_line_and_how_to_learn_more() -> None:
    error = KeyError("stage\nsecond line")
    told = explained(error).splitlines()
    assert told == [
        "This should not have happened: KeyError: 'stage\\nsecond line'",
        "Run it with LOG_LEVEL=DEBUG for details.",
    ]


def test_nothing_in_a_message_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    trouble.tell(Trouble("No pilot is called '\x1b[2Jx'."))
    assert capsys.readouterr().err == "No pilot is called '\\u001b[2Jx'.\n"
