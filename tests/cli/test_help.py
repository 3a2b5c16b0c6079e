"""What the command line says about itself, and what saying it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from bot import __version__
from bot.cli import app
from tests.cli.terminal import ROOT, ran, refused, run

# What Typer itself is made of; `_distutils_hack` is setuptools' and in every environment.
ALLOWED = {"typer", "shellingham", "annotated_doc", "typing_extensions", "_distutils_hack"}
LOOK = """
import sys
from bot.cli import main
try:
    main()
finally:
    files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
    print(*sorted({name.split(".")[0] for name, file in files.items() if "site-packages" in file}), file=sys.stderr)
    print(*sorted(name for name in files if name.startswith("bot")), file=sys.stderr)
"""


def commands(command: Any, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, *words, name)


EVERY = [words for words in commands(get_command(app)) if words]


def test_help_costs_typer_and_the_standard_library_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    others, ours = done.stderr.splitlines()
    assert set(others.split()) <= ALLOWED
    rooms = {"bot", "bot.cli", "bot.cli.options"}
    assert [one for one in ours.split() if one not in rooms and not one.startswith("bot.cli.groups")] == []


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_says_what_it_does(words: tuple[str, ...]) -> None:
    text = ran(*words, "--help")
    assert f"Usage: rampcheck {' '.join(words)}" in text
    about = text.splitlines()[2].strip()
    assert about.endswith((".", "..."))
    assert len(about) <= 60, "longer ones are cut in the list of commands"


def test_the_version_is_printed() -> None:
    assert ran("--version").strip() == __version__


def test_without_a_command_the_help_is_shown() -> None:
    assert "Usage: rampcheck" in run().output


def test_a_word_that_is_no_command_is_a_slip_of_usage() -> None:
    assert "No such command 'severe'" in refused("severe", code=2)
