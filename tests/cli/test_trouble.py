"""What people read when something goes wrong."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from bot.cli import trouble
from bot.cli.trouble import PLAIN, Trouble, explained
from bot.storage.errors import Busy
from tests.cli.terminal import office, process, refused


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


@pytest.mark.usefixtures("home")
def test_details_are_logged_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a secret answer")

    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setattr("bot.cli.opening.open_store", broken)
    told = refused("status")
    assert "DEBUG command.failed cause=KeyError where=" in told
    assert "test_trouble.py" in told
    assert told.endswith("Run it with LOG_LEVEL=DEBUG for details.\n")


def test_a_closed_pipe_is_nobodys_trouble(home: Path) -> None:
    with office(home) as scene:
        for number in range(300):
            scene.pilot(f"Pilot {number}", None)
    with process(home, "pilots", "export", "--format", "jsonl") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.readline()
        listing.stdout.close()
        assert listing.stderr.read() == ""
