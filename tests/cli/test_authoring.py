"""`rampcheck questionnaires`: what authors see of their mistakes and of their cards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.content.loader import load
from bot.settings import QUESTIONNAIRES
from tests.cli.terminal import ran, refused, run

pytestmark = pytest.mark.usefixtures("bare")
FORMS = tuple(load(QUESTIONNAIRES).questionnaires.values())


@pytest.fixture
def folder(bare: Path) -> Path:
    """A copy of the content to spoil."""
    return Path(shutil.copytree(QUESTIONNAIRES, bare / "content"))


def test_what_ships_has_no_mistakes() -> None:
    assert ran("questionnaires", "lint").startswith("No mistakes in ")


def test_a_mistake_is_named_by_file_and_line(folder: Path) -> None:
    text = (folder / "pulse.yaml").read_text()
    (folder / "pulse.yaml").write_text(text.replace("kind: single", "kind: singel", 1))
    line = text[: text.index("kind: single")].count("\n") + 1
    result = run("questionnaires", "lint", "content")
    assert result.exit_code == 1
    assert f"pulse.yaml:{line}: " in result.stdout
    assert "did you mean 'single'?" in result.stdout
    assert "Nothing is asked until" in result.stderr


def test_yaml_that_cannot_be_read_is_named_by_file_and_line(folder: Path) -> None:
    (folder / "pulse.yaml").write_text("id: [pulse\ntitle: x\n")
    assert "pulse.yaml:2: " in run("questionnaires", "lint", "content").stdout
    told = refused("questionnaires", "preview", "pulse", "--folder", "content")
    assert "pulse.yaml:2: " in told


def test_scripts_get_problems_as_json(folder: Path) -> None:
    (folder / "extra.yaml").write_text("id: Extra\n")
    result = run("questionnaires", "lint", "content", "--json")
    problems = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {"file", "line", "what", "fix", "warning"} == set(problems[0])


def test_a_folder_that_is_not_there() -> None:
    assert "cannot be read" in run("questionnaires", "lint", "nowhere").stdout


def test_preview_shows_every_question_of_every_form() -> None:
    shown = " ".join(ran("questionnaires", "preview", "--all").replace("│", " ").split())
    for form in FORMS:
        assert f"{form.key}: {form.title}" in shown
        for screen in form.screens:
            assert f"Screen {screen.id}" in shown


def test_preview_shows_follow_ups_with_when_they_are_asked() -> None:
    shown = ran("questionnaires", "preview", "pulse")
    assert "Who can clear it?" in shown
    assert "asked when pulse.block is not nothing" in shown
    assert "( ) We were blocked" in shown
    assert "{" not in shown, "every placeholder is filled"


def test_preview_of_an_unknown_form_names_those_there_are() -> None:
    told = refused("questionnaires", "preview", "puls")
    assert "No questionnaire is called 'puls'. There is decision, gate, kickoff" in told


def test_preview_needs_a_form_or_all() -> None:
    assert "Or use --all." in refused("questionnaires", "preview")


def test_publishing_twice_does_nothing_the_second_time(folder: Path) -> None:
    (folder / "published.lock").unlink()
    assert "Published pulse version " in ran("questionnaires", "publish", "content")
    assert (
        ran("questionnaires", "publish", "content")
        == "Nothing to publish: every version is published already.\n"
    )


def test_a_published_version_that_was_changed_is_not_published(folder: Path) -> None:
    before = (folder / "published.lock").read_text()
    pulse = folder / "pulse.yaml"
    pulse.write_text(pulse.read_text().replace("We were blocked", "Blocked"))
    assert "was published with other content" in refused("questionnaires", "publish", "content")
    assert (folder / "published.lock").read_text() == before
