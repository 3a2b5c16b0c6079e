"""Trying a change before it bites: what the command line says of signals, simulated portfolios and replays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.terminal import office, ran

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
