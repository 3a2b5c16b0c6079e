"""Trying a change before it bites: what the command line says of signals, simulated portfolios and replays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import QUESTIONNAIRES
from tests.cli.terminal import office, ran, refused

pytestmark = pytest.mark.usefixtures("bare")

DAY = timedelta(days=1)


# --- calibrate ------------------------------------------------------------------------------------------------------


def test_without_signals_there_is_nothing_to_compare(home: Path) -> None:
    with office(home):
        pass
    assert ran("calibrate") == "No signal has fired yet, so there is nothing to compare.\n"


def test_few_data_are_said_to_be_few_and_no_share_is_printed(home: Path) -> None:
    with office(home) as here:
        here.pilot("Invoice matcher", here.person("anna"), stage_since=here.now.date() - 200 * DAY)
        here.tick()
    said = ran("calibrate")
    assert "Too few to tell:" in said
    assert "P04 1 time" in said
    assert "A share needs 8 pilots with the signal and 8 without it" in said
    assert "%" not in said
    assert "Never fired: P02, " in said
    [old, *_] = json.loads(ran("calibrate", "--json"))["signals"]
    assert (old["signal"], old["verdict"], old["fired"]) == ("P01", "too_few", {"moved": 0, "of": 0})


# --- simulate -------------------------------------------------------------------------------------------------------


def test_a_simulation_says_what_it_counted() -> None:
    said = ran("simulate", "--pilots", "2", "--weeks", "4", "--seed", "7")
    assert said.startswith("2 pilots for 4 weeks, seed 7, through the real engine.\n")
    assert "Precision: nobody was called Stuck." in said
    assert "Recall: nobody was to be found." in said


def test_a_simulation_leaves_nothing_behind(bare: Path) -> None:
    ran("simulate", "--pilots", "1", "--weeks", "4", "--json")
    assert list(bare.iterdir()) == []


def test_a_mistake_in_a_policy_to_try_is_named_by_file_and_line(bare: Path) -> None:
    text = (QUESTIONNAIRES / "policy.yaml").read_text()
    (bare / "mine.yaml").write_text(text.replace("later_days: 14", "later_days: soon"))
    line = text[: text.index("later_days: 14")].count("\n") + 1
    assert f"mine.yaml:{line}: " in refused("simulate", "--policy", "mine.yaml")
    assert "nowhere.yaml:1: this is not a file" in refused("simulate", "--policy", "nowhere.yaml")


# --- replay ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(home: Path) -> Path:
    """An old pilot in the database, and a policy beside it for which nothing is old."""
    with office(home) as here:
        since = here.now.date() - 200 * DAY
        here.pilot("Invoice matcher", here.person("anna"), stage_since=since, created=since)
        here.tick()
    text = (QUESTIONNAIRES / "policy.yaml").read_text()
    changed = text.replace("P01: {medium: 1.5, high: 2.0,", "P01: {medium: 9, high: 9,")
    assert changed != text
    (home / "milder.yaml").write_text(changed)
    return home


def test_a_replay_lists_who_would_change_and_stores_nothing(waiting: Path) -> None:
    before = (waiting / "rampcheck.db").read_bytes()
    said = ran("replay", "--policy", "milder.yaml")
    assert said.startswith("1 of 1 pilot would change. Nothing was stored.\n")
    [row] = [line.split() for line in said.splitlines() if "Signals" in line]
    assert row[:3] == ["Invoice", "matcher", "Signals"]
    assert "P01," in row
    assert (waiting / "rampcheck.db").read_bytes() == before


def test_a_replay_of_a_questionnaire_names_a_mistake_by_file_and_line(waiting: Path) -> None:
    text = (QUESTIONNAIRES / "pulse.yaml").read_text()
    (waiting / "mine.yaml").write_text(text)
    assert "0 of 1 pilot would change" in ran("replay", "--questionnaire", "mine.yaml")
    (waiting / "mine.yaml").write_text(text.replace("kind: single", "kind: singel", 1))
    line = text[: text.index("kind: single")].count("\n") + 1
    assert f"mine.yaml:{line}: " in refused("replay", "--questionnaire", "mine.yaml")
    (waiting / "mine.yaml").write_text(text.replace("id: pulse\n", "id: pulze\n", 1))
    assert "there is no questionnaire 'pulze'" in refused("replay", "--questionnaire", "mine.yaml")


def test_a_replay_wants_something_to_try() -> None:
    assert "--policy FILE" in refused("replay")
